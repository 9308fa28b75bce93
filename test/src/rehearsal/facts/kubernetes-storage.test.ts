import { claim, claimed, volume } from '../../../../src/rehearsal/facts/kubernetes-storage';
import { Unknown, type TfObject } from '../../../../src/rehearsal/protocol/codec';

// The sentences are held by the verdicts of a real API server (kubernetes-verdicts.test.ts).
it.each<TfObject>([
  { capacity: Unknown.value, access_modes: Unknown.value },
  { capacity: { storage: Unknown.value }, access_modes: [Unknown.value] },
  {
    capacity: { storage: '1Gi' },
    persistent_volume_source: [{ local: [{ path: '/a' }] }],
    node_affinity: Unknown.value,
  },
  { persistent_volume_source: [{ host_path: [{ path: Unknown.value }] }], persistent_volume_reclaim_policy: 'Recycle' },
])('lets a volume be: %j', (spec) => expect(volume({ spec: [spec] })).toEqual([]));

it('judges what is asked for alike in a claim and in a template', () => {
  const spec = { access_modes: ['ReadWriteOncePod', 'ReadOnlyMany'], resources: [{ requests: {} }] };
  const clauses = claimed(spec).map(({ clause }) => clause);
  expect(clauses).toHaveLength(2);
  expect(claim({ spec: [spec] })).toEqual([
    { path: ['spec', 0, 'access_modes'], clause: clauses[0] },
    { path: ['spec', 0, 'resources'], clause: clauses[1] },
  ]);
  expect(claim({ spec: Unknown.value })).toEqual([]);
});
