import { inOrder, needsOf } from '../../../../src/rehearsal/cluster/needs';
import { deployment, object } from './support';

const names = (objects: readonly { kind: string; metadata: { name?: string } }[]): string[] =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

test('needs are what objects name', () => {
  const pod = {
    serviceAccountName: 'runner',
    priorityClassName: 'high',
    volumes: [{ secret: { secretName: 'tls' } }, { persistentVolumeClaim: { claimName: 'disk' } }],
    initContainers: [{ env: [{ valueFrom: { configMapKeyRef: { name: 'settings' } } }] }],
  };
  const crd = object(
    'CustomResourceDefinition',
    'greetings.example.com',
    { spec: { group: 'example.com', names: { kind: 'Greeting' } } },
    { apiVersion: 'apiextensions.k8s.io/v1', namespace: null },
  );
  const objects = [
    deployment('server', pod),
    object('ServiceAccount', 'runner'),
    object('ServiceAccount', 'runner', {}, { namespace: 'elsewhere' }),
    object('PriorityClass', 'high', {}, { apiVersion: 'scheduling.k8s.io/v1', namespace: null }),
    object('Secret', 'tls'),
    object('PersistentVolumeClaim', 'disk'),
    object('ConfigMap', 'settings'),
    object('Namespace', 'ml', {}, { namespace: null }),
    object('Role', 'reader'),
    object('RoleBinding', 'binding', {
      roleRef: { kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'runner', namespace: 'elsewhere' }],
    }),
    object('HorizontalPodAutoscaler', 'server', { spec: { scaleTargetRef: { kind: 'Deployment', name: 'server' } } }),
    object('Service', 'web'),
    object('Ingress', 'web', { spec: { rules: [{ http: { paths: [{ backend: { service: { name: 'web' } } }] } }] } }),
    crd,
    object('Greeting', 'hello', {}, { apiVersion: 'example.com/v1' }),
  ];
  const needs = needsOf(objects);
  const of = (index: number): string[] => names(needs.get(objects[index]!) ?? []);
  expect(of(0)).toEqual([
    'Namespace ml',
    'ServiceAccount runner',
    'PriorityClass high',
    'Secret tls',
    'PersistentVolumeClaim disk',
    'ConfigMap settings',
  ]);
  expect(needs.get(objects[9]!)?.map((one) => one.metadata.namespace)).toEqual([undefined, 'ml', 'elsewhere']);
  expect(of(10)).toEqual(['Namespace ml', 'Deployment server']);
  expect(of(12)).toEqual(['Namespace ml', 'Service web']);
  expect(of(14)).toEqual(['Namespace ml', 'CustomResourceDefinition greetings.example.com']);
});

test('the order is that of the stacks, then of needs, then of kinds, then as it was', () => {
  const late = { stack: 'late' };
  const objects = [
    object('ConfigMap', 'late', {}, late),
    deployment('b', {}),
    object(
      'ScaledObject',
      'odd',
      { spec: { scaleTargetRef: { kind: 'Deployment', name: 'b' } } },
      { apiVersion: 'keda.sh/v1alpha1' },
    ),
    deployment('a', { serviceAccountName: 'x' }),
    object('Service', 'b'),
    object('ServiceAccount', 'x'),
    object('Namespace', 'ml', {}, { namespace: null }),
  ];
  expect(names(inOrder(objects, ['s', 'late']))).toEqual([
    'Namespace ml',
    'ServiceAccount x',
    'Deployment b',
    'ScaledObject odd',
    'Service b',
    'Deployment a',
    'ConfigMap late',
  ]);
  // What a later stack makes is no help to an earlier one.
  expect(
    names(
      inOrder(
        [object('ConfigMap', 'early'), object('Namespace', 'ml', {}, { namespace: null, ...late })],
        ['s', 'late'],
      ),
    ),
  ).toEqual(['ConfigMap early', 'Namespace ml']);
});

test('objects that need each other come one after the other', () => {
  const circle = [
    object('RoleBinding', 'a', { roleRef: { kind: 'RoleBinding', name: 'b' } }),
    object('RoleBinding', 'b', { roleRef: { kind: 'RoleBinding', name: 'a' } }),
  ];
  expect(names(inOrder(circle, ['s']))).toEqual(['RoleBinding b', 'RoleBinding a']);
});
