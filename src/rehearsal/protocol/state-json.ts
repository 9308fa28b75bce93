import { isObject, type TfObject, type TfValue } from './codec';
import type { Block } from '../schema/types';

/**
 * State as it is stored, as a value: a value of dynamic type is `{ value, type }` there, where the wire has `[type, value]`,
 * and a member that the stored state does not know yet is absent, where the wire has null.
 */
export function fromStateJson(value: TfValue, block: Block): TfValue {
  if (!isObject(value)) return value;
  const members: TfObject = {};
  for (const { name, type } of block.attributes) {
    const held = value[name] ?? null;
    members[name] = type === 'dynamic' && isObject(held) ? typed(held) : held;
  }
  for (const { name, nesting, block: inner } of block.blocks) {
    const held = value[name] ?? null;
    if (nesting === 'single') members[name] = fromStateJson(held, inner);
    // A list of blocks that hold a value of dynamic type somewhere is itself of dynamic type.
    else if (isObject(held)) members[name] = typed(held);
    else members[name] = Array.isArray(held) ? held.map((item) => fromStateJson(item, inner)) : [];
  }
  return members;
}

const typed = (held: TfObject): TfValue => [Buffer.from(JSON.stringify(held['type'])), held['value'] ?? null];
