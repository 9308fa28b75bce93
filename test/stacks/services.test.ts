import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearse } from '@plinth/rehearsal';
import { App } from 'cdktf';
import { Platform, PlatformAttributes } from 'plinth/constructs/core/platform';
import { State } from 'plinth/constructs/core/state';
import { OpenBao } from 'plinth/constructs/security/openbao';
import { ServicesStack, ServicesStackProps } from 'plinth/stacks/services';
import { at, blocks, StackJson, synthesize } from '../support/program';
import { wholeCluster } from '../support/services';

const network = { vpcId: 'vpc-1', cidr: '10.0.0.0/16', privateSubnetIds: ['subnet-a'], publicSubnetIds: [] };

function build(app: App, props: Partial<ServicesStackProps> = {}, attributes: Partial<PlatformAttributes> = {}) {
  const platform = new Platform({ name: 'prod', region: 'eu-west-1', cluster: wholeCluster, network, ...attributes });
  return new ServicesStack(app, { platform, state: State.local(), ...props });
}
const services = (
  ...args: [props?: Partial<ServicesStackProps>, attributes?: Partial<PlatformAttributes>]
): StackJson => synthesize((app) => void build(app, ...args))['prod-services'] as StackJson;

/** Every address that a release waits for, directly or through others. */
function waitsFor(stack: StackJson, address: string, seen = new Set<string>()): Set<string> {
  const [type = '', name = ''] = address.split('.');
  for (const next of (stack.resource?.[type]?.[name]?.['depends_on'] ?? []) as string[]) {
    if (seen.has(next)) continue;
    seen.add(next);
    waitsFor(stack, next, seen);
  }
  return seen;
}
const addressOf = (stack: StackJson, pathEnd: string) =>
  `helm_release.${blocks(stack, 'helm_release').find(([, block]) => block['//']?.metadata.path === `prod-services/${pathEnd}/release`)?.[0]}`;

test('everything that makes Services comes after the controller whose webhook must admit them', () => {
  const stack = services();
  const controller = addressOf(stack, 'load-balancers');
  for (const system of [
    'cert-manager',
    'external-secrets',
    'prometheus',
    'keda',
    'karpenter',
    'nvidia-device-plugin',
    'traefik',
    'vault',
  ])
    expect([system, waitsFor(stack, addressOf(stack, system)).has(controller)]).toEqual([system, true]);
});

test('definitions come before whatever uses them, certificates before Vault, and passwords before Grafana', () => {
  const stack = services();
  const pairs: [string, string][] = [
    ['load-balancers', 'prometheus-crds'],
    ['cert-manager', 'prometheus-crds'],
    ['vault', 'cert-manager'],
    ['vault', 'cert-manager/issuers'],
    ['prometheus', 'external-secrets'],
    ['prometheus', 'external-secrets/stores'],
  ];
  for (const [later, earlier] of pairs)
    expect([later, earlier, waitsFor(stack, addressOf(stack, later)).has(addressOf(stack, earlier))]).toEqual([
      later,
      earlier,
      true,
    ]);
});

test('the cluster’s token is fetched whenever one is needed, and never kept', () => {
  expect(JSON.stringify(services().provider?.['helm'])).toContain('get-token');
});

test('a system may be exchanged, or left out', () => {
  const systemsOf = (stack: StackJson) => stack['//'].plinth?.components.map(({ system }) => system) ?? [];
  const stack = services({
    systems: { secretStore: (scope) => new OpenBao(scope, 'openbao'), nodeAutoscaling: false, gpu: false },
    storageClass: false,
  });
  expect(systemsOf(stack)).toContain('OpenBao');
  for (const absent of ['Vault', 'Karpenter', 'NVIDIA device plugin']) expect(systemsOf(stack)).not.toContain(absent);
  expect(blocks(stack, 'kubernetes_storage_class_v1')).toEqual([]);
});

test('without GPU pools nothing for GPUs is installed', () => {
  const stack = services({}, { cluster: { ...wholeCluster, gpuPools: [] } });
  expect(JSON.stringify(stack['//'].plinth)).not.toContain('NVIDIA');
});

test('what is left out is missed by those that need it, in one sentence each', () => {
  expect(() => services({ systems: { certificates: false } })).toThrow(
    "prod-services/vault: Vault needs a system for 'certificates'",
  );
  expect(() => services({ systems: { loadBalancers: false } })).toThrow(
    "prod-services/traefik: Traefik needs a system for 'load-balancers'",
  );
});

test('Traefik goes before the controller that takes its load balancer away', () => {
  const stack = services();
  expect(waitsFor(stack, addressOf(stack, 'traefik')).has(addressOf(stack, 'load-balancers'))).toBe(true);
  expect(at(stack, 'helm_release', 'load-balancers/release')).toMatchObject({ wait: true });
});

test.each<[string, Partial<ServicesStackProps>]>([
  ['with Vault', {}],
  ['with OpenBao', { systems: { secretStore: (scope) => new OpenBao(scope, 'openbao') } }],
])(
  'the real Terraform makes them, finds nothing more to do, and takes them away: %s',
  async (_, props) => {
    const outdir = mkdtempSync(join(tmpdir(), 'plinth-services-'));
    try {
      const app = new App({ outdir });
      build(app, props, { domain: { name: 'ml.example.com', zoneId: 'Z1', certificateArn: 'arn:certificate' } });
      app.synth();
      const rehearsal = await rehearse({ outdir, destroy: true });
      await rehearsal.close();
      expect(rehearsal.report.findings).toEqual([]);
      expect(rehearsal.report.stacks.map(({ secondPlan }) => secondPlan)).toEqual(['empty']);
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  },
  120_000,
);
