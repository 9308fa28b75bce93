import { TerraformOutput } from 'cdktf';
import { WorkloadIdentity } from 'plinth/constructs/core/identity';
import { Profile } from 'plinth/constructs/core/profile';
import { Secret } from 'plinth/constructs/storage/secret';
import { only, synthesizeStack } from '../../support/program';

const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/mlflow-AbCdEf';

test("a place without a value, under the platform's name and the given key", () => {
  const stack = synthesizeStack((scope) => new Secret(scope, 'mlflow', { description: 'MLflow', keyArn: 'arn:key' }));
  expect(only(stack, 'aws_secretsmanager_secret')).toMatchObject({
    name: 'prod/mlflow',
    kms_key_id: 'arn:key',
    recovery_window_in_days: 30,
  });
  expect(stack.resource).not.toHaveProperty('aws_secretsmanager_secret_version');
});

test('the name of an ephemeral secret is free again at once', () => {
  const stack = synthesizeStack((scope) => new Secret(scope, 'mlflow', { description: 'MLflow' }), {
    profile: Profile.ephemeral({ ttl: '8h' }),
  });
  expect(only(stack, 'aws_secretsmanager_secret').recovery_window_in_days).toBe(0);
});

test('to read it is to get its value and to decrypt by way of Secrets Manager', () => {
  const stack = synthesizeStack((scope, platform) => {
    const secret = Secret.fromAttributes(scope, 'given', { secretArn: arn, keyArn: 'arn:key' });
    secret.grantRead(new WorkloadIdentity(scope, 'who', { platform, namespace: 'ml', serviceAccount: 'server' }));
  });
  const policy = String(only(stack, 'aws_iam_role_policy').policy);
  expect(policy).toContain(`"Resource":["${arn}"]`);
  expect(policy).toContain('"kms:ViaService":"secretsmanager.*.amazonaws.com"');
});

test('the name of a given secret is read out of its ARN when Terraform plans', () => {
  const stack = synthesizeStack((scope) => {
    new TerraformOutput(scope, 'name', { value: Secret.fromAttributes(scope, 'given', { secretArn: arn }).secretName });
  });
  expect(stack.output?.name?.value).toBe(`\${replace(element(split(":", "${arn}"), 6), "/-[A-Za-z0-9]{6}$/", "")}`);
});
