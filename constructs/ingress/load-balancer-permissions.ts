import { Permission } from '../core/grants';

const own = 'elbv2.k8s.aws/cluster';
const looks = 'descriptions and lists know no resource';
const tagged = 'what it may touch is told by the tag of the cluster, in the condition';

/**
 * What the AWS Load Balancer Controller needs, after the policy it publishes for its version 3.5
 * (https://github.com/kubernetes-sigs/aws-load-balancer-controller, docs/install/iam_policy.json), made narrower: it may
 * change only what carries the tag of this very cluster, security groups only in this VPC, and WAF, Shield and Cognito
 * are left out, which the chart's values switch off.
 */
export function loadBalancerPermissions(
  partition: string,
  cluster: string,
  region: string,
  vpcArn: string,
): Permission[] {
  const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:*:${resource}`;
  const elb = (...kinds: string[]) => kinds.map((kind) => arn('elasticloadbalancing', kind));
  const balancers = elb('targetgroup/*/*', 'loadbalancer/net/*/*', 'loadbalancer/app/*/*');
  const listeners = elb(
    'listener/net/*/*/*',
    'listener/app/*/*/*',
    'listener-rule/net/*/*/*',
    'listener-rule/app/*/*/*',
  );
  const asked = { StringEquals: { [`aws:RequestTag/${own}`]: cluster } };
  const owned = { StringEquals: { [`aws:ResourceTag/${own}`]: cluster } };
  const groups = [arn('ec2', 'security-group/*')];
  const action = (service: string, ...names: string[]) => names.map((name) => `${service}:${name}`);
  return [
    {
      actions: ['iam:CreateServiceLinkedRole'],
      resources: [
        `arn:${partition}:iam::*:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing`,
      ],
      conditions: { StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' } },
    },
    {
      actions: [
        ...action('ec2', 'DescribeAccountAttributes', 'DescribeAddresses', 'DescribeAvailabilityZones'),
        ...action(
          'ec2',
          'DescribeInternetGateways',
          'DescribeVpcs',
          'DescribeVpcPeeringConnections',
          'DescribeSubnets',
        ),
        ...action('ec2', 'DescribeSecurityGroups', 'DescribeInstances', 'DescribeNetworkInterfaces', 'DescribeTags'),
        ...action('ec2', 'GetSecurityGroupsForVpc', 'DescribeIpamPools', 'DescribeRouteTables'),
        ...action(
          'elasticloadbalancing',
          'DescribeLoadBalancers',
          'DescribeLoadBalancerAttributes',
          'DescribeListeners',
        ),
        ...action('elasticloadbalancing', 'DescribeListenerCertificates', 'DescribeSSLPolicies', 'DescribeRules'),
        ...action('elasticloadbalancing', 'DescribeTargetGroups', 'DescribeTargetGroupAttributes', 'DescribeTags'),
        ...action('elasticloadbalancing', 'DescribeTargetHealth', 'DescribeTrustStores', 'DescribeListenerAttributes'),
        ...action('elasticloadbalancing', 'DescribeCapacityReservation'),
        ...action('acm', 'ListCertificates', 'DescribeCertificate'),
      ],
      resources: ['*'],
      why: looks,
    },
    { actions: ['ec2:CreateSecurityGroup'], resources: [...groups], conditions: asked },
    { actions: ['ec2:CreateSecurityGroup'], resources: [vpcArn] },
    {
      actions: ['ec2:CreateTags'],
      resources: groups,
      conditions: { StringEquals: { ...asked.StringEquals, 'ec2:CreateAction': 'CreateSecurityGroup' } },
    },
    { actions: ['ec2:CreateTags', 'ec2:DeleteTags', 'ec2:DeleteSecurityGroup'], resources: groups, conditions: owned },
    {
      // The nodes' group too, which is the cluster's and does not carry the controller's tag.
      actions: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
      resources: groups,
      conditions: { ArnEquals: { 'ec2:Vpc': vpcArn } },
    },
    {
      actions: ['elasticloadbalancing:CreateLoadBalancer', 'elasticloadbalancing:CreateTargetGroup'],
      resources: balancers,
      conditions: asked,
    },
    {
      actions: ['elasticloadbalancing:AddTags'],
      resources: balancers,
      conditions: {
        StringEquals: {
          ...asked.StringEquals,
          'elasticloadbalancing:CreateAction': ['CreateTargetGroup', 'CreateLoadBalancer'],
        },
      },
    },
    {
      actions: action(
        'elasticloadbalancing',
        'CreateListener',
        'DeleteListener',
        'CreateRule',
        'DeleteRule',
        'AddTags',
        'RemoveTags',
      ),
      resources: [...balancers, ...listeners],
      conditions: owned,
    },
    // A listener's tags come from the request that makes it.
    { actions: ['elasticloadbalancing:AddTags'], resources: listeners, conditions: asked },
    {
      actions: [
        ...action('elasticloadbalancing', 'ModifyLoadBalancerAttributes', 'SetIpAddressType', 'SetSecurityGroups'),
        ...action('elasticloadbalancing', 'SetSubnets', 'DeleteLoadBalancer', 'ModifyTargetGroup', 'ModifyIpPools'),
        ...action(
          'elasticloadbalancing',
          'ModifyTargetGroupAttributes',
          'DeleteTargetGroup',
          'ModifyListenerAttributes',
        ),
        ...action('elasticloadbalancing', 'ModifyCapacityReservation', 'RegisterTargets', 'DeregisterTargets'),
        ...action('elasticloadbalancing', 'ModifyListener', 'AddListenerCertificates', 'RemoveListenerCertificates'),
        ...action('elasticloadbalancing', 'ModifyRule', 'SetRulePriorities'),
      ],
      resources: ['*'],
      conditions: owned,
      why: tagged,
    },
  ];
}
