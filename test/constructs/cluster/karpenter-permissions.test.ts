import { karpenterPermissions } from 'plinth/constructs/cluster/karpenter-permissions';

const permissions = karpenterPermissions({
  partition: 'aws',
  region: 'eu-west-1',
  account: '123456789012',
  clusterName: 'prod',
  nodeRoleArn: 'arn:aws:iam::123456789012:role/prod-nodes',
  queueArn: 'arn:aws:sqs:eu-west-1:123456789012:prod-interruptions',
});
const of = (action: string) => permissions.filter(({ actions }) => actions.includes(action));

test('it passes the role of the nodes, to EC2, and no other', () => {
  expect(of('iam:PassRole')).toEqual([
    {
      actions: ['iam:PassRole'],
      resources: ['arn:aws:iam::123456789012:role/prod-nodes'],
      conditions: { StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'] } },
    },
  ]);
});

test.each(['ec2:TerminateInstances', 'ec2:DeleteLaunchTemplate'])('%s only what it made for this cluster', (action) => {
  expect(of(action)).toEqual([
    expect.objectContaining({
      conditions: {
        StringEquals: { 'aws:ResourceTag/kubernetes.io/cluster/prod': 'owned' },
        StringLike: { 'aws:ResourceTag/karpenter.sh/nodepool': '*' },
      },
    }),
  ]);
});

test('only what knows no resource, or only reads, is allowed on all of them', () => {
  const wide = permissions.filter(({ resources }) => resources.includes('*')).flatMap(({ actions }) => actions);
  expect(wide.filter((action) => !/:(Describe|List|Get)/.test(action))).toEqual([]);
});

test('it fits into the inline policies of one role, with room for more', () => {
  expect(JSON.stringify(permissions).length).toBeLessThan(8000);
});
