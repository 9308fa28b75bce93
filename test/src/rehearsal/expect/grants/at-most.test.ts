import { grantsAtMost, type PolicyDocument } from '../../../../../src/rehearsal/expect/grants/at-most';
import { applied, made } from '../support';

const allow = (action: string | string[], resource: string | string[] = '*', more: object = {}) => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...more,
});
const policyOf = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const inline = (...statements: object[]) => made('aws_iam_role_policy', { role: 'r', policy: policyOf(...statements) });
const limit = (...statements: PolicyDocument['Statement'][]): PolicyDocument => ({
  Statement: statements.flat() as [],
});
const lake = 'arn:aws:s3:::lake';

test('what lies within the policy is granted by right', () => {
  const resources = [inline(allow(['s3:GetObject', 's3:ListBucket'], [lake, `${lake}/a/*`]))];
  const verdict = grantsAtMost(applied(resources), limit(allow(['s3:Get*', 's3:List*'], `${lake}*`)));
  expect(verdict).toEqual({ holds: 'yes', says: 'the program grants no more than the policy (1 policies)' });
});

test('each statement that goes beyond is told, with where it does', () => {
  const resources = [
    inline(
      allow(['s3:PutObject', 's3:DeleteObject'], `${lake}/*`, { Sid: 'Write' }),
      allow('s3:GetObject', ['*', `${lake}/*`]),
      allow('s3:GetObject*', `${lake}/*`),
      allow('kms:Decrypt'),
    ),
  ];
  const conditioned = allow('kms:Decrypt', '*', { Condition: { StringEquals: { 'kms:ViaService': 's3' } } });
  const verdict = grantsAtMost(applied(resources), limit(allow('s3:GetObject', `${lake}/*`), conditioned));
  expect(verdict.holds).toBe('no');
  const at = 's/aws_iam_role_policy.x';
  const [heading, ...lines] = verdict.says.split('\n  - ');
  expect(heading).toBe('the program grants more than the policy allows:');
  expect(lines).toEqual([
    `${at}, statement "Write": s3:PutObject, s3:DeleteObject on ${lake}/*; the policy does not allow that`,
    `${at}, statement 2: s3:GetObject on *; the policy allows that on ${lake}/* only`,
    expect.stringMatching(
      /statement 3: s3:GetObject\* on \S+; it fits (s3:GetObject\w+, ){4}s3:GetObject\w+ and \d+ more, which the policy does not allow$/,
    ),
    `${at}, statement 4: kms:Decrypt on *; the policy allows it under {"StringEquals":{"kms:ViaService":"s3"}} only`,
  ]);
});

test('a wildcard may not grow with what AWS adds', () => {
  const all = ['AddTags', 'ListTags', 'RemoveTags'].map((name) => `cloudtrail:${name}`);
  const verdict = grantsAtMost(applied([inline(allow('cloudtrail:*Tags'))]), limit(allow(all)));
  expect(verdict.says).toMatch('the policy allows each action that this fits today, but not those to come');
});

test('several policies add up, a denial in them does not', () => {
  const resources = [inline(allow('s3:GetObject', `${lake}/*`), allow('sqs:SendMessage'))];
  const both = [limit(allow('s3:*')), limit(allow('sqs:*'))];
  expect(grantsAtMost(applied(resources), both).holds).toBe('yes');
  const denied = limit({ Effect: 'Deny', Action: 's3:*', Resource: `${lake}/secret/*` });
  expect(grantsAtMost(applied(resources), [...both, denied]).says).toMatch(
    'a statement of the policy denies some of it',
  );
});

test('what a policy denies is no grant, and does not take one away', () => {
  const denied = { Effect: 'Deny', Action: '*', Resource: '*' };
  expect(grantsAtMost(applied([inline(denied)]), limit()).holds).toBe('yes');
  expect(grantsAtMost(applied([inline(denied, allow('s3:GetObject'))]), limit()).holds).toBe('no');
});

test('all but some actions lie only within everything', () => {
  const resources = [inline({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' })];
  expect(grantsAtMost(applied(resources), limit(allow(['s3:*', 'sqs:*']))).says).toMatch(
    'all but iam:* on *; the policy does not allow that',
  );
  expect(grantsAtMost(applied(resources), limit(allow('*'))).holds).toBe('yes');
});

test('policies that cannot be seen into are told unless their ARN is allowed', () => {
  const arn = 'arn:aws:iam::aws:policy/AdministratorAccess';
  const resources = [made('aws_iam_role_policy_attachment', { role: 'r', policy_arn: arn })];
  expect(grantsAtMost(applied(resources), limit(allow('*')))).toEqual({
    holds: 'no',
    says: `the program grants more than the policy allows:\n  - s/aws_iam_role_policy_attachment.x attaches ${arn}, which is not made here, so what it allows cannot be seen`,
  });
  expect(grantsAtMost(applied(resources), limit(), { attached: ['arn:aws:iam::aws:policy/Admin*'] }).holds).toBe('yes');
});

test('one role is looked at, by its name or its address', () => {
  const policy = policyOf(allow('s3:GetObject'));
  const resources = [
    made('aws_iam_role', { name: 'reader' }),
    made('aws_iam_role_policy', { role: 'reader', policy }),
    made('aws_iam_role_policy', { role: 'writer', policy: policyOf(allow('s3:*')) }, 'w'),
  ];
  const reading = limit(allow('s3:Get*'));
  for (const role of ['reader', 'aws_iam_role.x', 's/aws_iam_role.x'])
    expect(grantsAtMost(applied(resources), reading, { role })).toMatchObject({ holds: 'yes' });
  expect(grantsAtMost(applied(resources), reading, { role: 'writer' }).holds).toBe('no');
  expect(() => grantsAtMost(applied(resources), reading, { role: 'readers' })).toThrow(
    'toGrantAtMost: there is no role "readers", because there are reader, writer; did you mean reader.',
  );
  expect(() => grantsAtMost(applied([]), reading, { role: 'readers' })).toThrow('because the program makes none');
});
