import { forEverybody, isAnyAddress } from '../../../../../src/rehearsal/expect/public/everybody';

const statement = (more: object) => ({ Effect: 'Allow', Action: '*', Resource: '*', ...more });
const open = (more: object) => forEverybody(JSON.stringify({ Statement: statement(more) })).length > 0;

test.each<[string, object, boolean]>([
  ['everybody', { Principal: '*' }, true],
  ['every account', { Principal: { AWS: '*' } }, true],
  ['every account among others', { Principal: { AWS: ['arn:aws:iam::1:root', '*'] } }, true],
  ['all but somebody', { NotPrincipal: { AWS: 'arn:aws:iam::1:root' } }, true],
  ['an account', { Principal: { AWS: '111122223333' } }, false],
  ['a service', { Principal: { Service: 's3.amazonaws.com' } }, false],
  ['nobody', {}, false],
  ['a refusal', { Principal: '*', Effect: 'Deny' }, false],
])('%s', (_name, more, so) => expect(open(more)).toBe(so));

test.each<[string, object, boolean]>([
  ['an organization', { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, false],
  ['an endpoint', { StringEquals: { 'AWS:SourceVpce': ['vpce-1', 'vpce-2'] } }, false],
  ['a source', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::b' } }, false],
  ['any source', { ArnLike: { 'aws:SourceArn': 'arn:aws:*:*:*:*' } }, true],
  ['any bucket', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } }, true],
  ['anything', { StringLike: { 'aws:SourceAccount': '*' } }, true],
  ['one of these is anything', { StringLike: { 'aws:SourceAccount': ['1', '*'] } }, true],
  ['an office', { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, false],
  ['all addresses', { IpAddress: { 'aws:SourceIp': ['0.0.0.0/0'] } }, true],
  ['all but some', { StringNotEquals: { 'aws:SourceAccount': '1' } }, true],
  ['if it exists', { StringEqualsIfExists: { 'aws:SourceAccount': '1' } }, true],
  ['all values, of none as well', { 'ForAllValues:StringEquals': { 'aws:PrincipalOrgPaths': 'o-1/*' } }, true],
  ['any of the values', { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-1/*' } }, false],
  ['encryption on the way', { Bool: { 'aws:SecureTransport': 'true' } }, true],
  [
    'one of several keys',
    { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'aws:SourceVpc': 'vpc-1' } },
    false,
  ],
])('under a condition: %s', (_name, Condition, so) => expect(open({ Principal: '*', Condition })).toBe(so));

test('statements are told by their name or number', () => {
  const Statement = [statement({ Principal: '*', Sid: 'Open' }), statement({}), statement({ Principal: '*' })];
  expect(forEverybody(JSON.stringify({ Statement }))).toEqual(['Open', 'statement 3']);
});

test.each([undefined, null, '', 'no JSON', '{}'])('%j lets nobody in', (text) =>
  expect(forEverybody(text)).toEqual([]),
);

test('all addresses, or half of them', () => {
  expect(['0.0.0.0/0', '::/0', '0.0.0.0/1', '8000::/1'].every(isAnyAddress)).toBe(true);
  expect(['10.0.0.0/8', '203.0.113.0/24', '0.0.0.0/2', 'x'].some(isAnyAddress)).toBe(false);
});
