import { conform, fillUnknown, plausible, unknownWhereComputed, type Making } from '../../../src/rehearsal/plausible';
import { Unknown } from '../../../src/rehearsal/protocol/codec';
import type { Block } from '../../../src/rehearsal/schema/types';

const making: Making = { type: 'acme_anvil', values: {}, region: 'r', account: 'a', digits: '0123456789abcdef' };
const nothing = () => undefined;
const flag = { required: false, optional: false, computed: false };
const block: Block = {
  attributes: [
    { ...flag, name: 'name', type: 'string', optional: true, computed: true },
    { ...flag, name: 'given', type: 'string', optional: true },
    {
      ...flag,
      name: 'settings',
      optional: true,
      nested: {
        nesting: 'list',
        attributes: [{ ...flag, name: 'kind', type: 'string', optional: true, computed: true }],
      },
    },
    {
      ...flag,
      name: 'byKey',
      optional: true,
      nested: { nesting: 'map', attributes: [{ ...flag, name: 'kind', type: 'string', computed: true }] },
    },
    { ...flag, name: 'objects', type: ['list', ['object', { id: 'string', count: 'number' }]], computed: true },
  ],
  blocks: [],
};

test('what is computed and not given is unknown, at any depth', () => {
  const values = {
    name: null,
    given: null,
    settings: [{ kind: null }, { kind: 'x' }],
    byKey: { a: { kind: null } },
    objects: null,
  };
  expect(unknownWhereComputed(block, values)).toEqual({
    name: Unknown.value,
    given: null,
    settings: [{ kind: Unknown.value }, { kind: 'x' }],
    byKey: { a: { kind: Unknown.value } },
    objects: Unknown.value,
  });
});

test('a block that is not known yet stays so', () => {
  const nested: Block = { attributes: [], blocks: [{ name: 'b', nesting: 'list', minItems: 0, maxItems: 0, block }] };
  expect(unknownWhereComputed(nested, { b: Unknown.value })).toEqual({ b: Unknown.value });
});

test('every unknown gets a value of its type, and one name is made from another', () => {
  const planned = {
    name: Unknown.value,
    given: 'g',
    settings: [{ kind: Unknown.value }],
    byKey: null,
    objects: Unknown.value,
  };
  const curated = (name: string, { values }: Making) =>
    name === 'name' ? 'made' : name === 'id' ? `id-of-${String(values['name'])}` : undefined;
  expect(fillUnknown(block, planned, making, curated)).toEqual({
    name: 'made',
    given: 'g',
    settings: [{ kind: '' }],
    byKey: null,
    objects: [{ id: 'id-of-made', count: 0 }],
  });
});

test('what only the provider can tell has a first element; what the user left out is none', () => {
  expect(plausible(['list', 'string'], 'names', making, nothing, true)).toEqual(['name-01234567']);
  expect(plausible(['set', 'string'], 'names', making, nothing, false)).toEqual([]);
  expect(plausible(['map', 'string'], 'tags', making, nothing, true)).toEqual({});
  expect(plausible('bool', 'on', making, nothing, true)).toBe(false);
  expect(plausible('dynamic', 'any', making, nothing, true)).toBeNull();
});

test('a curated value of the wrong type is not taken', () => {
  expect(plausible('number', 'port', making, () => 'x', true)).toBe(0);
  expect(plausible('number', 'port', making, () => 5432, true)).toBe(5432);
});

test('a value is brought into the shape that is asked for', () => {
  const type = ['object', { id: 'string', more: ['list', 'string'] }] as const;
  expect(conform([{ id: 'x', other: 1 }], type, 'o', making, nothing)).toEqual({ id: 'x', more: ['more-01234567'] });
  expect(conform({ id: 'x', more: ['y'] }, ['list', type], 'o', making, nothing)).toEqual([{ id: 'x', more: ['y'] }]);
  expect(conform(7, 'string', 'text', making, nothing)).toBe('text-01234567');
});
