import { parseExact, parseJson } from '../../../../../src/runtime/protocols/open-inference/json-text';

test('depth counts brackets outside strings only', () => {
  const parse = (text: string, depth: number): unknown => parseJson(Buffer.from(text), depth).value;
  expect(parse('{"a":[[1]]}', 3)).toEqual({ a: [[1]] });
  expect(() => parse('{"a":[[1]]}', 2)).toThrow('request body: it nests deeper than 2');
  expect(parse('["[[[[", "\\"[[[", "\\\\"]', 1)).toEqual(['[[[[', '"[[[', '\\']);
  expect(parse('[[],[],[]]', 2)).toEqual([[], [], []]);
});

test('a depth that would overflow the stack is refused before it is parsed', () => {
  expect(() => parseJson(Buffer.from('['.repeat(1_000_000)), 64)).toThrow('it nests deeper than 64');
});

test('whole numbers of 16 digits or more become strings of their digits, all else stays', () => {
  expect(
    parseExact(
      '{"a":[9007199254740993,-9223372036854775808,123,0.1234567890123456789,1e20,"9007199254740993","\\"9007199254740993"]}',
    ),
  ).toEqual({
    a: [
      '9007199254740993',
      '-9223372036854775808',
      123,
      0.1234567890123456789,
      1e20,
      '9007199254740993',
      '"9007199254740993',
    ],
  });
});
