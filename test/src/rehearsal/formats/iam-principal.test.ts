import { principalWrong } from '../../../../src/rehearsal/formats/iam-principal';

it.each([
  '*',
  { AWS: '*' },
  { AWS: ['123456789012', 'arn:aws:iam::123456789012:root', 'arn:aws-cn:iam::123456789012:role/a/b'] },
  { AWS: 'arn:aws:sts::123456789012:assumed-role/r/session' },
  { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1'.replaceAll(' ', '') },
  { AWS: 'AROAEXAMPLE123456789' },
  { Service: ['ec2.amazonaws.com', 'logs.eu-west-1.amazonaws.com', 'ec2.amazonaws.com.cn'] },
  { Federated: ['arn:aws:iam::123456789012:oidc-provider/host.example/id/1', 'cognito-identity.amazonaws.com'] },
  { CanonicalUser: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be' },
])('accepts %j', (principal) => expect(principalWrong(principal, 'Principal')).toEqual([]));

const nobody =
  'has a Principal that names nobody; write { "Service": "ec2.amazonaws.com" } or { "AWS": "arn:aws:iam::123456789012:root" }';

it.each([
  ['ec2.amazonaws.com', nobody],
  [{}, nobody],
  [{ service: 'ec2.amazonaws.com' }, 'has a Principal of the kind "service"; write Service'],
  [{ Somebody: 'x' }, 'has a Principal of the kind "Somebody"; write AWS, Service or Federated'],
  [{ AWS: [] }, 'has an empty list for Principal.AWS; name somebody, or leave the kind out'],
  [{ AWS: 5 }, 'has no text for Principal.AWS; write the name of one'],
  [
    { Service: 'ec2.amazon.com' },
    'has the Principal.Service "ec2.amazon.com", which is no service of AWS; write ec2.amazonaws.com',
  ],
  [
    { AWS: 'arn:aws:s3:::b' },
    'has the Principal.AWS "arn:aws:s3:::b", which is no account, role or user; write one such as arn:aws:iam::123456789012:role/name',
  ],
  [
    { AWS: 'arn:aws:iam::123456789012:role/app-*' },
    'has the Principal.AWS "arn:aws:iam::123456789012:role/app-*", but a wildcard cannot stand for a part of a principal; name "*" and compare aws:PrincipalArn in a Condition',
  ],
  [
    { Federated: 'https://host.example' },
    'has the Principal.Federated "https://host.example", which is no provider of identities; write the ARN of an OIDC or SAML provider, arn:aws:iam::123456789012:oidc-provider/host',
  ],
])('refuses %j', (principal, says) => expect(principalWrong(principal, 'Principal')).toEqual([says]));
