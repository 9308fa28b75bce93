import { loadBalancerPermissions } from 'plinth/constructs/ingress/load-balancer-permissions';

const permissions = loadBalancerPermissions('aws', 'prod', 'eu-west-1', 'arn:aws:ec2:eu-west-1:1:vpc/vpc-1');
const conditionsOf = (action: string) =>
  permissions.filter(({ actions }) => actions.includes(action)).map(({ conditions }) => JSON.stringify(conditions));

test.each([
  'elasticloadbalancing:DeleteLoadBalancer',
  'elasticloadbalancing:DeleteTargetGroup',
  'elasticloadbalancing:ModifyLoadBalancerAttributes',
  'ec2:DeleteSecurityGroup',
])('%s only what carries the tag of this cluster', (action) => {
  const conditions = conditionsOf(action);
  expect(conditions).toHaveLength(1);
  expect(conditions[0]).toContain('"aws:ResourceTag/elbv2.k8s.aws/cluster":"prod"');
});

test.each(['elasticloadbalancing:CreateLoadBalancer', 'elasticloadbalancing:CreateTargetGroup'])(
  '%s only with the tag of this cluster',
  (action) => {
    for (const condition of conditionsOf(action))
      expect(condition).toContain('"aws:RequestTag/elbv2.k8s.aws/cluster":"prod"');
  },
);

test('where it may act on everything, it says why', () => {
  for (const { resources, why } of permissions.filter(({ resources }) => resources.includes('*')))
    expect({ resources, why: typeof why }).toEqual({ resources: ['*'], why: 'string' });
});

test('nothing that the values switch off', () => {
  const actions = permissions.flatMap((permission) => permission.actions);
  expect(actions.filter((action) => /^(waf|wafv2|shield|cognito)/.test(action))).toEqual([]);
});
