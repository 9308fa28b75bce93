import type { ProviderFunction } from './provider';
import type { Attribute, Block, TfType } from '../schema/types';

const blockNesting = { single: 1, list: 2, set: 3 } as const;
const objectNesting = { single: 1, list: 2, set: 3, map: 4 } as const;

/** A schema as the protocol's message. */
export function schemaMessage(block: Block): { version: number; block: object } {
  return { version: 0, block: blockMessage(block) };
}

function blockMessage(block: Block): object {
  return {
    version: 0,
    attributes: block.attributes.map(attributeMessage),
    block_types: block.blocks.map((nested) => ({
      type_name: nested.name,
      nesting: blockNesting[nested.nesting],
      min_items: nested.minItems,
      max_items: nested.maxItems,
      block: blockMessage(nested.block),
    })),
  };
}

function attributeMessage(attribute: Attribute): object {
  const { name, required, optional, computed, nested, sensitive = false, writeOnly = false } = attribute;
  return {
    name,
    required,
    optional,
    computed,
    sensitive,
    write_only: writeOnly,
    ...(nested === undefined
      ? { type: typeBytes(attribute.type) }
      : {
          nested_type: { nesting: objectNesting[nested.nesting], attributes: nested.attributes.map(attributeMessage) },
        }),
  };
}

/** A function as the protocol's message. Terraform calls it with known values only. */
export function functionMessage({ parameters, returns }: ProviderFunction): object {
  return {
    parameters: parameters.map(({ name, type }) => ({ name, type: typeBytes(type) })),
    return: { type: typeBytes(returns) },
  };
}

const typeBytes = (type: TfType): Buffer => Buffer.from(JSON.stringify(type));
