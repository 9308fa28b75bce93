import { fromStateJson } from '../../../../src/rehearsal/protocol/state-json';
import type { Block } from '../../../../src/rehearsal/schema/types';

const flags = { required: false, optional: true, computed: false };
const block = (...attributes: Block['attributes'][number][]): Block => ({ attributes, blocks: [] });
const text = { ...flags, name: 'text', type: 'string' } as const;
const any = { ...flags, name: 'any', type: 'dynamic' } as const;

test('what the stored state does not know yet is null, or no block', () => {
  const schema: Block = {
    attributes: [text],
    blocks: [{ name: 'rule', nesting: 'list', minItems: 0, maxItems: 0, block: block(text) }],
  };
  expect(fromStateJson({}, schema)).toEqual({ text: null, rule: [] });
  expect(fromStateJson({ text: 'a', rule: [{}], gone: 1 }, schema)).toEqual({ text: 'a', rule: [{ text: null }] });
  expect(fromStateJson(null, schema)).toBeNull();
});

test('a value of dynamic type carries its type before it', () => {
  expect(fromStateJson({ any: { type: 'string', value: 'a' } }, block(any))).toEqual({
    any: [Buffer.from('"string"'), 'a'],
  });
  expect(fromStateJson({ any: null }, block(any))).toEqual({ any: null });
});

test('a list of blocks that holds such a value is itself of dynamic type', () => {
  const schema: Block = {
    attributes: [],
    blocks: [{ name: 'rule', nesting: 'list', minItems: 0, maxItems: 0, block: block(any) }],
  };
  const type = ['tuple', [['object', { any: 'string' }]]];
  expect(fromStateJson({ rule: { type, value: [{ any: 'a' }] } }, schema)).toEqual({
    rule: [Buffer.from(JSON.stringify(type)), [{ any: 'a' }]],
  });
});
