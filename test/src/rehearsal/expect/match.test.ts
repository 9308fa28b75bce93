import { Match, mismatches, shown } from '../../../../src/rehearsal/expect/match';

const said = (expected: unknown, actual: unknown) =>
  mismatches(expected, actual).map(({ path, says }) => `${path} ${says}`.trim());

test('an object may leave out keys, at any depth', () => {
  expect(said({ a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 })).toEqual([]);
  expect(said({ a: { b: 1 }, e: 'x' }, { a: { b: 2 } })).toEqual([
    'a.b is 2, expected 1',
    'e is missing, expected "x"',
  ]);
});

test('a list has as many items as are expected, each of which may leave out keys', () => {
  expect(said([{ a: 1 }], [{ a: 1, b: 2 }])).toEqual([]);
  expect(said({ l: [1, 2] }, { l: [1, 3] })).toEqual(['l.1 is 3, expected 2']);
  expect(said({ l: [1] }, { l: [1, 2] })).toEqual(['l has 2 items, expected 1: [1,2]']);
  expect(said({ l: [1] }, { l: 1 })).toEqual(['l is 1, expected [1]']);
});

test('a block stands in a list or alone', () => {
  expect(said({ spec: { replicas: 2 } }, { spec: [{ replicas: 2 }] })).toEqual([]);
  expect(said({ spec: [{ replicas: 2 }] }, { spec: { replicas: 2 } })).toEqual([]);
  expect(said({ spec: { replicas: 2 } }, { spec: [{ replicas: 2 }, {}] })).toEqual([
    'spec is [{"replicas":2},{}], expected {"replicas":2}',
  ]);
});

test('a regular expression fits texts, whatever it matched before', () => {
  const global = /prod/g;
  expect(said(global, 'a prod')).toEqual([]);
  expect(said(global, 'a prod')).toEqual([]);
  expect(said({ name: /^prod-/ }, { name: 'dev-1' })).toEqual(['name is "dev-1", expected /^prod-/']);
  expect(said(/1/, 1)).toEqual(['is 1, expected /1/']);
});

test.each([
  [Match.any(), 'x', undefined, 'is missing'],
  [Match.absent(), undefined, 'x', 'is "x", expected nothing'],
  [Match.stringMatching('prod'), 'a-prod', 'dev', 'is "dev", expected a text with "prod"'],
  [Match.stringMatching(/^p/), 'prod', 'dev', 'is "dev", expected /^p/'],
  [Match.arrayWith([{ a: 1 }]), [{ b: 2 }, { a: 1, c: 3 }], [{ a: 2 }], 'holds no {"a":1}: [{"a":2}]'],
  [Match.arrayWith(['x']), ['y', 'x'], 'x', 'is "x", expected a list with ["x"]'],
  [Match.json({ a: [1] }), '{"a":[1],"b":2}', '{"a":[2]}', 'a.0 is 2, expected 1'],
  [Match.json({ a: 1 }), '{"a":1}', '{', 'is "{", expected a JSON text'],
  [Match.json({ a: 1 }), '{"a":1}', { a: 1 }, 'is {"a":1}, expected a JSON text'],
  [Match.not('x'), 'y', 'x', 'is "x", expected anything but "x"'],
])('%# %j', (matcher, right, wrong, message) => {
  expect(said(matcher, right)).toEqual([]);
  expect(said(matcher, wrong)).toEqual([message]);
});

test("Jest's own matchers are expected values, and ours are Jest's", () => {
  expect(said({ a: expect.stringContaining('x') as unknown }, { a: 'axb' })).toEqual([]);
  expect(said({ a: expect.any(Number) as unknown }, { a: 'x' })).toEqual(['a is "x", expected Any<Number>']);
  expect({ policy: '{"Statement":[]}' }).toEqual({ policy: Match.json({ Statement: [] }) });
  expect({ policy: '{}' }).not.toEqual({ policy: Match.json({ Statement: [] }) });
});

test('a value is shown short, and matchers by what they want', () => {
  expect(shown({ a: Match.any(), b: /x/, c: Match.stringMatching('y') })).toBe(
    '{"a":"<anything>","b":"</x/>","c":"<a text with \\"y\\">"}',
  );
  expect(shown('x'.repeat(200))).toHaveLength(160);
});
