import { ClusterAccess } from 'plinth/constructs/cluster/access';
import { only, synthesizeStack } from '../../support/program';

const principalArn = 'arn:aws:iam::123456789012:role/ops';

test('an administrator is let into the whole cluster by an access entry', () => {
  const stack = synthesizeStack(
    (scope) => new ClusterAccess(scope, 'ops', { clusterName: 'prod', principalArn, as: 'admin' }),
  );
  expect(only(stack, 'aws_eks_access_entry')).toMatchObject({ cluster_name: 'prod', principal_arn: principalArn });
  const policy = only(stack, 'aws_eks_access_policy_association');
  expect(policy.access_scope).toEqual({ type: 'cluster' });
  expect(policy.policy_arn).toMatch(/:eks::aws:cluster-access-policy\/AmazonEKSClusterAdminPolicy$/);
});

test('a reader may be limited to namespaces', () => {
  const stack = synthesizeStack(
    (scope) =>
      new ClusterAccess(scope, 'risk', { clusterName: 'prod', principalArn, as: 'view', namespaces: ['risk'] }),
  );
  expect(only(stack, 'aws_eks_access_policy_association')).toMatchObject({
    access_scope: { type: 'namespace', namespaces: ['risk'] },
  });
});
