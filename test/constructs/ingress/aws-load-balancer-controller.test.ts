import { Profile } from 'plinth/constructs/core/profile';
import { AwsLoadBalancerController } from 'plinth/constructs/ingress/aws-load-balancer-controller';
import { only } from '../../support/program';
import { synthesizeServices } from '../../support/services';

test('it is told what its pods cannot ask the instance, and tags what it makes', () => {
  const stack = synthesizeServices((scope, platform) => {
    expect(new AwsLoadBalancerController(scope, 'load-balancers').values).toMatchObject({
      clusterName: 'prod',
      region: 'eu-west-1',
      vpcId: 'vpc-1',
      replicaCount: 2,
      defaultTags: { 'plinth:environment': 'prod' },
      serviceAccount: { name: 'aws-load-balancer-controller' },
    });
    expect(platform.has('load-balancers')).toBe(true);
  });
  expect(only(stack, 'helm_release')).toMatchObject({ namespace: 'kube-system', wait: true });
  expect(only(stack, 'aws_eks_pod_identity_association')).toMatchObject({
    namespace: 'kube-system',
    service_account: 'aws-load-balancer-controller',
  });
});

test('one of it has no budget: nothing could be drained', () => {
  synthesizeServices(
    (scope) => {
      const { values } = new AwsLoadBalancerController(scope, 'load-balancers');
      expect(values).toMatchObject({ replicaCount: 1 });
      expect(values).not.toHaveProperty('podDisruptionBudget');
    },
    { profile: Profile.ephemeral({ ttl: '1h' }) },
  );
});
