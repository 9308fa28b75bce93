import { pairingWrong, resourceWrong } from '../../../../src/rehearsal/formats/iam-resource';

it.each([
  '*',
  'arn:aws:s3:::bucket/*',
  'arn:*:s3:::bucket',
  'arn:aws:s3:::bucket/${aws:username}/*',
  'arn:aws:iam::${aws:PrincipalAccount}:role/app-*',
  'arn:aws:iam::*:role/x',
  'arn:aws:ec2:*:123456789012:instance/*',
  'arn:aws:ec2:eu-*:123456789012:instance/*',
  'arn:aws:sqs',
  'arn:aws:sns:*',
])('accepts %s', (text) => expect(resourceWrong(text)).toBeUndefined());

it.each([
  [
    'bucket/*',
    'has the resource "bucket/*", which is neither an ARN nor "*"; write it as arn:partition:service:region:account:resource',
  ],
  ['arn:aw:s3:::b', 'has the resource "arn:aw:s3:::b" in the partition "aw"; write arn:aws:s3:::b'],
  ['arn:aws:s*:::b', 'has the resource "arn:aws:s*:::b", whose service IAM takes without wildcards; name the service'],
  [
    'arn:aws:sqs:euwest1:123456789012:q',
    'has the resource "arn:aws:sqs:euwest1:123456789012:q" in the region "euwest1"; write one such as eu-west-1, or "*"',
  ],
  [
    'arn:aws:sqs:eu-west-1:1234:q',
    'has the resource "arn:aws:sqs:eu-west-1:1234:q" in the account "1234"; write its twelve digits, or "*"',
  ],
  [
    'arn:aws:s3:eu-west-1:123456789012:b/*',
    'has the resource "arn:aws:s3:eu-west-1:123456789012:b/*", which names a region that ARNs of s3 do not have; write arn:aws:s3::123456789012:b/*',
  ],
  [
    'arn:aws:kms:::key/k',
    'has the resource "arn:aws:kms:::key/k", which names no region, as ARNs of kms do; write it after "kms:"',
  ],
])('refuses %s', (text, says) => expect(resourceWrong(text)).toBe(says));

describe('actions that work on none of the resources', () => {
  it.each([
    [['s3:GetObject'], ['arn:aws:s3:::b/*']],
    [['s3:GetObject'], ['arn:aws:s3:::b*']],
    [
      ['s3:GetObject', 's3:ListBucket'],
      ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'],
    ],
    [['s3:ListBucket'], ['*']],
    [['s3:*', 'S3:List*'], ['arn:aws:s3:::b/*']],
    [['s3:ListAllMyBuckets'], ['arn:aws:s3:::*']],
    [['dynamodb:Query'], ['arn:aws:dynamodb:eu-west-1:123456789012:table/t/index/*']],
    [['sqs:SendMessage'], ['arn:aws:sqs']],
    [['logs:PutLogEvents'], ['arn:aws:s3:::b']],
    [['kms:Decrypt'], ['${aws:PrincipalTag/key}']],
    [['s3:GetObject'], []],
  ])('lets %s on %s be', (actions, resources) => expect(pairingWrong(actions, resources)).toBeUndefined());

  it.each([
    [
      ['s3:GetObject'],
      ['arn:aws:s3:::b'],
      'has the action "s3:GetObject", which does not work on "arn:aws:s3:::b"; write arn:aws:s3:::b/*',
    ],
    [
      ['s3:GetObject', 's3:ListBucket'],
      ['arn:aws:s3:::b/*'],
      'has the action "s3:ListBucket", which does not work on "arn:aws:s3:::b/*"; write arn:aws:s3:::b',
    ],
    [
      ['kms:Decrypt'],
      ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'],
      'has the action "kms:Decrypt", which works on none of its resources; write arn:aws:kms:Region:Account:key/KeyId',
    ],
    [
      ['ecr:GetAuthorizationToken'],
      ['arn:aws:ecr:eu-west-1:123456789012:repository/r'],
      'has the action "ecr:GetAuthorizationToken", which works on no single resource; give it the resource "*", in a statement of its own',
    ],
  ])('tells of %s on %s', (actions, resources, says) => expect(pairingWrong(actions, resources)).toBe(says));
});
