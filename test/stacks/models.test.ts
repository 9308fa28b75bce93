import { Platform } from 'plinth/constructs/core/platform';
import { State } from 'plinth/constructs/core/state';
import { ModelsStack, ModelsStackProps } from 'plinth/stacks/models';
import { givenCluster, only, StackJson, synthesize } from '../support/program';

function made(props: Partial<ModelsStackProps> = {}): StackJson {
  const stacks = synthesize((app) => {
    const platform = new Platform({ name: 'prod', region: 'eu-west-1', cluster: givenCluster });
    new ModelsStack(app, { platform, state: State.local(), ...props });
  });
  return stacks['prod-models'] as StackJson;
}

test('the cluster is reached by a data source and tokens that are asked for when they are needed', () => {
  const { provider } = made();
  expect(provider?.kubernetes?.[0]).toMatchObject({
    exec: [{ command: 'aws', args: expect.arrayContaining(['get-token']) }],
  });
  expect(Object.keys(made().data ?? {})).toContain('aws_eks_cluster');
});

test('a team has a namespace with an end to what it may ask for', () => {
  expect(only(made(), 'kubernetes_resource_quota_v1')).toMatchObject({ spec: { hard: { 'requests.cpu': '64' } } });
  expect(only(made({ namespaces: { risk: { pods: '5' } } }), 'kubernetes_namespace_v1')).toMatchObject({
    metadata: { name: 'risk' },
  });
});
