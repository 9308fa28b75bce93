import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkConfig, replacedBy } from '../../../../src/rehearsal/facts/check';
import { kubernetes } from '../../../../src/rehearsal/facts/kubernetes';
import type { TfObject } from '../../../../src/rehearsal/protocol/codec';

const facts = (type: string) => kubernetes[type]!;

it('has a sheet for every resource of the bindings that has metadata', () => {
  const lib = join(dirname(require.resolve('@cdktf/provider-kubernetes/package.json')), 'lib');
  const others = new Set(['env', 'manifest', 'node-taint', 'pod-security-policy', 'pod-security-policy-v1beta1']);
  const types = readdirSync(lib).filter((name) => !/^data-|^provider|\./.test(name) && !others.has(name));
  const missing = types
    .map((name) => /tfResourceType = "(\w+)"/.exec(readFileSync(join(lib, name, 'index.js'), 'utf8'))?.[1])
    .filter((type) => type !== undefined && kubernetes[type] === undefined);
  expect(missing).toEqual([]);
});

it('says where each sheet comes from', () => {
  for (const { source } of Object.values(kubernetes)) expect(source).toMatch(/^https:\/\/github\.com\/hashicorp\//);
});

it('knows what holds data', () => {
  const stateful = Object.keys(kubernetes).filter((type) => facts(type).stateful);
  expect(stateful).toEqual(
    expect.arrayContaining([
      'kubernetes_persistent_volume_claim',
      'kubernetes_stateful_set_v1',
      'kubernetes_namespace',
    ]),
  );
  expect(facts('kubernetes_deployment_v1').stateful).toBeUndefined();
});

describe('what a change replaces', () => {
  const object = (metadata: TfObject, rest: TfObject = {}): TfObject => ({ metadata: [metadata], ...rest });
  const claim = (modes: string[], storage: string): TfObject =>
    object({ name: 'c' }, { spec: [{ access_modes: modes, resources: [{ requests: { storage } }] }] });

  it.each<[string, TfObject, TfObject, string[][]]>([
    ['kubernetes_config_map_v1', object({ name: 'a' }), object({ name: 'b' }), [['metadata']]],
    [
      'kubernetes_config_map_v1',
      object({ name: 'a', namespace: 'default' }),
      object({ name: 'a', namespace: null }),
      [],
    ],
    ['kubernetes_config_map_v1', object({ labels: { a: 'a' } }), object({ labels: { a: 'b' } }), []],
    ['kubernetes_persistent_volume_claim', claim(['A', 'B'], '1Gi'), claim(['B', 'A'], '2Gi'), []],
    ['kubernetes_persistent_volume_claim', claim(['A'], '1Gi'), claim(['B'], '1Gi'), [['spec']]],
    [
      'kubernetes_deployment_v1',
      object({ name: 'a' }, { spec: [{ replicas: '1', selector: [{ match_labels: { a: 'a' } }] }] }),
      object({ name: 'a' }, { spec: [{ replicas: '2', selector: [{ match_labels: { a: 'b' } }] }] }),
      [['spec']],
    ],
    [
      'kubernetes_job',
      object({}, { spec: [{ template: [{ spec: [{ container: [{ image: 'a' }] }] }] }] }),
      object({}, { spec: [{ template: [{ spec: [{ container: [{ image: 'b' }] }] }] }] }),
      [['spec']],
    ],
    ['kubernetes_secret', object({}, { type: null }), object({}, { type: 'Opaque' }), []],
    ['kubernetes_secret', object({}, { type: 'Opaque' }), object({}, { type: 'kubernetes.io/tls' }), [['type']]],
    [
      'kubernetes_role_binding_v1',
      object({}, { role_ref: [{ name: 'a' }] }),
      object({}, { role_ref: [{ name: 'b' }] }),
      [['role_ref']],
    ],
  ])('%s', (type, before, after, replaced) => expect(replacedBy(facts(type), before, after)).toEqual(replaced));
});

it('tells values and relations with the name of the type', () => {
  const config = {
    metadata: [{ name: 'web', generate_name: 'web-' }],
    spec: [
      {
        type: 'ClusterIP',
        port: [
          { port: 0, name: 'a' },
          { port: 1, name: 'a' },
        ],
        selector: null,
        external_ips: null,
      },
    ],
    timeouts: { create: '5 minutes' },
  };
  expect(checkConfig('kubernetes_service_v1', facts('kubernetes_service_v1'), config)).toEqual([
    {
      severity: 'error',
      summary: 'The arguments of "metadata" of kubernetes_service_v1 do not go together',
      detail: '"name" and "generate_name" are given; give only one of them.',
      path: ['metadata', 0],
    },
    expect.objectContaining({ detail: '"5 minutes" is no duration; write 5m.', path: ['timeouts', 'create'] }),
    {
      severity: 'error',
      summary: '"spec.port.port" of kubernetes_service_v1 is not right',
      detail: '0 is too little; write 1 to 65535.',
      path: ['spec', 0, 'port', 0, 'port'],
    },
    expect.objectContaining({ detail: '"a" is there already as a name of a port; give each its own.' }),
  ]);
});
