import { daemonSet, deployment, statefulSet } from '../../../../src/rehearsal/facts/kubernetes-rollout';
import { Unknown, type TfObject } from '../../../../src/rehearsal/protocol/codec';

const rolling = (values: TfObject, more: TfObject = {}): TfObject => ({
  spec: [{ strategy: [{ ...more, rolling_update: [values] }] }],
});
const none = 'neither a pod more nor a pod less is allowed, so that none can be replaced; write 1 for one of them';

it.each<[typeof deployment, TfObject, string[]]>([
  [deployment, rolling({ max_surge: '0', max_unavailable: '0%' }), [none]],
  [deployment, rolling({ max_surge: Unknown.value, max_unavailable: '0' }), []],
  [
    deployment,
    rolling({ max_surge: '1' }, { type: 'Recreate' }),
    ['it is given, though Recreate stops every pod first; leave it out, or write the type RollingUpdate'],
  ],
  [deployment, { spec: [{ progress_deadline_seconds: Unknown.value, min_ready_seconds: 700 }] }, []],
  [
    deployment,
    { spec: [{ progress_deadline_seconds: null, min_ready_seconds: 700 }] },
    ['it is 600, though a pod is ready only after min_ready_seconds, which is 700; write more than 700'],
  ],
  [daemonSet, rolling({ max_unavailable: '0', max_surge: null }), [none]],
  [daemonSet, rolling({ max_unavailable: '0', max_surge: '1' }), []],
  [statefulSet, { spec: [{ update_strategy: [{ type: 'OnDelete', rolling_update: [] }] }] }, []],
  [
    statefulSet,
    { spec: [{ update_strategy: [{ type: 'OnDelete', rolling_update: [{}] }] }] },
    ['it is given, though OnDelete replaces no pod; leave it out, or write the type RollingUpdate'],
  ],
])('%p %j', (rule, config, clauses) => {
  expect(rule(config).map(({ clause }) => clause)).toEqual(clauses);
});
