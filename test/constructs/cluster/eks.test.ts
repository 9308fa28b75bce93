import { TerraformOutput } from 'cdktf';
import { EksCluster, EksClusterProps, kubernetesVersion } from 'plinth/constructs/cluster/eks';
import { GpuPool } from 'plinth/constructs/cluster/gpu-pool';
import { WorkloadIdentity } from 'plinth/constructs/core/identity';
import { Profile } from 'plinth/constructs/core/profile';
import { at, blocks, only, synthesizeStack } from '../../support/program';

const network = { vpcId: 'vpc-1', cidr: '10.0.0.0/16', privateSubnetIds: ['a', 'b', 'c'], publicSubnetIds: ['x'] };
const made = (props: Partial<EksClusterProps> = {}, profile = Profile.production()) =>
  synthesizeStack((stack) => new EksCluster(stack, 'cluster', { network, ...props }), { profile });
const cluster = (props?: Partial<EksClusterProps>, profile?: Profile) => only(made(props, profile), 'aws_eks_cluster');

test('access by entries alone, secrets under our key, every log, and no add-on that nobody manages', () => {
  expect(cluster()).toMatchObject({
    name: 'prod',
    version: kubernetesVersion,
    access_config: { authentication_mode: 'API' },
    encryption_config: { resources: ['secrets'] },
    enabled_cluster_log_types: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'],
    bootstrap_self_managed_addons: false,
    deletion_protection: true,
    upgrade_policy: { support_type: 'EXTENDED' },
  });
  expect(cluster({}, Profile.ephemeral({ ttl: '8h' }))).toMatchObject({
    deletion_protection: false,
    upgrade_policy: { support_type: 'STANDARD' },
  });
});

test('the API answers inside the VPC only, unless addresses are named', () => {
  expect(cluster().vpc_config).toEqual({
    subnet_ids: ['a', 'b', 'c'],
    endpoint_private_access: true,
    endpoint_public_access: false,
  });
  expect(cluster({ publicAccessCidrs: ['203.0.113.7/32'] }).vpc_config).toMatchObject({
    endpoint_private_access: true,
    endpoint_public_access: true,
    public_access_cidrs: ['203.0.113.7/32'],
  });
});

test('an API that is open to the world is refused in production', () => {
  const open = { publicAccessCidrs: ['0.0.0.0/0'] };
  expect(() => made(open)).toThrow(
    "prod-test/cluster: the Kubernetes API of the production platform 'prod' is open to the whole internet, because 'publicAccessCidrs' holds 0.0.0.0/0; name the addresses that Terraform and people come from, or leave it out and deploy from inside the VPC.",
  );
  expect(cluster(open, Profile.staging()).vpc_config).toMatchObject({ public_access_cidrs: ['0.0.0.0/0'] });
});

test('whoever creates it administers it, unless others are named; to name some later replaces nothing', () => {
  expect(cluster()).toMatchObject({
    access_config: { bootstrap_cluster_creator_admin_permissions: true },
    lifecycle: { ignore_changes: ['access_config[0].bootstrap_cluster_creator_admin_permissions'] },
  });
  const stack = made({ admins: { ops: 'arn:aws:iam::123456789012:role/ops' } });
  expect(only(stack, 'aws_eks_cluster').access_config).toMatchObject({
    bootstrap_cluster_creator_admin_permissions: false,
  });
  expect(only(stack, 'aws_eks_access_entry').principal_arn).toBe('arn:aws:iam::123456789012:role/ops');
});

test('the log group is there before EKS would make its own', () => {
  const stack = made();
  expect(only(stack, 'aws_cloudwatch_log_group')).toMatchObject({
    name: '/aws/eks/prod/cluster',
    retention_in_days: 365,
  });
  expect(only(stack, 'aws_eks_cluster').depends_on).toEqual(
    expect.arrayContaining([expect.stringContaining('aws_cloudwatch_log_group.')]),
  );
});

test('a node may join and pull images, and nothing else', () => {
  const policies = blocks(made(), 'aws_iam_role_policy_attachment')
    .filter(([address]) => address.includes('node-role'))
    .map(([, { policy_arn }]) => String(policy_arn).split('/').pop());
  expect(policies.sort()).toEqual(['AmazonEC2ContainerRegistryPullOnly', 'AmazonEKSWorkerNodePolicy']);
});

test('first the network of pods, then nodes, then pods', () => {
  const stack = made({ gpu: [GpuPool.of('g6', { for: 'serving', max: 4 })] });
  const groups = blocks(stack, 'aws_eks_node_group');
  expect(groups).toHaveLength(2);
  for (const [, { version }] of groups) expect(version).toMatch(/^\$\{aws_eks_cluster\..*\.version\}$/);
  for (const [, group] of groups) {
    expect(group.depends_on).toEqual(
      expect.arrayContaining([expect.stringMatching(/^terraform_data\..*network-addons/)]),
    );
    expect(group.depends_on).toEqual(expect.arrayContaining([expect.stringContaining('AmazonEKSWorkerNodePolicy')]));
  }
  expect(at(stack, 'aws_eks_addon', '/coredns').depends_on).toEqual([
    expect.stringMatching(/^terraform_data\.cluster_nodes/),
  ]);
});

test('Karpenter finds the group that EKS made by its tag', () => {
  expect(only(made(), 'aws_ec2_tag')).toMatchObject({
    key: 'karpenter.sh/discovery',
    value: 'prod',
    resource_id: expect.stringContaining('cluster_security_group_id'),
  });
});

test('it tells of its pools and its node role', () => {
  synthesizeStack((stack) => {
    const made = new EksCluster(stack, 'cluster', { network, gpu: [GpuPool.of('g6', { for: 'serving', max: 4 })] });
    expect(made.gpuPools).toEqual([{ name: 'gpu-serving', family: 'g6', for: 'serving' }]);
    expect(made).toMatchObject({ region: 'eu-west-1', podIdentity: true });
    expect(made.oidc).toBeUndefined();
  });
});

test('IRSA on demand, with an issuer as trust policies spell it', () => {
  const stack = synthesizeStack((scope, platform) => {
    const cluster = new EksCluster(scope, 'cluster', { network, irsa: true });
    platform.provide({ cluster });
    new WorkloadIdentity(scope, 'who', { platform, namespace: 'ml', serviceAccount: 'server', by: 'irsa' });
    new TerraformOutput(scope, 'issuer', { value: cluster.oidc?.issuer });
  });
  expect(only(stack, 'aws_iam_openid_connect_provider').client_id_list).toEqual(['sts.amazonaws.com']);
  expect(stack.output?.issuer?.value).toMatch(/^\$\{replace\(aws_eks_cluster\..*issuer, "https:\/\/", ""\)\}$/);
  expect(String(at(stack, 'aws_iam_role', '/who/role').assume_role_policy)).toMatch(
    /zipmap\(\[join\("", \[replace\(aws_eks_cluster\.[^)]*\), ":sub"\]\).*\["system:serviceaccount:ml:server", /,
  );
});

test('two pools of one name are refused', () => {
  const pool = () => GpuPool.of('g6', { for: 'serving', max: 1 });
  expect(() => made({ gpu: [pool(), pool()] })).toThrow(
    "prod-test/cluster: two GPU pools are called 'gpu-serving', because a pool is known by its name, which comes from what it is for; give one of them a 'name'.",
  );
});

test('a cluster that exists is known by its name', () => {
  expect(EksCluster.fromAttributes({ clusterName: 'ours', region: 'eu-west-1', gpuPools: undefined })).toEqual({
    clusterName: 'ours',
    region: 'eu-west-1',
    podIdentity: true,
    gpuPools: [],
  });
});

test('the cluster can be changed by a transform', () => {
  const changed = cluster({ transform: { cluster: (config) => ({ ...config, zonalShiftConfig: { enabled: true } }) } });
  expect(changed.zonal_shift_config).toEqual({ enabled: true });
});
