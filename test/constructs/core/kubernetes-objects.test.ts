import { KubernetesObjects } from 'plinth/constructs/core/kubernetes-objects';
import { blocks, only, synthesizeStack } from '../../support/program';

const object = {
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: 'fraud', namespace: 'models' },
};

test('custom resources ride in a local chart as its values, never in kubernetes_manifest', () => {
  const stack = synthesizeStack((scope) => {
    new KubernetesObjects(scope, 'one', { name: 'one', namespace: 'models', objects: [object] });
    new KubernetesObjects(scope, 'two', { name: 'two', namespace: 'models', objects: [object] });
  });
  const releases = blocks(stack, 'helm_release').map(([, release]) => release);
  expect(releases).toHaveLength(2);
  expect(new Set(releases.map(({ chart }) => chart)).size).toBe(1);
  expect(releases[0]?.chart).toMatch(/^assets\/objects-chart\//);
  expect(String((releases[0]?.values as string[])[0])).toContain('"kind":"ScaledObject"');
  expect(blocks(stack, 'kubernetes_manifest')).toHaveLength(0);
});

test('it may wait for the chart that brings the definitions', () => {
  const stack = synthesizeStack((scope) => {
    const first = new KubernetesObjects(scope, 'crds', { name: 'crds', namespace: 'models', objects: [] });
    new KubernetesObjects(scope, 'later', { name: 'later', namespace: 'models', objects: [object] }).node.addDependency(
      first,
    );
  });
  expect(only(stack, 'terraform_data').depends_on).toHaveLength(1);
});
