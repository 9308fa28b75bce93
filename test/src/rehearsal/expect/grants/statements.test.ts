import {
  about,
  asNarrow,
  grantsOf,
  maybeAbout,
  statementsOf,
  type Conditions,
  type Grant,
} from '../../../../../src/rehearsal/expect/grants/statements';

const grant = (more: object): Grant => grantsOf({ Effect: 'Allow', Action: 'a:b', Resource: '*', ...more })[0] as Grant;
const statement = (more: object) => ({ Effect: 'Allow', Action: '*', Resource: '*', ...more });

test('a statement is about every action on every resource', () => {
  expect(grantsOf({ Effect: 'Allow', Action: ['a:x', 'a:y'], Resource: ['r', 'q'] })).toHaveLength(4);
  expect(grantsOf({ Effect: 'Allow', NotAction: ['a:x', 'a:y'], Resource: 'r' })).toEqual([
    { action: { not: ['a:x', 'a:y'] }, resource: { pattern: 'r' }, condition: {} },
  ]);
  expect(statementsOf({ Statement: statement({}) })).toHaveLength(1);
  expect(statementsOf({ Statement: [statement({}), statement({})] })).toHaveLength(2);
});

test.each([
  ['a pattern in a pattern', { Action: 'a:*' }, { Action: 'a:Get*' }, true],
  ['a pattern in another', { Action: 'a:Get*' }, { Action: 'a:*' }, false],
  ['a pattern in all but others', { Action: undefined, NotAction: 'iam:*' }, { Action: 's3:Get*' }, true],
  ['a pattern in all but some of it', { Action: undefined, NotAction: 's3:Put*' }, { Action: 's3:*' }, false],
  ['all but some in everything', { Action: '*' }, { Action: undefined, NotAction: 'iam:*' }, true],
  ['all but some in a pattern', { Action: 's3:*' }, { Action: undefined, NotAction: 'iam:*' }, false],
  [
    'all but many in all but few',
    { Action: undefined, NotAction: 'iam:Create*' },
    { Action: undefined, NotAction: ['iam:*', 's3:*'] },
    true,
  ],
  [
    'all but few in all but many',
    { Action: undefined, NotAction: ['iam:*', 's3:*'] },
    { Action: undefined, NotAction: 'iam:*' },
    false,
  ],
  ['a resource outside', { Resource: 'arn:aws:s3:::a' }, { Resource: 'arn:aws:s3:::b' }, false],
  [
    'all but other resources',
    { Resource: undefined, NotResource: 'arn:aws:s3:::secret/*' },
    { Resource: 'arn:aws:s3:::open/*' },
    true,
  ],
  [
    'all but some of the resources',
    { Resource: undefined, NotResource: 'arn:aws:s3:::secret/*' },
    { Resource: 'arn:aws:s3:::*' },
    false,
  ],
] as const)('%s', (_name, wider, narrower, so) => {
  expect(about(statement(wider), grant(narrower))).toBe(so);
});

test('what a statement may be about', () => {
  expect(maybeAbout(statement({ Action: 's3:Put*' }), grant({ Action: 's3:*' }))).toBe(true);
  expect(maybeAbout(statement({ Action: 's3:Put*' }), grant({ Action: 's3:Get*' }))).toBe(false);
  expect(maybeAbout(statement({ Action: undefined, NotAction: 's3:*' }), grant({ Action: 's3:Get*' }))).toBe(false);
  expect(maybeAbout(statement({ Action: 's3:Get*' }), grant({ Action: undefined, NotAction: 's3:*' }))).toBe(false);
  expect(
    maybeAbout(statement({ Action: undefined, NotAction: 'a:*' }), grant({ Action: undefined, NotAction: 'b:*' })),
  ).toBe(true);
});

const condition = (operator: string, value: unknown, key = 's3:prefix'): Conditions => ({
  [operator]: { [key]: value },
});
test.each<[string, Conditions, Conditions | undefined, boolean]>([
  ['no condition is needed', condition('StringEquals', 'a'), undefined, true],
  ['a condition is needed', {}, condition('StringEquals', 'a'), false],
  ['the same', condition('StringEquals', 'a'), condition('StringEquals', ['a', 'b']), true],
  ['one value more', condition('StringEquals', ['a', 'c']), condition('StringEquals', ['a', 'b']), false],
  ['of another key', condition('StringEquals', 'a', 'k'), condition('StringEquals', 'a'), false],
  ['capitals of the key', condition('StringEquals', 'a', 'S3:Prefix'), condition('stringequals', 'a'), true],
  ['likeness in likeness', condition('StringLike', 'a/b*'), condition('StringLike', 'a/*'), true],
  ['likeness out of likeness', condition('StringLike', 'a*'), condition('StringLike', 'a/*'), false],
  ['equality in likeness', condition('StringEquals', 'a/b'), condition('StringLike', 'a/*'), true],
  ['equality has no wildcards', condition('StringEquals', '*'), condition('StringLike', '?'), true],
  ['likeness in equality', condition('StringLike', 'a'), condition('StringEquals', 'a'), false],
  [
    'ARNs',
    condition('ArnLike', 'arn:aws:s3:::b', 'aws:SourceArn'),
    condition('ArnEquals', 'arn:aws:s3:::*', 'aws:SourceArn'),
    true,
  ],
  ['if it exists, which is wider', condition('StringEqualsIfExists', 'a'), condition('StringEquals', 'a'), false],
  ['if it exists, in the policy', condition('StringEquals', 'a'), condition('StringEqualsIfExists', 'a'), true],
  ['a refusal of more', condition('StringNotEquals', ['a', 'b']), condition('StringNotEquals', 'a'), true],
  ['a refusal of less', condition('StringNotEquals', 'a'), condition('StringNotEquals', ['a', 'b']), false],
  ['all values', condition('ForAllValues:StringEquals', 'a'), condition('StringEquals', 'a'), false],
  ['a truth', condition('Bool', true, 'aws:SecureTransport'), condition('Bool', 'true', 'aws:SecureTransport'), true],
])('conditions: %s', (_name, narrower, wider, so) => expect(asNarrow(narrower, wider)).toBe(so));
