import { alteration, ignoredBy, withDependents } from '../../../../src/rehearsal/faults/alteration';
import type { Block, TfType } from '../../../../src/rehearsal/schema/types';
import type { HeldResource } from '../../../../src/rehearsal/state';

const held = (address: string, ...dependencies: string[]): HeldResource =>
  ({ resource: { address }, token: address, dependencies, tainted: false }) as unknown as HeldResource;

test('what was made from a resource goes with it, however far, and whatever the instance', () => {
  const all = [held('a.a'), held('b.b[0]', 'a.a'), held('b.b[1]', 'a.a'), held('c.c', 'b.b'), held('d.d')];
  expect([...withDependents(all, ['a.a'])].sort()).toEqual(['a.a', 'b.b[0]', 'b.b[1]', 'c.c']);
  expect([...withDependents(all, ['d.d'])]).toEqual(['d.d']);
});

const attribute = (name: string, type: TfType, flags: object = {}) => ({
  name,
  type,
  required: false,
  optional: true,
  computed: false,
  ...flags,
});
const altered = (type: string, attributes: Block['attributes'], values: Parameters<typeof alteration>[2]) =>
  alteration(type, { attributes, blocks: [] }, values);

test('the first argument is altered that can be changed in place', () => {
  expect(altered('x', [attribute('a', 'string')], { a: 'v' })).toEqual({ a: 'v-changed' });
  expect(altered('x', [attribute('a', 'number')], { a: 1 })).toEqual({ a: 2 });
  expect(altered('x', [attribute('a', 'bool')], { a: true })).toEqual({ a: false });
  expect(altered('x', [attribute('a', ['map', 'string'])], { a: { k: 'v' } })).toEqual({
    a: { k: 'v', changed: 'elsewhere' },
  });
});

test('what is not given, needed, decided elsewhere, ignored or replaces is left alone', () => {
  expect(altered('x', [attribute('a', 'string')], { a: null })).toBeUndefined();
  expect(altered('x', [attribute('a', 'string', { optional: false, required: true })], { a: 'v' })).toBeUndefined();
  expect(altered('x', [attribute('a', 'string', { computed: true })], { a: 'v' })).toBeUndefined();
  expect(altered('aws_vpc', [attribute('cidr_block', 'string')], { cidr_block: '10.0.0.0/16' })).toBeUndefined();
  const block = { attributes: [attribute('a', 'string')], blocks: [] };
  expect(alteration('x', block, { a: 'v' }, ['a'])).toBeUndefined();
  expect(
    alteration(
      'x',
      { attributes: [attribute('rehearsal_address', 'string')], blocks: [] },
      { rehearsal_address: 's/x.y' },
    ),
  ).toBeUndefined();
});

test('what a program ignores stands in its lifecycle', () => {
  expect(ignoredBy({ lifecycle: { ignore_changes: ['tags'] } })).toEqual(['tags']);
  expect(ignoredBy({ lifecycle: { ignore_changes: 'all' } })).toBe('all');
  expect(ignoredBy({})).toEqual([]);
  expect(ignoredBy(undefined)).toEqual([]);
});
