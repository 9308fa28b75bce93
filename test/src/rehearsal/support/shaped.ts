import type { TfObject, TfValue } from '../../../../src/rehearsal/protocol/codec';
import type { Block } from '../../../../src/rehearsal/schema/types';

/** A resource of Terraform's JSON, where a block may stand without a list and what is not given is left out, as a provider gets it. */
export function shaped(block: Block, given: unknown): TfObject {
  const values = (given ?? {}) as Readonly<Record<string, TfValue>>;
  const attributes = block.attributes.map(({ name }): [string, TfValue] => [name, values[name] ?? null]);
  const blocks = block.blocks.map(({ name, nesting, block: inner }): [string, TfValue] => {
    const held = values[name] ?? null;
    const items = (held === null ? [] : Array.isArray(held) ? held : [held]).map((item) => shaped(inner, item));
    return [name, nesting === 'single' ? (items[0] ?? null) : items];
  });
  return Object.fromEntries([...attributes, ...blocks]);
}
