import { CertManager, internalIssuer } from 'plinth/constructs/security/cert-manager';
import { at } from '../../support/program';
import { ingressOf, synthesizeServices } from '../../support/services';

const stack = synthesizeServices((scope, platform) => {
  expect(new CertManager(scope, 'cert-manager').values).toMatchObject({
    crds: { enabled: true, keep: true },
    replicaCount: 2,
    webhook: { replicaCount: 2 },
    prometheus: { servicemonitor: { enabled: true } },
  });
  expect(platform.find('certificates')).toMatchObject({ system: 'cert-manager' });
});

test('an authority of the platform’s own signs names that never leave the cluster', () => {
  const release = at(stack, 'helm_release', 'cert-manager/issuers/release');
  const values = String(release['values']);
  for (const part of [internalIssuer, 'plinth-self-signed', 'plinth-authority', 'isCA']) expect(values).toContain(part);
  expect(String(release['depends_on'])).toContain('helm_release.cert-manager_release');
});

test('its webhook is reached, and its figures by Prometheus', () => {
  const rules = ingressOf(stack, 'cert-manager') as { ports: { port: string }[] }[];
  expect(rules.map(({ ports }) => ports.map(({ port }) => port))).toEqual([['10250'], ['9402']]);
});
