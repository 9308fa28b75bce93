import { fits, overlap, tokensOf, type Token } from '../../../../src/rehearsal/formats/glob';

it.each([
  ['GetObject', 'Get*', true],
  ['getobject', 'GET?bject', true],
  ['GetObject', '*', true],
  ['GetObject', 'Put*', false],
  ['GetObject', 'GetObject?', false],
  ['', '*', true],
])('%s fits %s: %s', (text, pattern, expected) => expect(fits(text, pattern)).toBe(expected));

it.each([
  ['a*', '*b', true],
  ['a*c', 'a?c', true],
  ['b/*', 'b', false],
  ['x${aws:username}', 'xyz', true],
  ['*a*a*a*a*a*b', 'a'.repeat(200), false],
])('%s and %s overlap: %s', (a, b, expected) => expect(overlap(tokensOf(a), tokensOf(b))).toBe(expected));

it('gives names neither slashes nor colons', () => {
  const bucket: Token[] = [...tokensOf('s3:::'), 'name'];
  expect(overlap(bucket, tokensOf('s3:::bucket'))).toBe(true);
  expect(overlap(bucket, tokensOf('s3:::b*'))).toBe(true);
  expect(overlap(bucket, tokensOf('s3:::bucket/*'))).toBe(false);
  expect(overlap(tokensOf('s3:::bucket/*'), bucket)).toBe(false);
  expect(overlap(bucket, tokensOf('s3:::a:b'))).toBe(false);
});
