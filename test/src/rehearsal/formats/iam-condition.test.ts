import { conditionWrong } from '../../../../src/rehearsal/formats/iam-condition';

it.each([
  { StringEquals: { 'aws:SourceAccount': '123456789012' } },
  { 'ForAllValues:StringLikeIfExists': { 'aws:RequestTag/team': ['a', 'b*'], 'aws:TagKeys': 'x' } },
  { StringEquals: { 's3:ExistingObjectTag/stage': 'x', 'secretsmanager:ResourceTag/owner': 'y', 'S3:Prefix': '' } },
  { StringEquals: { 'oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub': 'system:serviceaccount:a:b' } },
  { StringEquals: { 'kms:EncryptionContext:aws:cloudtrail:arn': 'x', 'sts:ExternalId': 'y' } },
  { Bool: { 'aws:SecureTransport': false }, Null: { 'aws:TokenIssueTime': 'true' } },
  { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'] } },
  {
    NumericLessThan: { 'aws:MultiFactorAuthAge': 3600 },
    DateGreaterThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' },
  },
  {
    ArnLike: { 'aws:SourceArn': ['arn:aws:s3:::b', '${aws:PrincipalArn}'] },
    DateLessThan: { 'aws:EpochTime': '1900000000' },
  },
])('accepts %j', (condition) => expect(conditionWrong(condition)).toEqual([]));

it.each([
  [[], 'has a Condition that is no object; write { Operator: { Key: value } }'],
  [{ StringEqual: { 'aws:SourceVpc': 'v' } }, 'has the condition operator "StringEqual"; write StringEquals'],
  [
    { 'ForAnyValue:StringLikes': { 'aws:TagKeys': 'v' } },
    'has the condition operator "ForAnyValue:StringLikes"; write ForAnyValue:StringLike',
  ],
  [
    { Frobnicates: { 'aws:TagKeys': 'v' } },
    'has the condition operator "Frobnicates"; write one of IAM, such as StringEquals',
  ],
  [
    { StringEquals: 'v' },
    'has the condition StringEquals without keys; write { "StringEquals": { "aws:SourceAccount": ... } }',
  ],
  [
    { StringEquals: { SourceAccount: 'v' } },
    'has the condition key "SourceAccount"; write it with its service, such as aws:SourceAccount',
  ],
  [
    { StringEquals: { 'aws:SourceAcount': 'v' } },
    'has the condition key "aws:SourceAcount", which IAM does not know; write aws:SourceAccount',
  ],
  [
    { StringEquals: { 'aws:RequestTags/team': 'v' } },
    'has the condition key "aws:RequestTags/team", which IAM does not know; write aws:RequestTag/team',
  ],
  [{ StringEquals: { 's3:prefx': 'v' } }, 'has the condition key "s3:prefx", which IAM does not know; write s3:prefix'],
  [
    { StringEquals: { 'aws:SourceVpc': null } },
    'has no text, number or boolean for the condition key "aws:SourceVpc"; write its value as a text',
  ],
  [
    { Bool: { 'aws:SecureTransport': 'no' } },
    'compares "aws:SecureTransport" by Bool with "no"; write "true" or "false"',
  ],
  [
    { IpAddress: { 'aws:SourceIp': '10.0.0.0/64' } },
    'compares "aws:SourceIp" by IpAddress with "10.0.0.0/64"; write an address or a network such as 10.0.0.0/16',
  ],
  [
    { NumericEquals: { 'aws:MultiFactorAuthAge': 'an hour' } },
    'compares "aws:MultiFactorAuthAge" by NumericEquals with "an hour"; write a number',
  ],
  [
    { DateLessThan: { 'aws:CurrentTime': 'tomorrow' } },
    'compares "aws:CurrentTime" by DateLessThan with "tomorrow"; write a date such as 2030-01-31T00:00:00Z',
  ],
  [
    { ArnEquals: { 'aws:SourceArn': 'my-bucket' } },
    'compares "aws:SourceArn" by ArnEquals with "my-bucket"; write an ARN, or use StringLike',
  ],
])('refuses %j', (condition, says) => expect(conditionWrong(condition)).toEqual([says]));
