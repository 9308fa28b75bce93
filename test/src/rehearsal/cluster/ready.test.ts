import { isReady } from '../../../../src/rehearsal/cluster/ready';

test.each([
  [
    'Deployment',
    { spec: { replicas: 2 }, status: { observedGeneration: 1, updatedReplicas: 2, availableReplicas: 2 } },
    true,
  ],
  [
    'Deployment',
    { spec: { replicas: 2 }, status: { observedGeneration: 1, updatedReplicas: 2, availableReplicas: 1 } },
    false,
  ],
  [
    'Deployment',
    { spec: { replicas: 2 }, status: { observedGeneration: 1, updatedReplicas: 1, availableReplicas: 2 } },
    false,
  ],
  ['Deployment', { metadata: { generation: 2 }, spec: { replicas: 0 }, status: { observedGeneration: 1 } }, false],
  ['Deployment', { spec: { replicas: 0 } }, true],
  ['StatefulSet', { spec: {}, status: { updatedReplicas: 1, readyReplicas: 1 } }, true],
  ['StatefulSet', { spec: { replicas: 3 }, status: { updatedReplicas: 3, readyReplicas: 2 } }, false],
  ['DaemonSet', { status: { observedGeneration: 1, desiredNumberScheduled: 2, numberReady: 1 } }, false],
  ['DaemonSet', { status: { observedGeneration: 1, desiredNumberScheduled: 2, numberReady: 2 } }, true],
  ['Job', { status: { conditions: [{ type: 'Complete', status: 'True' }] } }, true],
  ['Job', { status: { active: 1 } }, false],
  ['Pod', { status: { phase: 'Succeeded' } }, true],
  ['Pod', { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] } }, false],
])('%s %j: %s', (kind, object, ready) => expect(isReady(kind, object)).toBe(ready));
