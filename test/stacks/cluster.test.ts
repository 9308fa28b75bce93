import { Platform } from 'plinth/constructs/core/platform';
import { State } from 'plinth/constructs/core/state';
import { ClusterStack } from 'plinth/stacks/cluster';
import { FoundationStack } from 'plinth/stacks/foundation';
import { blocks, only, synthesize } from '../support/program';

function made(database?: false) {
  const platform = new Platform({ name: 'prod', region: 'eu-west-1' });
  const state = State.local();
  const stacks = synthesize((app) => {
    const foundation = new FoundationStack(app, { platform, state, database });
    new ClusterStack(app, { platform, state, database: database ?? true }).addDependency(foundation);
  });
  const stack = stacks['prod-cluster'];
  if (stack === undefined) throw new Error('no stack prod-cluster');
  return { platform, stack };
}

test('it gives the platform its cluster, in the private subnets of the foundation', () => {
  const { platform, stack } = made();
  expect(platform.cluster.podIdentity).toBe(true);
  const subnets = (only(stack, 'aws_eks_cluster').vpc_config as { subnet_ids: string[] }).subnet_ids;
  expect(subnets).toHaveLength(3);
  for (const subnet of subnets) expect(subnet).toContain('private-');
});

test('the cluster, and nobody else, is let through to the database', () => {
  const { stack } = made();
  expect(only(stack, 'aws_vpc_security_group_ingress_rule')).toMatchObject({
    from_port: 5432,
    to_port: 5432,
    referenced_security_group_id: expect.stringContaining('cluster_security_group_id'),
    security_group_id: expect.stringContaining('prod-foundation'),
  });
});

test('without a database there is no rule', () => {
  expect(blocks(made(false).stack, 'aws_vpc_security_group_ingress_rule')).toEqual([]);
});

test('no provider here speaks to the Kubernetes API', () => {
  expect(Object.keys(made().stack.provider ?? {})).toEqual(['aws']);
});
