import { podBlocks } from '../../../../src/rehearsal/facts/kubernetes-containers';
import { Unknown, type TfObject } from '../../../../src/rehearsal/protocol/codec';

// The sentences of most rules are held by the verdicts of a real API server (kubernetes-verdicts.test.ts).
const told = (name: string, block: TfObject) => podBlocks[name]!(block).map(({ clause }) => clause);

it.each<[string, TfObject, string[]]>([
  ['toleration', { operator: 'Exists', effect: null }, []],
  ['toleration', { key: 'a', operator: 'Equal', value: 'b', effect: Unknown.value, toleration_seconds: '30' }, []],
  [
    'toleration',
    { key: 'a', operator: 'Exists', value: 'b' },
    ['it has a value, though Exists takes any; leave the value out, or write the operator Equal'],
  ],
  [
    'toleration',
    { key: null, operator: 'Equal', value: 'b' },
    ['it has no key, with which it must take any taint; write a key, or the operator Exists'],
  ],
  [
    'container',
    {
      image: 'a',
      security_context: [{ privileged: Unknown.value }],
      volume_mount: [{ mount_propagation: 'Bidirectional' }],
    },
    [],
  ],
  ['init_container', { image: 'a', restart_policy: 'Always', startup_probe: [{}] }, []],
  ['container.resources', { limits: { 'hugepages-2Mi': Unknown.value, cpu: '1' }, requests: null }, []],
  ['resource_field_ref', { resource: 'limits.hugepages-2Mi', divisor: null }, []],
  ['topology_spread_constraint', { topology_key: 'z', min_domains: 2, when_unsatisfiable: null }, []],
])('%s %j', (name, block, clauses) => {
  expect(told(name, block)).toEqual(clauses);
});
