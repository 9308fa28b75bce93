import { Profile } from 'plinth/constructs/core/profile';
import { FlowLogs } from 'plinth/constructs/network/flow-logs';
import { only, synthesizeStack } from '../../support/program';

const stack = synthesizeStack(
  (scope, platform) => new FlowLogs(scope, 'flow', { platform, vpcId: 'vpc-1', keyArn: 'arn:key' }),
  { profile: Profile.staging() },
);

test('all traffic, in an encrypted group that keeps it as long as the profile says', () => {
  expect(only(stack, 'aws_flow_log')).toMatchObject({ vpc_id: 'vpc-1', traffic_type: 'ALL' });
  expect(only(stack, 'aws_cloudwatch_log_group')).toMatchObject({
    name: '/plinth/prod/vpc-flow',
    retention_in_days: 90,
    kms_key_id: 'arn:key',
  });
});

test('the role writes to its own group only, and for this account only', () => {
  const { policy } = only(stack, 'aws_iam_role_policy');
  expect(policy).toContain('aws_cloudwatch_log_group.flow_group');
  expect(policy).not.toMatch(/"Resource" = (\["\*"\]|"\*")/);
  const trust = only(stack, 'aws_iam_role').assume_role_policy;
  expect(trust).toContain('vpc-flow-logs.amazonaws.com');
  expect(trust).toContain('"aws:SourceAccount" = data.aws_caller_identity');
});
