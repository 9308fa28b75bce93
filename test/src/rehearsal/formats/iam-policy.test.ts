import { iamPolicy, inlinePolicy, resourcePolicy, trustPolicy } from '../../../../src/rehearsal/formats/iam-policy';

const policy = (...statements: unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } };
const bucket = { ...read, Principal: { AWS: 'arn:aws:iam::123456789012:root' } };

describe('policies that AWS takes', () => {
  // AmazonECSTaskExecutionRolePolicy and AmazonEKS_CNI_Policy, managed by AWS.
  it.each([
    policy({
      Effect: 'Allow',
      Action: ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: '*',
    }),
    policy(
      { Sid: 'Networking', Effect: 'Allow', Action: ['ec2:DescribeTags', 'ec2:AttachNetworkInterface'], Resource: '*' },
      {
        Sid: 'Tags',
        Effect: 'Allow',
        Action: ['ec2:CreateTags'],
        Resource: ['arn:aws:ec2:*:*:network-interface/*'],
      },
    ),
    JSON.stringify({
      Version: '2012-10-17',
      Id: 'x',
      Statement: { ...read, Sid: '', NotAction: 'iam:*', Action: undefined },
    }),
    JSON.stringify({ Statement: [read] }),
    policy({ Effect: 'Deny', Action: '*', NotResource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'] }),
  ])('of users and roles: %s', (text) => expect([iamPolicy(text), inlinePolicy(text)]).toEqual([undefined, undefined]));

  it.each([
    policy(trust),
    policy({
      ...trust,
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:TagSession', 'sts:AssumeRole'],
    }),
    policy({
      Effect: 'Allow',
      Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'oidc.eks.eu-west-1.amazonaws.com/id/A:aud': 'sts.amazonaws.com' } },
    }),
    policy({ Effect: 'Deny', Action: 'sts:AssumeRole', NotPrincipal: { AWS: '123456789012' } }),
  ])('of roles, who may take them: %s', (text) => expect(trustPolicy(text)).toBeUndefined());

  it.each([
    policy(bucket),
    policy({ ...bucket, Sid: 'With spaces, and more' }),
    policy({ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }),
    policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'ecr:BatchGetImage' }),
  ])('of resources: %s', (text) => expect(resourcePolicy(text)).toBeUndefined());
});

describe('what is wrong with a document', () => {
  it.each([
    ['{', 'the text is not JSON (from its character 2); make it with jsonencode or JSON.stringify'],
    ['[]', 'the policy is no JSON object; write { "Version": "2012-10-17", "Statement": [...] }'],
    ['{"Version":"2012-10-17"}', 'the policy has no Statement; write at least one'],
    [
      JSON.stringify({ Version: '2012-10-17', Statments: [read], Statement: read }),
      'the policy has the element "Statments"; write Statement',
    ],
    [
      JSON.stringify({ Version: '2012-10-17', Comment: 'x', Statement: read }),
      'the policy has the element "Comment"; leave it out',
    ],
    [
      JSON.stringify({ Version: '2026-01-01', Statement: read }),
      'the policy has the Version "2026-01-01", which is the grammar\'s and never your own; write 2012-10-17',
    ],
    [
      JSON.stringify({ Version: '2012-10-17', Id: 5, Statement: read }),
      'the policy has an Id that is no text; write a text',
    ],
    [
      JSON.stringify({ Statement: { ...read, Resource: 'arn:aws:s3:::b/${aws:username}' } }),
      'the policy has variables, which IAM reads as plain text in the older grammar; write "Version": "2012-10-17"',
    ],
  ])('%s', (text, says) => expect(iamPolicy(text)).toBe(says));

  it('is too long', () => {
    const long = policy({ ...read, Resource: `arn:aws:s3:::b/${'x'.repeat(6100)}` }, read);
    expect(iamPolicy(long)).toBe(
      `the policy has ${long.length} characters without white space, where IAM takes 6144; split it, or use wildcards`,
    );
    expect(inlinePolicy(long)).toBeUndefined();
    expect(resourcePolicy(policy({ ...bucket, Sid: 'x'.repeat(12_000) }))).toBeUndefined();
    expect(iamPolicy(JSON.stringify(JSON.parse(policy(read)), null, 2000))).toBeUndefined();
  });
});

describe('what is wrong with a statement', () => {
  it.each([
    ['text', 'statement 1 is no object; write { "Effect": "Allow", ... }'],
    [{ ...read, Sid: 'read-it' }, 'statement "read-it" has a Sid with more than letters and digits; write "ReadIt"'],
    [{ ...read, Sid: 5 }, 'statement 1 has a Sid that is no text; write letters and digits'],
    [{ ...read, Effect: undefined }, 'statement 1 has no Effect; write Allow or Deny'],
    [{ ...read, Effect: 'allow' }, 'statement 1 has the Effect "allow"; write Allow or Deny'],
    [{ ...read, Actions: 's3:*' }, 'statement 1 has the element "Actions"; write Action'],
    [{ ...read, Frobnication: 's3:*' }, 'statement 1 has the element "Frobnication"; leave it out'],
    [{ ...read, Action: undefined }, 'statement 1 has no Action; write one at least'],
    [{ ...read, Action: [] }, 'statement 1 has an empty Action; write one at least'],
    [{ ...read, Action: [5] }, 'statement 1 has no text in Action; write texts'],
    [{ ...read, NotAction: 'iam:*' }, 'statement 1 has both Action and NotAction; keep one'],
    [{ ...read, Resource: undefined }, 'statement 1 has no Resource; write one at least'],
    [{ ...read, Resource: 'arn:aws:s3:::b' }, expect.stringContaining('which does not work on "arn:aws:s3:::b"')],
    [{ ...read, Resource: 'b' }, expect.stringContaining('statement 1 has the resource "b", which is neither')],
    [{ ...read, Action: 's3:GetObjekt' }, expect.stringContaining('; write s3:GetObject')],
    [{ ...read, Condition: { StringEqual: {} } }, expect.stringContaining('; write StringEquals')],
    [
      { ...read, Principal: '*' },
      "statement 1 has a Principal, which a policy of a user or role cannot have; leave it out, or put it into the role's trust policy",
    ],
  ])('of a user or role: %j', (statement, says) => expect(iamPolicy(policy(statement))).toEqual(says));

  it('tells everything together', () => {
    expect(iamPolicy(policy({ ...read, Sid: 'A' }, { ...read, Sid: 'A', Effect: 'allow' }))).toBe(
      'statement "A" has the Effect "allow"; write Allow or Deny; and statement "A" has the Sid of another statement; give each its own',
    );
  });

  it.each([
    [{ ...trust, Resource: '*' }, 'statement 1 has a Resource, which a trust policy cannot have; leave it out'],
    [{ ...trust, Principal: undefined }, 'statement 1 has no Principal; name who it is about'],
    [
      { ...trust, Action: ['sts:AssumeRole', 's3:GetObject'] },
      'statement 1 has the action "s3:GetObject", though a trust policy has actions of STS only; write sts:AssumeRole, and put the other into a policy of the role',
    ],
    [
      { ...trust, Principal: { Service: 'pods.eks.amazonaws.com' } },
      'statement 1 trusts pods.eks.amazonaws.com, which needs both actions; write sts:AssumeRole and sts:TagSession',
    ],
    [
      { ...trust, Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/host.example' } },
      'statement 1 trusts an OIDC provider, whose identities cannot use its actions; write sts:AssumeRoleWithWebIdentity',
    ],
    [
      { ...trust, Principal: { Federated: 'arn:aws:iam::123456789012:saml-provider/idp' } },
      'statement 1 trusts a SAML provider, whose identities cannot use its actions; write sts:AssumeRoleWithSAML',
    ],
  ])('of who may take a role: %j', (statement, says) => expect(trustPolicy(policy(statement))).toBe(says));

  it('of who may take a role: its length', () => {
    const many = Array.from({ length: 40 }, (_, i) => `arn:aws:iam::123456789012:role/some-application-number-${i}`);
    expect(trustPolicy(policy({ ...trust, Principal: { AWS: many } }))).toMatch(/where IAM takes 2048; split it/);
  });

  it.each([
    [read, 'statement 1 has no Principal; name who it is about'],
    [{ ...bucket, NotPrincipal: '*' }, 'statement 1 has both Principal and NotPrincipal; keep one'],
    [{ ...bucket, Principal: { aws: '123456789012' } }, 'statement 1 has a Principal of the kind "aws"; write AWS'],
  ])('of a resource: %j', (statement, says) => expect(resourcePolicy(policy(statement))).toBe(says));
});
