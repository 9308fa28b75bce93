import { Karpenter } from 'plinth/constructs/cluster/karpenter';
import { at, givenCluster, only } from '../../support/program';
import { synthesizeServices } from '../../support/services';

test('the controller acts under a role of its own and listens to the queue of interruptions', () => {
  const stack = synthesizeServices((scope, platform) => {
    const karpenter = new Karpenter(scope, 'karpenter');
    expect(karpenter.values).toMatchObject({
      settings: { clusterName: 'prod', interruptionQueue: 'prod-interruptions' },
      serviceAccount: { name: 'karpenter' },
      serviceMonitor: { enabled: true },
    });
    expect(platform.has('node-autoscaling')).toBe(true);
  });
  expect(only(stack, 'aws_eks_pod_identity_association')).toMatchObject({
    namespace: 'karpenter',
    service_account: 'karpenter',
  });
  expect(only(stack, 'aws_sqs_queue')).toMatchObject({ name: 'prod-interruptions', sqs_managed_sse_enabled: true });
});

test('definitions come first, in a release of their own; pools come last', () => {
  const stack = synthesizeServices((scope) => void new Karpenter(scope, 'karpenter'));
  const release = at(stack, 'helm_release', 'karpenter/release') as { depends_on: string[] };
  expect(release.depends_on.some((address) => address.includes('karpenter-crd'))).toBe(true);
  const pools = at(stack, 'helm_release', 'pools/release') as { depends_on: string[] };
  expect(pools.depends_on).toContainEqual(expect.stringMatching(/^helm_release\.karpenter_release_/));
});

test('a cluster that does not say which role its nodes act under is refused', () => {
  expect(() =>
    synthesizeServices((scope) => void new Karpenter(scope, 'karpenter'), { cluster: givenCluster }),
  ).toThrow(
    "prod-test/karpenter: Karpenter does not know which role its nodes act under, because the cluster 'prod' was described without 'nodeRole'; give EksCluster.fromAttributes 'nodeRole: { name, arn }', or leave Karpenter out.",
  );
});
