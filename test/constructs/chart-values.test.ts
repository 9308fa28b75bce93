import { App } from 'cdktf';
import { GpuPool } from 'plinth/constructs/cluster/gpu-pool';
import { Profile } from 'plinth/constructs/core/profile';
import { OpenBao } from 'plinth/constructs/security/openbao';
import { MlopsPlatform } from 'plinth/stacks/mlops-platform';
import { chartKeys, helmComponents, unknownKeys } from '../support/chart-keys';
import { synthesize } from '../support/program';

const keda = { name: 'keda', version: '2.20.2', repository: 'https://kedacore.github.io/charts' };

describe('the checker of chart values', () => {
  it('refuses a key that the chart does not know, and names the nearest', () => {
    expect(unknownKeys(keda, { operator: { replicaCounts: 2 } })).toEqual([
      "The chart keda 2.20.2 knows no value 'operator.replicaCounts'; did you mean 'operator.replicaCount'?",
    ]);
    expect(unknownKeys(keda, { somethingQuiteDifferent: true })).toEqual([
      "The chart keda 2.20.2 knows no value 'somethingQuiteDifferent'.",
    ]);
  });

  it('accepts known keys, free forms, and what templates read besides', () => {
    expect(unknownKeys(keda, { operator: { replicaCount: 2 }, podAnnotations: { keda: { a: 'b' } } })).toEqual([]);
    expect(unknownKeys(keda, { operator: { leaderElectionID: 'x' } })).toEqual([]);
  });

  it('looks into lists of maps, and into sub-charts below their alias', () => {
    const bao = { name: 'openbao', version: '0.29.2', repository: 'https://openbao.github.io/openbao-helm' };
    const hosts = (host: object) => ({ server: { ingress: { hosts: [host] } } });
    expect(unknownKeys(bao, hosts({ host: 'bao.example.com' }))).toEqual([]);
    expect(unknownKeys(bao, hosts({ hots: 'bao.example.com' }))).toEqual([
      "The chart openbao 0.29.2 knows no value 'server.ingress.hosts[].hots'; did you mean 'server.ingress.hosts[].host'?",
    ]);
    const stack = { name: 'kube-prometheus-stack', version: '88.5.3', repository: 'https://x' };
    expect(unknownKeys(stack, { grafana: { sidecar: { dashboards: { searchNamespace: 'ALL' } } } })).toEqual([]);
    expect(unknownKeys(stack, { grafana: { sidecar: { dashboards: { searchNamespaces: 'ALL' } } } })).toHaveLength(1);
  });

  it('says so where a chart has no list', () => {
    expect(unknownKeys({ ...keda, name: 'nobody', version: '1.0.0' }, {})).toEqual([
      'The chart nobody 1.0.0 has no list of keys among the fixtures.',
    ]);
    expect(chartKeys('nobody')).toBeUndefined();
  });
});

// Two profiles, because each leaves out what the other sets.
describe.each([
  ['production', Profile.production()],
  ['ephemeral', Profile.ephemeral({ ttl: '8h' })],
])('the values of every chart, %s', (_, profile) => {
  const found: ReturnType<typeof helmComponents> = [];
  const build = (app: App, id: string, props: object) => {
    new MlopsPlatform(app, id, { region: 'eu-west-1', profile, ...props });
  };
  synthesize((app) => {
    build(app, 'first', { gpu: [GpuPool.of('g6', { for: 'serving', max: 1 })], cluster: { irsa: true } });
    build(app, 'second', {
      services: { systems: { secretStore: (scope: App) => new OpenBao(scope, 'openbao') } },
    });
    found.push(...helmComponents(app));
  });
  const cases = found.map((component) => [component.node.path, component] as const);

  it.each(cases)('%s', (path, component) => {
    expect({ path, unknown: unknownKeys(component.system.chart!, component.values) }).toEqual({ path, unknown: [] });
  });
});
