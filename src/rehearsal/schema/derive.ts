import type { ClassMember, InterfaceMember, Scan } from './scan';
import { scan } from './scan';
import type { Attribute, Block, NestedBlock, Nesting, TfType } from './types';
import { typeOf } from './types';

const resourceBases = new Set([
  'TerraformResource',
  'TerraformDataSource',
  'TerraformEphemeralResource',
  'TerraformProvider',
]);

/**
 * The schema of the one resource, data source or provider that a generated file describes.
 * @returns undefined where the text holds none
 */
export function deriveSchema(text: string): Block | undefined {
  const facts = scan(text);
  for (const [name, { base }] of facts.classes) {
    if (!resourceBases.has(base)) continue;
    const block = classBlock(facts, name, `${name}Config`, name, []);
    return base === 'TerraformProvider' ? withoutMeta(block) : block;
  }
  return undefined;
}

/**
 * Whether members have flags of their own. What nobody can set needs none; and the older provider SDK knows no nested attributes, so
 * that the generator passes the flags of such an attribute on to all that is in it.
 */
function hasOwnFlags(outer: ClassMember, nesting: Nesting, members: readonly Attribute[]): boolean {
  if (!outer.optional && !outer.required) return false;
  if (nesting === 'single') return true; // That SDK has lists and sets only.
  return members.some(
    ({ required, optional, computed }) =>
      required !== outer.required || optional !== outer.optional || computed !== outer.computed,
  );
}

/** `alias` is Terraform's own argument of every provider. */
function withoutMeta(block: Block): Block {
  return { ...block, attributes: block.attributes.filter(({ name }) => name !== 'alias') };
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

function classBlock(
  facts: Scan,
  className: string,
  config: string,
  writtenAs: string,
  within: readonly string[],
): Block {
  const attributes: Attribute[] = [];
  const blocks: NestedBlock[] = [];
  const members = new Map((facts.interfaces.get(config) ?? []).map((member) => [member.property, member]));
  for (const member of facts.classes.get(className)?.members ?? []) {
    const written = facts.written.get(writtenAs)?.get(member.name);
    const declared = members.get(member.property);
    const struct = structOf(facts, member);
    if (struct === undefined) {
      attributes.push({ ...flags(member), type: plainType(member, written) });
      continue;
    }
    if (within.includes(struct.name)) continue; // Newer bindings hold structs that hold themselves, without end.
    const deeper = [...within, struct.name];
    const inner = structBlock(facts, struct.name, deeper);
    if (declared?.block === true) {
      blocks.push(nestedBlock(member, struct.many ?? written, inner, struct.many === undefined));
      continue;
    }
    const nesting = struct.many ?? 'single';
    const nested = { ...flags(member), nested: { nesting, attributes: asAttributes(inner) } } as const;
    attributes.push(
      hasOwnFlags(member, nesting, nested.nested.attributes) ? nested : { ...flags(member), type: typeOf(nested) },
    );
  }
  return { attributes, blocks };
}

function structBlock(facts: Scan, struct: string, within: readonly string[]): Block {
  return facts.classes.has(`${struct}OutputReference`)
    ? classBlock(facts, `${struct}OutputReference`, struct, lowerFirst(struct), within)
    : interfaceBlock(facts, struct, within);
}

/** The structs of a provider's configuration can only be written, so they have interfaces and no classes. */
function interfaceBlock(facts: Scan, struct: string, within: readonly string[]): Block {
  const attributes: Attribute[] = [];
  const blocks: NestedBlock[] = [];
  for (const member of facts.interfaces.get(struct) ?? []) {
    const name = member.name ?? member.property;
    const written = facts.written.get(lowerFirst(struct))?.get(name);
    const given = { name, required: !member.optional, optional: member.optional, computed: false };
    const inner = declaredStruct(facts, member.type);
    if (inner === undefined) {
      attributes.push({ ...given, type: declaredType(member.type, written) });
    } else if (!within.includes(inner)) {
      const body = structBlock(facts, inner, [...within, inner]);
      if (member.block) blocks.push(nestedBlock(given, manyOf(member, written), body, !member.type.includes('[]')));
      else
        attributes.push({
          ...given,
          nested: { nesting: manyOf(member, written) ?? 'single', attributes: asAttributes(body) },
        });
    }
  }
  return { attributes, blocks };
}

function manyOf(member: InterfaceMember, written: string | undefined): 'list' | 'set' | undefined {
  if (member.type.includes('[]')) return written === 'set' ? 'set' : 'list';
  return written === 'list' || written === 'set' ? written : undefined;
}

const flags = ({ name, required, optional, computed }: ClassMember) => ({ name, required, optional, computed });

function structOf(facts: Scan, member: ClassMember): { name: string; many?: 'list' | 'set' | 'map' } | undefined {
  const holds = member.holds;
  if (holds === undefined) {
    const name = member.fieldType === undefined ? undefined : declaredStruct(facts, member.fieldType);
    if (name === undefined) return undefined;
    return member.fieldType?.includes('[]') === true ? { name, many: 'list' } : { name };
  }
  if (holds.className.startsWith('cdktf.')) return undefined;
  const reference = /^(.*)OutputReference$/.exec(holds.className);
  if (reference !== null) return { name: reference[1] ?? '' };
  const collection = /^(.*)(List|Map)$/.exec(holds.className);
  const name = collection?.[1] ?? holds.className;
  return { name, many: collection?.[2] === 'Map' ? 'map' : holds.set ? 'set' : 'list' };
}

function declaredStruct(facts: Scan, type: string): string | undefined {
  const name = /^(\w+)(\[\])?( \| |$)/.exec(type)?.[1];
  return name !== undefined && facts.interfaces.has(name) ? name : undefined;
}

function nestedBlock(
  { name, required }: { readonly name: string; readonly required: boolean },
  written: string | undefined,
  block: Block,
  /** A collection that the bindings show as one struct holds at most one. */
  one: boolean,
): NestedBlock {
  const many = written === 'list' || written === 'set' ? written : undefined;
  return {
    name,
    // Terraform's core refuses a value of dynamic type anywhere under a set.
    nesting: many === 'set' && holdsDynamic(block) ? 'list' : (many ?? 'single'),
    minItems: required && many !== undefined ? 1 : 0,
    maxItems: one && many !== undefined ? 1 : 0,
    block,
  };
}

function holdsDynamic(block: Block): boolean {
  const inType = (type: TfType): boolean => {
    if (typeof type === 'string') return type === 'dynamic';
    return type[0] === 'object' ? Object.values(type[1]).some(inType) : inType(type[1]);
  };
  return (
    block.attributes.some((attribute) => inType(typeOf(attribute))) ||
    block.blocks.some(({ block: inner }) => holdsDynamic(inner))
  );
}

/** Inside an attribute there are only attributes. */
function asAttributes(block: Block): Attribute[] {
  return [
    ...block.attributes,
    ...block.blocks.map(({ name, nesting, block: inner, minItems }): Attribute => ({
      name,
      required: minItems > 0,
      optional: minItems === 0,
      computed: false,
      nested: { nesting, attributes: asAttributes(inner) },
    })),
  ];
}

/** A plain type, from the getter where it says enough and from the field's declaration where it does not. */
function plainType(member: ClassMember, written: string | undefined): TfType {
  const { returns, holds, fieldType } = member;
  const many = (element: TfType): TfType => [returns.includes('Fn.tolist(') ? 'set' : 'list', element];
  if (holds !== undefined) {
    const map = /^cdktf\.(String|Number|Boolean|Any)Map(List)?$/.exec(holds.className);
    const element: TfType = ['map', scalar(map?.[1] ?? 'String')];
    return map?.[2] === 'List' ? [holds.set ? 'set' : 'list', element] : element;
  }
  const getter = /get(String|Number|Boolean|Any|List|NumberList|StringMap|NumberMap|BooleanMap|AnyMap)Attribute\(/.exec(
    returns,
  )?.[1];
  switch (getter) {
    case 'String':
    case 'Number':
    case 'Boolean':
      return scalar(getter);
    case 'List':
      return many('string');
    case 'NumberList':
      return many('number');
    case 'StringMap':
    case 'NumberMap':
    case 'BooleanMap':
      return ['map', scalar(getter.slice(0, -'Map'.length))];
    case 'AnyMap':
      return 'dynamic';
    default:
      return fieldType === undefined
        ? 'dynamic'
        : declaredType(fieldType, returns.includes('Fn.tolist(') ? 'set' : written);
  }
}

function scalar(name: string): TfType {
  return name === 'Number' ? 'number' : name === 'Boolean' ? 'bool' : name === 'Any' ? 'dynamic' : 'string';
}

/** A type from its TypeScript: `string[][]`, `{ [key: string]: number }`. The outermost list may be written as a set. */
function declaredType(declaration: string, written: string | undefined): TfType {
  const type = declaration.replaceAll(/ \| (cdktf\.IResolvable|undefined)/g, '').trim();
  const bare = /^\((.*)\)$/.exec(type)?.[1] ?? type;
  if (bare.endsWith('[]')) return [written === 'set' ? 'set' : 'list', declaredType(bare.slice(0, -2), undefined)];
  const map = /^\{ \[key: string\]: (.*) \}$/.exec(bare)?.[1];
  if (map !== undefined) return map === 'any' ? 'dynamic' : ['map', declaredType(map, undefined)];
  return bare === 'number' ? 'number' : bare === 'boolean' ? 'bool' : bare === 'string' ? 'string' : 'dynamic';
}
