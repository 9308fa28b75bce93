import { podOf } from '../../../../src/rehearsal/cluster/pods';
import { deployment, object } from './support';

const nothing = (): boolean => false;

test('the pod of a template goes to the namespace of its workload', () => {
  expect(podOf(deployment('server', { serviceAccountName: 'x', containers: [] }), 'ml', nothing)).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'server-rehearsal', namespace: 'ml' },
    spec: { restartPolicy: 'Always', serviceAccountName: 'x', containers: [] },
  });
});

test('what the program makes itself is not there in a dry run, so the pod does not ask for it', () => {
  const made = (kind: string, name: string): boolean => `${kind}/${name}` === 'ServiceAccount/x';
  const spec = { serviceAccountName: 'x', priorityClassName: 'high' };
  expect(podOf(deployment('server', spec), 'ml', made)?.['spec']).toEqual({
    restartPolicy: 'Always',
    priorityClassName: 'high',
  });
});

test('jobs of cron jobs end, and the claims of stateful sets are volumes', () => {
  const template = { spec: { containers: [] } };
  const cron = object('CronJob', 'c', { spec: { jobTemplate: { spec: { template } } } });
  expect(podOf(cron, 'ml', nothing)?.['spec']).toEqual({ restartPolicy: 'Never', containers: [] });
  const set = object('StatefulSet', 'db', {
    spec: { template, volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
  });
  expect(podOf(set, 'ml', nothing)?.['spec']).toMatchObject({
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }],
  });
});

test('what makes no pods has none', () => {
  expect(podOf(object('Service', 'x', { spec: { template: { spec: {} } } }), 'ml', nothing)).toBeUndefined();
  expect(podOf(object('Pod', 'x', { spec: {} }), 'ml', nothing)).toBeUndefined();
});
