import { checkConfig, replacedBy } from '../../../../src/rehearsal/facts/check';
import type { TypeFacts } from '../../../../src/rehearsal/facts/facts';
import { Unknown, type TfObject } from '../../../../src/rehearsal/protocol/codec';

const wrong = (facts: Partial<TypeFacts>, config: TfObject) =>
  checkConfig('acme_anvil', { source: 'https://acme.example', ...facts }, config).map(
    ({ summary, detail, path }) => `${path?.join('.') ?? ''}: ${summary}: ${detail}`,
  );

describe('a value', () => {
  const at = (rule: NonNullable<TypeFacts['rules']>[string], value: TfObject[string]) =>
    wrong({ rules: { colour: rule } }, { colour: value });

  test('that is one of the known is right, and another is told with the nearest', () => {
    const rule = { oneOf: ['red', 'green', 'blue'] };
    expect(at(rule, 'green')).toEqual([]);
    expect(at(rule, 'gren')).toEqual([
      'colour: "colour" of acme_anvil is not right: "gren" is none of red, green or blue; write "green".',
    ]);
    expect(at(rule, 'xyzzy')).toEqual([
      'colour: "colour" of acme_anvil is not right: "xyzzy" is none of red, green or blue; give one of them.',
    ]);
  });

  test('of many is told with the first of them', () => {
    const rule = { oneOf: Array.from({ length: 30 }, (_, i) => `t${i}.large`) };
    expect(at(rule, 'none')[0]).toContain('t10.large, t11.large and 18 more; give one of them.');
  });

  test('has a pattern, a length, a range or a format', () => {
    expect(at({ pattern: /^[a-z]+$/, means: 'lower-case letters' }, 'Red')).toEqual([
      'colour: "colour" of acme_anvil is not right: "Red" does not fit; give lower-case letters.',
    ]);
    expect(at({ length: [2, 3] }, 'reddish')).toEqual([
      'colour: "colour" of acme_anvil is not right: "reddish" has 7 characters; give 2 to 3.',
    ]);
    expect(at({ length: [0, 3] }, 'reddish')[0]).toContain('give at most 3.');
    expect(at({ between: [1, 5] }, 6)).toEqual([
      'colour: "colour" of acme_anvil is not right: 6 is too much; give 1 to 5.',
    ]);
    expect(at({ between: [1, 5] }, 0)[0]).toContain('0 is too little; give 1 to 5.');
    expect(at({ between: [1, Infinity] }, 0)[0]).toContain('0 is too little; give 1 or more.');
    expect(at({ length: [4, 4] }, 'red')[0]).toContain('"red" has 3 characters; give 4.');
    expect(at({ format: 'cidr' }, '10.0.0.1/16')).toHaveLength(1);
    expect([
      ...at({ pattern: /^[a-z]+$/, means: '' }, 'red'),
      ...at({ length: [2, 3] }, 'red'),
      ...at({ between: [1, 5] }, 5),
      ...at({ format: 'cidr' }, '10.0.0.0/16'),
    ]).toEqual([]);
  });

  test('may have to obey several rules, and every text of a list does', () => {
    expect(at([{ length: [0, 1] }, { pattern: /^a/, means: 'an a' }], 'bb')).toHaveLength(2);
    expect(at({ oneOf: ['red'] }, ['red', 'rad'])).toEqual([
      'colour: "colour" of acme_anvil is not right: "rad" is none of red; write "red".',
    ]);
  });

  test('that is not known yet, or not given, is right', () => {
    expect(at({ oneOf: ['red'] }, Unknown.value)).toEqual([]);
    expect(at({ oneOf: ['red'] }, null)).toEqual([]);
    expect(at({ oneOf: ['red'] }, [Unknown.value])).toEqual([]);
  });

  test('in a block is told with its place', () => {
    expect(
      wrong({ rules: { 'face.colour': { oneOf: ['red'] } } }, { face: [{ colour: 'red' }, { colour: 'rot' }] }),
    ).toEqual(['face.1.colour: "face.colour" of acme_anvil is not right: "rot" is none of red; write "red".']);
  });
});

describe('arguments', () => {
  const together = (relation: keyof TypeFacts, config: TfObject) =>
    wrong({ [relation]: [['a', 'b', 'c']] }, { a: null, b: null, c: null, ...config });

  test('of which one is needed', () => {
    expect(together('exactlyOneOf', { b: 'x' })).toEqual([]);
    expect(together('exactlyOneOf', {})).toEqual([
      ': The arguments of acme_anvil do not go together: none of "a", "b" and "c" is given; give one of them.',
    ]);
    expect(together('exactlyOneOf', { a: 1, c: Unknown.value })).toEqual([
      ': The arguments of acme_anvil do not go together: "a" and "c" are given; give only one of them.',
    ]);
  });

  test('of which at most or at least one is given, or all', () => {
    expect(together('atMostOneOf', {})).toEqual([]);
    expect(together('atMostOneOf', { a: 1, b: 1 })).toEqual([
      ': The arguments of acme_anvil do not go together: "a" and "b" are given; give only one of them.',
    ]);
    expect(together('atLeastOneOf', { a: 1, b: 1 })).toEqual([]);
    expect(together('atLeastOneOf', {})).toEqual([
      ': The arguments of acme_anvil do not go together: none of "a", "b" and "c" is given; give at least one of them.',
    ]);
    expect(together('together', {})).toEqual([]);
    expect(together('together', { a: 1 })).toEqual([
      ': The arguments of acme_anvil do not go together: "a" is given without "b" and "c"; give all of them or none.',
    ]);
  });

  test('side by side in a block are told with their place, and an empty block is not given', () => {
    const facts = { atMostOneOf: [['face.a', 'face.b']] };
    expect(
      wrong(facts, {
        face: [
          { a: 1, b: [] },
          { a: 1, b: [{}] },
        ],
      }),
    ).toEqual([
      'face.1: The arguments of "face" of acme_anvil do not go together: "a" and "b" are given; give only one of them.',
    ]);
  });
});

test('a check of its own has its say', () => {
  const check = () => [{ severity: 'error', summary: 'Odd', detail: 'This is odd.', path: ['x'] } as const];
  expect(wrong({ check }, {})).toEqual(['x: Odd: This is odd.']);
});

describe('a change replaces', () => {
  const facts: TypeFacts = {
    source: 'https://acme.example',
    replaces: ['name', 'face.colour', 'zones', 'size'],
    defaults: { size: 1 },
  };
  const prior: TfObject = { name: 'a', face: [{ colour: 'red', note: '' }], zones: ['x', 'y'], size: null, other: 1 };
  const replaced = (change: TfObject) => replacedBy(facts, prior, { ...prior, ...change });

  test('by the arguments that say so, whatever stands beside them', () => {
    expect(replaced({ name: 'b' })).toEqual([['name']]);
    expect(replaced({ other: 2 })).toEqual([]);
    expect(replaced({ face: [{ colour: 'blue', note: '' }] })).toEqual([['face']]);
    expect(replaced({ face: [{ colour: 'red', note: 'n' }] })).toEqual([]);
    expect(replaced({ name: 'b', zones: ['x'] })).toEqual([['name'], ['zones']]);
  });

  test('not by another order, nor by a default that is written out', () => {
    expect(replaced({ zones: ['y', 'x'] })).toEqual([]);
    expect(replaced({ size: 1 })).toEqual([]);
    expect(replaced({ size: 2 })).toEqual([['size']]);
  });

  test('by a block that comes or goes, not by what is in it, where the facts say no more', () => {
    const counted = { ...facts, replaces: ['face.#'] };
    const after = (face: TfObject[]) => replacedBy(counted, prior, { ...prior, face });
    expect(after([{ colour: 'blue', note: '' }])).toEqual([]);
    expect(after([])).toEqual([['face']]);
  });

  test('not by an empty text, where the provider keeps what stood there', () => {
    const flags = { name: 'name', type: 'string', required: false, optional: true, computed: true } as const;
    const block = { attributes: [flags], blocks: [] };
    expect(replacedBy(facts, prior, { ...prior, name: '' }, block)).toEqual([]);
    expect(replacedBy(facts, prior, { ...prior, name: 'b' }, block)).toEqual([['name']]);
    expect(replacedBy(facts, prior, { ...prior, name: '' })).toEqual([['name']]);
  });

  test('by a value that will be known only later', () => {
    expect(replaced({ name: Unknown.value })).toEqual([['name']]);
  });
});
