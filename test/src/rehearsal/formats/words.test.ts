import { oneOf, quoted } from '../../../../src/rehearsal/formats/words';

it('quotes a text and cuts a long one', () => {
  expect(quoted('a "b"')).toBe('"a \\"b\\""');
  expect(quoted('x'.repeat(81))).toBe(`"${'x'.repeat(77)}..."`);
});

it('lists words', () => {
  expect([oneOf([]), oneOf(['a']), oneOf(['a', 'b']), oneOf(['a', 'b', 'c'])]).toEqual([
    '',
    'a',
    'a or b',
    'a, b or c',
  ]);
});
