import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartKeys, unknownKeys } from '../../../../src/rehearsal/facts/chart-keys';

const folder = join(__dirname, '../../../../src/rehearsal/facts/chart-keys');
const keda = chartKeys('keda', '2.20.2')!;

it('knows charts by name and version, with or without a leading v', () => {
  expect(keda).toMatchObject({ name: 'keda', version: '2.20.2', repository: 'https://kedacore.github.io/charts' });
  expect(chartKeys('cert-manager', '1.21.1')).toBe(chartKeys('cert-manager', 'v1.21.1'));
  expect(chartKeys('keda', '2.20.1')).toBeUndefined();
  expect(chartKeys('nobody', '1.0.0')).toBeUndefined();
  expect(chartKeys('../../package', '0.1.0')).toBeUndefined();
});

it('names the nearest key, beside the unknown one or anywhere', () => {
  expect(unknownKeys(keda, { operator: { replicaCounts: 2 } })).toEqual([
    { path: 'operator.replicaCounts', meant: 'operator.replicaCount' },
  ]);
  expect(unknownKeys(keda, { operators: { replicaCount: 2 } })).toEqual([{ path: 'operators', meant: 'operator' }]);
  expect(unknownKeys(keda, { operator: { replica: 2 } })).toEqual([
    { path: 'operator.replica', meant: 'operator.replicaCount' },
  ]);
  expect(unknownKeys(keda, { replicaCount: 2 })).toEqual([{ path: 'replicaCount', meant: 'operator.replicaCount' }]);
  expect(unknownKeys(keda, { somethingQuiteDifferentFromAll: true })).toEqual([
    { path: 'somethingQuiteDifferentFromAll' },
  ]);
});

it('lets be what is free: maps of the user, what templates read besides, values for sub-charts', () => {
  expect(unknownKeys(keda, { operator: { replicaCount: 2, affinity: { nodeAffinity: {} } } })).toEqual([]);
  expect(unknownKeys(keda, { podAnnotations: { keda: { 'example.com/a': 'b' } }, global: { anything: 1 } })).toEqual(
    [],
  );
  const stack = chartKeys('kube-prometheus-stack', '88.5.3')!;
  expect(unknownKeys(stack, { grafana: { sidecar: { dashboards: { searchNamespace: 'ALL' } } } })).toEqual([]);
  expect(unknownKeys(stack, { grafana: { sidecar: { dashboards: { searchNamespaces: 'ALL' } } } })).toHaveLength(1);
});

it('looks into lists, and not below a single value', () => {
  const bao = chartKeys('openbao', '0.29.2')!;
  expect(unknownKeys(bao, { server: { ingress: { hosts: [{ host: 'a', hots: 'b' }] } } })).toEqual([
    { path: 'server.ingress.hosts.hots', meant: 'server.ingress.hosts.host' },
  ]);
  expect(unknownKeys(keda, { operator: { replicaCount: { min: 1 } } })).toHaveLength(1);
  expect(unknownKeys(keda, null)).toEqual([]);
});

it('has every list with its name, version, repository and source', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  expect(files.length).toBeGreaterThan(100);
  for (const file of files) {
    const chart = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>;
    expect({ file, name: chart['name'] }).toEqual({ file, name: file.slice(0, -'.json'.length) });
    expect(chart['version']).toMatch(/^v?\d+\.\d+\.\d+/);
    expect(chart['repository']).toMatch(/^(https|oci):\/\//);
    expect(chart['source']).toMatch(/^https:\/\/github\.com\/[^/]+\/[^/]+/);
    expect(Object.keys(chart['values'] as object).length).toBeGreaterThan(0);
  }
});
