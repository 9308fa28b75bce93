import { limit, limits, quota, scopes } from '../../../../src/rehearsal/facts/kubernetes-quotas';
import { Unknown, type TfObject } from '../../../../src/rehearsal/protocol/codec';

// The sentences are held by the verdicts of a real API server (kubernetes-verdicts.test.ts).
it('compares amounts, whatever their units', () => {
  const block = { type: 'Container', min: { cpu: '500m' }, max: { cpu: '0.4' } };
  expect(limit(block)).toEqual([{ path: ['min'], clause: 'it is 500m of cpu, and max is 0.4; write 0.4 or less' }]);
  expect(limit({ ...block, max: { cpu: '1' } })).toEqual([]);
  expect(limit({ ...block, max: Unknown.value })).toEqual([]);
});

it.each<TfObject>([
  { hard: Unknown.value, scopes: Unknown.value },
  { hard: { pods: Unknown.value, cpu: '500m', 'requests.nvidia.com/gpu': '1' }, scopes: null },
  { hard: { pods: '10' }, scopes: ['BestEffort', 'Terminating'] },
])('lets a quota be: %j', (spec) => expect(quota({ spec: [spec] })).toEqual([]));

it('lets limits of several types be, and scopes that are known later', () => {
  expect(limits({ spec: [{ limit: [{ type: 'Container' }, { type: 'Pod' }] }] })).toEqual([]);
  expect(scopes({ match_expression: [{ scope_name: Unknown.value, operator: 'In', values: [] }] })).toEqual([]);
});
