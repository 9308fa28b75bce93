import { WorkloadIdentity } from 'plinth/constructs/core/identity';
import { IBucket } from 'plinth/constructs/core/resources';
import { Bucket } from 'plinth/constructs/storage/bucket';
import { blocks, only, synthesizeStack } from '../../support/program';

const made = (act: (bucket: IBucket, who: WorkloadIdentity) => void, keyArn: string | undefined = 'arn:key') =>
  synthesizeStack((stack, platform) => {
    const bucket = Bucket.fromAttributes(stack, 'given', {
      bucketName: 'acme-models',
      bucketArn: 'arn:aws:s3:::acme-models',
      keyArn,
    });
    act(bucket, new WorkloadIdentity(stack, 'who', { platform, namespace: 'ml', serviceAccount: 'server' }));
  });
const policyOf = (act: (bucket: IBucket, who: WorkloadIdentity) => void, keyArn?: string) =>
  String(only(made(act, keyArn), 'aws_iam_role_policy').policy);

test('to read below a prefix is to list and get there, and to decrypt by way of S3', () => {
  const policy = policyOf((bucket, who) => bucket.grantRead(who, 'fraud/'));
  expect(policy).toContain('"Resource":["arn:aws:s3:::acme-models/fraud/*"]');
  expect(policy).toContain('"s3:prefix":["fraud","fraud/*"]');
  expect(policy).toContain('"Action":["kms:Decrypt"],"Resource":["arn:key"]');
  expect(policy).toContain('"kms:ViaService":"s3.*.amazonaws.com"');
  expect(policy).not.toMatch(/PutObject|DeleteObject|GenerateDataKey/);
});

test('to write is also to put, delete and make data keys', () => {
  const policy = policyOf((bucket, who) => bucket.grantReadWrite(who));
  expect(policy).toContain('"s3:PutObject","s3:DeleteObject"');
  expect(policy).toContain('"Resource":["arn:aws:s3:::acme-models/*"]');
  expect(policy).toContain('"kms:Decrypt","kms:GenerateDataKey"');
  expect(policy).not.toContain('s3:prefix');
});

test('to put is neither to read nor to delete', () => {
  const policy = policyOf((bucket, who) => bucket.grantWrite(who, 'payloads/models/fraud'));
  expect(policy).toContain('"Action":["s3:PutObject"],"Resource":["arn:aws:s3:::acme-models/payloads/models/fraud/*"]');
  expect(policy).toContain('"Action":["kms:GenerateDataKey"],"Resource":["arn:key"]');
  expect(policy).not.toMatch(/GetObject|DeleteObject|ListBucket|Decrypt/);
});

test('without a key nothing is said of KMS', () => {
  const stack = synthesizeStack((scope, platform) => {
    const bucket = Bucket.fromAttributes(scope, 'given', { bucketName: 'acme' });
    bucket.grantRead(new WorkloadIdentity(scope, 'who', { platform, namespace: 'ml', serviceAccount: 'server' }));
  });
  const policy = String(only(stack, 'aws_iam_role_policy').policy);
  expect(policy).not.toContain('kms:');
  // The ARN is made from the name, in the partition that Terraform finds itself in.
  expect(policy).toMatch(/arn:\$\{data\.aws_partition\.[^}]+\}:s3:::acme/);
});

test('each prefix and each verb is a grant of its own, and the same one is made once', () => {
  const stack = made((bucket, who) => {
    bucket.grantRead(who, 'a');
    bucket.grantRead(who, 'a/');
    bucket.grantRead(who, 'a/b');
    bucket.grantReadWrite(who, 'a');
  });
  expect(
    blocks(stack, 'aws_iam_role_policy')
      .map(([, block]) => block.name)
      .sort(),
  ).toEqual(['given-read-a', 'given-read-a.b', 'given-write-a']);
});

test('its URL, with and without a prefix', () => {
  made((bucket) => {
    expect(bucket.url()).toBe('s3://acme-models');
    expect(bucket.url('/fraud/v1/')).toBe('s3://acme-models/fraud/v1');
  });
});
