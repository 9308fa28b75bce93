import { sentence } from '@plinth/contract';
import type { Applied } from '../../../../src/rehearsal/cluster/apply';
import { outOfOrder } from '../../../../src/rehearsal/cluster/destroy';
import { deployment, object } from './support';

const served = { base: '/x', resource: 'x', namespaced: true };
const standing = (one: ReturnType<typeof object>): Applied => ({
  target: { object: one, served, namespace: 'ml' },
  name: `${one.kind} ml/${one.metadata.name}`,
  path: '/x',
  uid: one.metadata.name ?? '',
});

test('what is gone before something that needs it is found by the count of the server', () => {
  const applied = [
    standing(object('ConfigMap', 'settings')),
    standing(deployment('server', { volumes: [{ configMap: { name: 'settings' } }] })),
  ];
  const went = (settings: bigint | undefined, server: bigint | undefined) =>
    outOfOrder(applied, { wentAt: (uid) => (uid === 'server' ? server : settings) }, 'kind').map(sentence);
  expect(went(9n, 8n)).toEqual([]);
  expect(went(undefined, 8n)).toEqual([]);
  expect(went(8n, 9n)).toEqual([
    'stack s, Deployment.server: Deployment ml/server on kind: ConfigMap ml/settings was gone before it, because it needs it for as long as it stands; let nothing hold it up: look for finalizers that are waiting for a controller.',
  ]);
});
