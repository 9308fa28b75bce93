import * as fc from 'fast-check';
import { covers, coversAction, coversResource, mayOverlap } from '../../../../../src/rehearsal/expect/grants/patterns';

test.each([
  ['*', 'anything'],
  ['*', '*'],
  ['*', ''],
  ['a*', 'ab*'],
  ['a*c', 'a*b*c'],
  ['?*', '*?'],
  ['*?', '?*'],
  ['?*', '*a'],
  ['*a*', 'b*a?'],
  ['a?', 'ab'],
  ['**', '*'],
  ['a/${aws:username}/*', 'a/${aws:username}/b*'],
  ['a/*', 'a/${aws:username}'],
  ['${*}', '${*}'],
  ['*', '${*}'],
])('%s covers %s', (wider, narrower) => expect(covers(wider, narrower)).toBe(true));

test.each([
  ['a', '*'],
  ['a*', '*'],
  ['?*', '*'],
  ['?', '*'],
  ['?', ''],
  ['ab*', 'a*'],
  ['a*?', 'a*'],
  ['a/${aws:username}', 'a/${aws:userid}'],
  ['a/?', 'a/${aws:username}'],
  ['a/x', 'a/${aws:username}'],
  ['${*}', '*'],
  ['a', 'A'],
])('%s does not cover %s', (wider, narrower) => expect(covers(wider, narrower)).toBe(false));

const fits = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
/** Every text of at most four signs; `z` is in no pattern. */
const texts = ['a', 'b', 'z'].reduce<string[]>(
  (all, _sign, _i, signs) => {
    const longer = all.flatMap((text) => signs.map((sign) => text + sign));
    return [...new Set([...all, ...longer])];
  },
  [''],
);
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 4 });

test('a pattern covers another exactly where it fits every text that the other fits', () => {
  fc.assert(
    fc.property(pattern, pattern, (wider, narrower) => {
      // The longest text that tells them apart: each wildcard of the narrower stands for a few foreign signs.
      const witness = ['', 'z', 'zzzzz'].map((run) => narrower.replaceAll('*', run).replaceAll('?', 'z'));
      const all = [...texts, ...witness].filter((text) => fits(narrower, text));
      expect(covers(wider, narrower)).toBe(all.every((text) => fits(wider, text)));
    }),
    { numRuns: 3000 },
  );
});

test('two patterns may overlap wherever some text fits both', () => {
  fc.assert(
    fc.property(pattern, pattern, (a, b) => {
      if (texts.some((text) => fits(a, text) && fits(b, text))) expect(mayOverlap(a, b)).toBe(true);
    }),
    { numRuns: 2000 },
  );
  expect(mayOverlap('a*', 'b*')).toBe(false);
  expect(mayOverlap('a?', 'a')).toBe(false);
  expect(mayOverlap('x/${aws:username}', 'x/anna')).toBe(true);
});

test('actions are compared without capitals', () => {
  expect(coversAction('S3:get*', 's3:GetObject')).toBe(true);
  expect(coversAction('s3:GetObject', 's3:GetObject*')).toBe(false);
  expect(coversAction('*', 's3:*')).toBe(true);
});

test.each([
  ['*', 'arn:aws:s3:::b', true],
  ['*', '*', true],
  ['arn:aws:s3:::b/*', 'arn:aws:s3:::b/x/*', true],
  ['arn:aws:s3:::b/*', 'arn:aws:s3:::b', false],
  ['arn:aws:s3:::b', '*', false],
  ['arn:aws:s3:::*', 'arn:aws:s3:::b/*', true],
  // A wildcard stays between its colons, but for the last part.
  ['arn:aws:*:x', 'arn:aws:sqs:eu-west-1:111122223333:x', false],
  ['arn:aws:sqs:*:*:x', 'arn:aws:sqs:eu-west-1:111122223333:x', true],
  ['arn:aws:logs:*:*:*', 'arn:aws:logs:eu-west-1:111122223333:log-group:g:*', true],
  // What is missing at the end is a wildcard.
  ['arn:aws:s3', 'arn:aws:s3:::b', true],
  ['arn:aws:s3:::b', 'arn:aws:s3', false],
  ['arn:aws:s3:::b/${aws:username}/*', 'arn:aws:s3:::b/${aws:username}/x', true],
  ['arn:aws:s3:::B', 'arn:aws:s3:::b', false],
])('of resources, %s covers %s: %s', (wider, narrower, so) => expect(coversResource(wider, narrower)).toBe(so));
