import { blockRules } from '../../../../src/rehearsal/facts/kubernetes-blocks';
import { Unknown, type TfObject } from '../../../../src/rehearsal/protocol/codec';

// The sentences of most rules are held by the verdicts of a real API server (kubernetes-verdicts.test.ts).
const told = (name: string, block: TfObject) => blockRules[name]!(block).map(({ clause }) => clause);

/** Everything that may be asked of it is known later. */
const later = new Proxy<TfObject>({ csi: Unknown.value }, { get: () => Unknown.value });

it.each(Object.keys(blockRules))('says nothing of what is not known yet: %s', (name) => {
  expect(told(name, later)).toEqual([]);
});

it.each<[string, TfObject, string[]]>([
  ['backend', { service: [{}], resource: [{}] }, ['it has resource and service; keep one']],
  ['backend', { service: [], resource: [] }, ['it has none of resource, service; write one']],
  ['service.port', { name: 'a', number: 1 }, ['it has both name and number; keep one']],
  ['service.port', { name: null, number: 80 }, []],
  ['volume', { name: 'v', config_map: [], empty_dir: [{}] }, []],
  ['persistent_volume_source', { csi: [] }, ['it has no source; write one such as csi']],
  ['ingress.ports', { port: Unknown.value, end_port: 90 }, []],
  ['match_expressions', { operator: 'In', values: Unknown.value }, []],
  [
    'match_expressions',
    { operator: 'In', values: [] },
    ['In compares with no values; write one, or the operator Exists'],
  ],
])('%s %j', (name, block, clauses) => {
  expect(told(name, block)).toEqual(clauses);
});

it('tells of what a server takes and no node does', () => {
  expect(blockRules['node_expressions']!({ operator: 'Gt', values: ['many'] })).toEqual([
    { path: ['values'], clause: 'Gt compares with one whole number; write it alone', taken: true },
  ]);
});
