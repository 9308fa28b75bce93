import { NetworkAddons, PodAddons } from 'plinth/constructs/cluster/addons';
import { at, blocks, synthesizeStack } from '../../support/program';

const stack = synthesizeStack((scope, platform) => {
  const props = { platform, clusterName: 'prod', versions: { coredns: 'v1.12.4-eksbuild.1' } };
  new NetworkAddons(scope, 'network', props);
  new PodAddons(scope, 'pods', props);
});
const addon = (name: string) => at(stack, 'aws_eks_addon', `/${name}`);

test('the six that every cluster gets', () => {
  expect(
    blocks(stack, 'aws_eks_addon')
      .map(([, block]) => block.addon_name)
      .sort(),
  ).toEqual(['aws-ebs-csi-driver', 'coredns', 'eks-pod-identity-agent', 'kube-proxy', 'metrics-server', 'vpc-cni']);
});

test('network policies are enforced, and the network outlives the add-on', () => {
  expect(addon('vpc-cni')).toMatchObject({
    configuration_values: '{"enableNetworkPolicy":"true"}',
    preserve: true,
  });
  expect(addon('kube-proxy')).not.toHaveProperty('preserve');
});

test('what acts in AWS has a role of its own by Pod Identity, and its permissions first', () => {
  for (const [name, serviceAccount, policy] of [
    ['vpc-cni', 'aws-node', 'AmazonEKS_CNI_Policy'],
    ['aws-ebs-csi-driver', 'ebs-csi-controller-sa', 'AmazonEBSCSIDriverPolicyV2'],
  ] as const) {
    expect(addon(name).pod_identity_association).toEqual([
      { service_account: serviceAccount, role_arn: expect.stringContaining(`${name}-role`) },
    ]);
    expect(addon(name).depends_on).toEqual([expect.stringContaining(`${name}-policy`)]);
    expect(at(stack, 'aws_iam_role_policy_attachment', `/${name}-policy`).policy_arn).toMatch(
      new RegExp(`policy/${policy}$`),
    );
    expect(at(stack, 'aws_iam_role', `/${name}-role`).assume_role_policy).toContain('pods.eks.amazonaws.com');
  }
  expect(addon('coredns')).not.toHaveProperty('pod_identity_association');
});

test('volumes carry the tags by which teardown finds them', () => {
  expect(addon('aws-ebs-csi-driver').configuration_values).toContain('"extraVolumeTags":{"plinth:environment":"prod"}');
});

test('a version is pinned where it is named, and left to EKS otherwise', () => {
  expect(addon('coredns').addon_version).toBe('v1.12.4-eksbuild.1');
  expect(addon('kube-proxy')).not.toHaveProperty('addon_version');
});
