import { arn, partsOfArn } from '../../../../src/rehearsal/formats/arn';

// In part from TestValidARN of terraform-provider-aws (internal/verify/validate_test.go).
it.each([
  '',
  'arn:aws:s3:::my-bucket',
  'arn:aws:s3:::my-bucket/key/of:object',
  'arn:aws:s3:us-west-2:123456789012:accesspoint/myap',
  'arn:aws:iam::123456789012:user/David',
  'arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess',
  'arn:aws-us-gov:ec2:us-gov-west-1:123456789012:instance/i-12345678',
  'arn:aws-cn:rds:cn-north-1:123456789012:db:mysql-db',
  'arn:aws:rds::123456789012:global-cluster:g',
  'arn:aws:cloudwatch::cw0000000000:alarm:my-alarm',
  'arn:aws:imagebuilder:us-east-1:third-party:component/my-component',
  'arn:aws:route53:::hostedzone/Z1',
  'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy',
  'arn:aws:states:::lambda:invoke',
  'arn:aws:ssm:us-east-1::parameter/aws/service/eks',
])('accepts %s', (text) => expect(arn(text)).toBeUndefined());

it.each([
  ['my-bucket', '"my-bucket" is no ARN; write arn:partition:service:region:account:resource'],
  ['arn:aws:s3', '"arn:aws:s3" is no ARN; write arn:partition:service:region:account:resource'],
  ['arn:aws::::x', '"arn:aws::::x" names no service; write arn:partition:service:region:account:resource'],
  ['arn:aws:s3:::', '"arn:aws:s3:::" names no resource; write it after the last colon'],
  ['arn:AWS:s3:::b', '"arn:AWS:s3:::b" has the partition "AWS"; write aws, aws-cn or aws-us-gov'],
  [
    'arn:aws:ec2:us-east1:123456789012:vpc/v',
    '"arn:aws:ec2:us-east1:123456789012:vpc/v" has the region "us-east1"; write one such as eu-west-1',
  ],
  [
    'arn:aws:kms:us-east-1:12345:key/k',
    '"arn:aws:kms:us-east-1:12345:key/k" has the account "12345"; write its twelve digits',
  ],
  [
    'arn:aws:s3:eu-west-1::b/key',
    '"arn:aws:s3:eu-west-1::b/key" names a region that ARNs of s3 do not have; write arn:aws:s3:::b/key',
  ],
  [
    'arn:aws:s3::123456789012:b',
    '"arn:aws:s3::123456789012:b" names an account that ARNs of s3 do not have; write arn:aws:s3:::b',
  ],
  [
    'arn:aws:iam:us-east-1:123456789012:role/r',
    '"arn:aws:iam:us-east-1:123456789012:role/r" names a region that ARNs of iam do not have; write arn:aws:iam::123456789012:role/r',
  ],
  [
    'arn:aws:sqs::123456789012:q',
    '"arn:aws:sqs::123456789012:q" names no region, as ARNs of sqs do; write it after "sqs:"',
  ],
  [
    'arn:aws:sns:eu-west-1::topic',
    '"arn:aws:sns:eu-west-1::topic" names no account, as ARNs of sns do; write it after the region',
  ],
])('refuses %s', (text, says) => expect(arn(text)).toBe(says));

it('takes an ARN apart', () => {
  expect(partsOfArn('arn:aws:rds:eu-west-1:123456789012:db:a:b')).toEqual({
    partition: 'aws',
    service: 'rds',
    region: 'eu-west-1',
    account: '123456789012',
    resource: 'db:a:b',
  });
});
