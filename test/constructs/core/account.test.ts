import { TerraformOutput } from 'cdktf';
import { Account } from 'plinth/constructs/core/account';
import { synthesizeStack } from '../../support/program';

test('one account a stack, whoever asks', () => {
  const stack = synthesizeStack((scope) => {
    expect(Account.of(scope)).toBe(Account.of(scope));
    new TerraformOutput(scope, 'policy', { value: Account.of(scope).managedPolicy('AmazonEKSClusterPolicy') });
  });
  expect(Object.keys(stack.data?.aws_caller_identity ?? {})).toHaveLength(1);
  expect(stack.output?.policy?.value).toMatch(
    /^arn:\$\{data\.aws_partition\.[^}]+\}:iam::aws:policy\/AmazonEKSClusterPolicy$/,
  );
});

test('a service may act on behalf of this account; EC2 does not say for whom it asks', () => {
  const stack = synthesizeStack((scope) => {
    new TerraformOutput(scope, 'ours', { value: Account.of(scope).trust('eks.amazonaws.com') });
    new TerraformOutput(scope, 'ec2', { value: Account.of(scope).trust('ec2.amazonaws.com', false) });
  });
  expect(stack.output?.ours?.value).toContain('"aws:SourceAccount" = data.aws_caller_identity');
  expect(stack.output?.ec2?.value).not.toContain('Condition');
});
