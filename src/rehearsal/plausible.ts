import { createHash } from 'node:crypto';
import { isKnown, isObject, Unknown, type TfObject, type TfValue } from './protocol/codec';
import { typeOf, type Attribute, type Block, type TfType } from './schema/types';

/** What a made-up value can be made from. */
export interface Making {
  /** Type of the resource or data source. */
  readonly type: string;
  /** The values around, as far as they are known. */
  readonly values: TfObject;
  readonly region: string;
  readonly account: string;
  /** Hex digits that belong to this resource alone, the same in every run. */
  readonly digits: string;
}

/**
 * A value for an attribute, by curated knowledge; undefined leaves it to the general rules. `alone`: only the provider can know
 * the value, otherwise the user left it out.
 */
export type Curated = (name: string, making: Making, alone: boolean) => TfValue | undefined;

/** Hex digits from a text. */
export function digitsOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Every value that is computed and not given becomes unknown: what a plan can say of a resource that is yet to be made. */
export function unknownWhereComputed(block: Block, values: TfObject): TfObject {
  const planned: TfObject = { ...values };
  for (const attribute of block.attributes)
    planned[attribute.name] = unknownAttribute(attribute, values[attribute.name] ?? null);
  for (const { name, block: inner } of block.blocks) {
    planned[name] = each(values[name] ?? null, (item) => unknownWhereComputed(inner, item));
  }
  return planned;
}

function unknownAttribute(attribute: Attribute, value: TfValue): TfValue {
  if (value === null) return attribute.computed ? Unknown.value : null;
  const nested = attribute.nested;
  if (nested === undefined) return value;
  const members = { attributes: nested.attributes, blocks: [] };
  if (nested.nesting === 'map' && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, isObject(item) ? unknownWhereComputed(members, item) : item]),
    );
  }
  return each(value, (item) => unknownWhereComputed(members, item));
}

function each(value: TfValue, change: (item: TfObject) => TfObject): TfValue {
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? change(item) : item));
  return isObject(value) ? change(value) : value;
}

/** Puts a plausible value wherever one is unknown. */
export function fillUnknown(block: Block, values: TfObject, making: Making, curated: Curated): TfObject {
  const filled: TfObject = { ...values };
  // `id` and names come first: other values are made from them.
  const order = [...block.attributes].sort((a, b) => rank(a.name) - rank(b.name));
  for (const attribute of order) {
    const { name } = attribute;
    const value = values[name] ?? null;
    if (isKnown(value)) continue;
    const now = { ...making, values: { ...making.values, ...knownOnly(filled) } };
    filled[name] = fillValue(value, typeOf(attribute), name, now, curated, !attribute.optional);
  }
  for (const { name, block: inner } of block.blocks) {
    const value = values[name] ?? null;
    if (!isKnown(value)) filled[name] = each(value, (item) => fillUnknown(inner, item, making, curated));
  }
  return filled;
}

const rank = (name: string): number => (name === 'name' ? 0 : name === 'id' ? 1 : name === 'arn' ? 2 : 3);

function knownOnly(values: TfObject): TfObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => isKnown(value)));
}

function fillValue(
  value: TfValue,
  type: TfType,
  name: string,
  making: Making,
  curated: Curated,
  alone: boolean,
): TfValue {
  if (value instanceof Unknown) return plausible(type, name, making, curated, alone);
  if (Array.isArray(value) && Array.isArray(type)) {
    // Elements that are made up differ from each other, or a set would hold one of them only.
    const own = (item: TfValue, i: number): Making => ({
      ...making,
      values: { ...making.values, ...(isObject(item) && knownOnly(item)) },
      digits: i === 0 ? making.digits : digitsOf(`${making.digits} ${i}`),
    });
    return value.map((item, i) => fillValue(item, type[1] as TfType, name, own(item, i), curated, alone));
  }
  if (isObject(value) && Array.isArray(type)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        const inner = type[0] === 'object' ? (type[1][key] ?? 'string') : (type[1] as TfType);
        return [key, fillValue(item, inner, key, making, curated, alone)];
      }),
    );
  }
  return value;
}

/**
 * A value that a real provider could have answered.
 * @param alone whether only the provider can know the value; otherwise the user left it out, and "none" is likely
 */
export function plausible(type: TfType, name: string, making: Making, curated: Curated, alone: boolean): TfValue {
  const known = curated(name, making, alone);
  if (known !== undefined && suits(known, type)) return known;
  if (type === 'string') return alone ? `${name.replaceAll('_', '-')}-${making.digits.slice(0, 8)}` : '';
  if (type === 'number') return 0;
  if (type === 'bool') return false;
  if (type === 'dynamic') return null;
  if (type[0] === 'object') return conform({}, type, name, making, curated);
  if (type[0] === 'map') return {};
  // Programs look into the first element of what only the provider can tell: certificate_authority[0].data.
  return alone ? [plausible(type[1], name.replace(/s$/, ''), making, curated, true)] : [];
}

/** A value in the shape of a type: what is missing is made up, what the type does not have is left out. */
export function conform(value: TfValue, type: TfType, name: string, making: Making, curated: Curated): TfValue {
  if (!Array.isArray(type))
    return value === null || !suits(value, type) ? plausible(type, name, making, curated, true) : value;
  if (type[0] === 'object') {
    const held = isObject(value) ? value : Array.isArray(value) && isObject(value[0]) ? value[0] : {};
    return Object.fromEntries(
      Object.entries(type[1] as Record<string, TfType>).map(([key, inner]) => [
        key,
        conform(held[key] ?? null, inner, key, making, curated),
      ]),
    );
  }
  const element = type[1] as TfType;
  if (type[0] === 'map') return isObject(value) ? value : {};
  const items = Array.isArray(value) ? value : isObject(value) ? [value] : undefined;
  return items === undefined
    ? plausible(type, name, making, curated, true)
    : items.map((item) => conform(item, element, name, making, curated));
}

function suits(value: TfValue, type: TfType): boolean {
  if (type === 'dynamic' || value === null) return true;
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'string' || type === 'number') return typeof value === type;
  return type[0] === 'object' || type[0] === 'map' ? isObject(value) : Array.isArray(value);
}
