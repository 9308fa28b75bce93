import { Keda } from 'plinth/constructs/cluster/keda';
import { Component } from 'plinth/constructs/core/component';
import { Profile } from 'plinth/constructs/core/profile';
import { defineSystem } from 'plinth/constructs/core/system';
import { ingressOf, synthesizeServices } from '../../support/services';

test('two of each part, told to Prometheus, that survive the drain of a node', () => {
  synthesizeServices((stack, platform) => {
    const { values } = new Keda(stack, 'keda');
    expect(values).toMatchObject({
      operator: { replicaCount: 2 },
      metricsServer: { replicaCount: 2 },
      podDisruptionBudget: { operator: { maxUnavailable: 1 } },
      prometheus: { operator: { serviceMonitor: { enabled: true } } },
    });
    expect(platform.find('autoscaling')).toMatchObject({ system: 'KEDA', namespace: 'keda' });
  });
});

test('one of each, without a budget that nothing could keep, in an ephemeral environment', () => {
  synthesizeServices(
    (stack) =>
      expect(new Keda(stack, 'keda').values).toMatchObject({
        operator: { replicaCount: 1 },
        podDisruptionBudget: { operator: {}, metricServer: {}, webhooks: {} },
      }),
    { profile: Profile.ephemeral({ ttl: '1h' }) },
  );
});

test('without the kinds of the Prometheus operator it brings none along', () => {
  synthesizeServices(
    (stack) =>
      expect(new Keda(stack, 'keda').values).toMatchObject({
        prometheus: { operator: { serviceMonitor: { enabled: false } } },
      }),
    { provides: {} },
  );
});

test('it is reached by the control plane, its own pods and Prometheus, and by nobody else', () => {
  const rules = ingressOf(
    synthesizeServices((stack) => void new Keda(stack, 'keda')),
    'keda',
  ) as { ports: unknown }[];
  expect(rules.map(({ ports }) => ports)).toEqual([
    [
      { port: '9443', protocol: 'TCP' },
      { port: '6443', protocol: 'TCP' },
    ],
    [{ port: '9666', protocol: 'TCP' }],
    [{ port: '8080', protocol: 'TCP' }],
  ]);
});

class Adapter extends Component {
  static override readonly system = defineSystem({ name: 'Prometheus Adapter', categories: [], licence: 'Apache-2.0' });
  readonly form = 'helm';
  protected hostOf(): string {
    return '';
  }
}

test('a second owner of the external metrics API is refused', () => {
  expect(() =>
    synthesizeServices((stack) => {
      new Keda(stack, 'keda');
      new Adapter(stack, 'adapter');
    }),
  ).toThrow('KEDA and Prometheus Adapter stand on the same platform, because both serve the external metrics API');
});
