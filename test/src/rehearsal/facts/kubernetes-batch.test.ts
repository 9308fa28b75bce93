import { job } from '../../../../src/rehearsal/facts/kubernetes-batch';
import { Unknown, type TfObject } from '../../../../src/rehearsal/protocol/codec';

// The sentences are held by the verdicts of a real API server (kubernetes-verdicts.test.ts).
const withRule = (rule: TfObject, spec: TfObject = {}): TfObject => ({
  spec: [
    {
      backoff_limit_per_index: null,
      template: [{ spec: [{ container: [{ name: 'train' }], init_container: [] }] }],
      pod_failure_policy: [{ rule: [rule] }],
      ...spec,
    },
  ],
});
const codes = (values: TfObject): TfObject => ({
  action: 'FailJob',
  on_exit_codes: [{ operator: 'In', values: [1, 2], container_name: null, ...values }],
  on_pod_condition: [],
});

it.each<TfObject>([
  withRule(codes({})),
  withRule(codes({ values: Unknown.value })),
  withRule(codes({ container_name: Unknown.value })),
  withRule(codes({ container_name: 'other' }), { template: [{ spec: [{ container: [{ name: Unknown.value }] }] }] }),
  withRule({ action: 'Ignore', on_exit_codes: Unknown.value, on_pod_condition: [] }),
  { spec: [{ selector: [{}], manual_selector: Unknown.value }] },
  { spec: [{ backoff_limit_per_index: 1, completion_mode: Unknown.value }] },
  { spec: Unknown.value },
])('lets be what is right or not known yet: %j', (config) => {
  expect(job(config)).toEqual([]);
});

it('names the place in a policy, and the container that was meant', () => {
  expect(job(withRule(codes({ container_name: 'trian' })))).toEqual([
    {
      path: ['spec', 0, 'pod_failure_policy', 0, 'rule', 0, 'on_exit_codes', 0, 'container_name'],
      clause: 'there is no container "trian"; write "train"',
    },
  ]);
});
