import { Permission } from '../core/grants';

export interface KarpenterPlace {
  readonly partition: string;
  readonly region: string;
  /** Of the AWS account, twelve digits. */
  readonly account: string;
  readonly clusterName: string;
  readonly nodeRoleArn: string;
  readonly queueArn: string;
}

/**
 * What Karpenter needs, after the policies it publishes for its version 1.14 (https://github.com/aws/karpenter-provider-aws,
 * website/content/en/docs/getting-started/getting-started-with-karpenter/cloudformation.yaml): it may change and end only
 * what carries this cluster's tag and a node pool's, and pass only the nodes' role. Zonal shift is left out, which the
 * chart's values leave off.
 */
export function karpenterPermissions(place: KarpenterPlace): Permission[] {
  return [...nodes(place), ...profiles(place), ...discovery(place)];
}

/** Instances, their launch templates and what comes with them. */
function nodes({ partition, region, clusterName }: KarpenterPlace): Permission[] {
  const ec2 = (...kinds: string[]) => kinds.map((kind) => `arn:${partition}:ec2:${region}:*:${kind}/*`);
  const public_ = (...kinds: string[]) => kinds.map((kind) => `arn:${partition}:ec2:${region}::${kind}/*`);
  const made = ec2('fleet', 'instance', 'volume', 'network-interface', 'launch-template', 'spot-instances-request');
  const owned = {
    StringEquals: { [`aws:ResourceTag/kubernetes.io/cluster/${clusterName}`]: 'owned' },
    StringLike: { 'aws:ResourceTag/karpenter.sh/nodepool': '*' },
  };
  const asked = {
    [`aws:RequestTag/kubernetes.io/cluster/${clusterName}`]: 'owned',
    'aws:RequestTag/eks:eks-cluster-name': clusterName,
  };
  const pool = { 'aws:RequestTag/karpenter.sh/nodepool': '*' };
  return [
    {
      actions: ['ec2:RunInstances', 'ec2:CreateFleet'],
      resources: [
        ...public_('image', 'snapshot'),
        ...ec2('security-group', 'subnet', 'capacity-reservation', 'placement-group'),
      ],
    },
    { actions: ['ec2:RunInstances', 'ec2:CreateFleet'], resources: ec2('launch-template'), conditions: owned },
    {
      actions: ['ec2:RunInstances', 'ec2:CreateFleet', 'ec2:CreateLaunchTemplate'],
      resources: made,
      conditions: { StringEquals: asked, StringLike: pool },
    },
    {
      actions: ['ec2:CreateTags'],
      resources: made,
      conditions: {
        StringEquals: { ...asked, 'ec2:CreateAction': ['RunInstances', 'CreateFleet', 'CreateLaunchTemplate'] },
        StringLike: pool,
      },
    },
    {
      actions: ['ec2:CreateTags'],
      resources: ec2('instance'),
      conditions: {
        ...owned,
        StringEqualsIfExists: { 'aws:RequestTag/eks:eks-cluster-name': clusterName },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['eks:eks-cluster-name', 'karpenter.sh/nodeclaim', 'Name'] },
      },
    },
    {
      actions: ['ec2:TerminateInstances', 'ec2:DeleteLaunchTemplate'],
      resources: ec2('instance', 'launch-template'),
      conditions: owned,
    },
  ];
}

/** Instance profiles, by which EC2 gives nodes their role. */
function profiles({ partition, region, account, clusterName, nodeRoleArn }: KarpenterPlace): Permission[] {
  const resources = [`arn:${partition}:iam::${account}:instance-profile/*`];
  const tags = (when: 'Request' | 'Resource') => ({
    [`aws:${when}Tag/kubernetes.io/cluster/${clusterName}`]: 'owned',
    [`aws:${when}Tag/topology.kubernetes.io/region`]: region,
  });
  const nodeClass = (when: 'Request' | 'Resource') => ({ [`aws:${when}Tag/karpenter.k8s.aws/ec2nodeclass`]: '*' });
  const asked = { ...tags('Request'), 'aws:RequestTag/eks:eks-cluster-name': clusterName };
  return [
    {
      actions: ['iam:PassRole'],
      resources: [nodeRoleArn],
      conditions: { StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'] } },
    },
    {
      actions: ['iam:CreateInstanceProfile'],
      resources,
      conditions: { StringEquals: asked, StringLike: nodeClass('Request') },
    },
    {
      actions: ['iam:TagInstanceProfile'],
      resources,
      conditions: {
        StringEquals: { ...tags('Resource'), ...asked },
        StringLike: { ...nodeClass('Resource'), ...nodeClass('Request') },
      },
    },
    {
      actions: ['iam:AddRoleToInstanceProfile', 'iam:RemoveRoleFromInstanceProfile', 'iam:DeleteInstanceProfile'],
      resources,
      conditions: { StringEquals: tags('Resource'), StringLike: nodeClass('Resource') },
    },
    { actions: ['iam:GetInstanceProfile'], resources },
    { actions: ['iam:ListInstanceProfiles'], resources: ['*'], why: 'a list knows no resource' },
  ];
}

/** What there is to choose from, what it costs, and which nodes are about to be taken away. */
function discovery({ partition, region, account, clusterName, queueArn }: KarpenterPlace): Permission[] {
  const looks = ['CapacityReservations', 'Images', 'Instances', 'InstanceStatus', 'InstanceTypeOfferings'];
  const more = ['InstanceTypes', 'LaunchTemplates', 'PlacementGroups', 'SecurityGroups', 'SpotPriceHistory', 'Subnets'];
  return [
    {
      actions: [...looks, ...more].map((what) => `ec2:Describe${what}`),
      resources: ['*'],
      conditions: { StringEquals: { 'aws:RequestedRegion': region } },
      why: 'descriptions of EC2 know no resource',
    },
    { actions: ['ssm:GetParameter'], resources: [`arn:${partition}:ssm:${region}::parameter/aws/service/*`] },
    { actions: ['pricing:GetProducts'], resources: ['*'], why: 'prices know no resource' },
    {
      actions: ['eks:DescribeCluster'],
      resources: [`arn:${partition}:eks:${region}:${account}:cluster/${clusterName}`],
    },
    { actions: ['sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:ReceiveMessage'], resources: [queueArn] },
  ];
}
