import { factsOf } from '../facts';
import type { TfObject, TfValue } from '../protocol/codec';
import type { Block, TfType } from '../schema/types';
import { addressIn, type HeldResource } from '../state';

/** Resources, and whatever of the same stack was made from them, however far. */
export function withDependents(held: readonly HeldResource[], roots: readonly string[]): Set<string> {
  const gone = new Set(roots);
  const bare = (address: string): string => address.replace(/\[[^\]]*\]$/, '');
  for (let before = -1; before !== gone.size;) {
    before = gone.size;
    const names = new Set([...gone].map(bare));
    for (const { resource, dependencies } of held)
      if (dependencies.some((address) => names.has(bare(address)))) gone.add(resource.address);
  }
  return gone;
}

/**
 * Another value for an argument that can be changed in place: what an update then puts right.
 * @param ignored arguments whose changes the program ignores
 * @returns undefined where there is no such argument
 */
export function alteration(
  type: string,
  block: Block,
  values: TfObject,
  ignored: readonly string[] = [],
): TfObject | undefined {
  const fixed = new Set([...ignored, ...(factsOf(type)?.replaces ?? []).map((path) => path.split('.')[0])]);
  for (const { name, optional, computed, type: plain } of block.attributes) {
    const value = values[name] ?? null;
    if (!optional || computed || fixed.has(name) || addressIn({ [name]: value }) !== undefined) continue;
    const other = otherThan(value, plain);
    if (other !== undefined) return { [name]: other };
  }
  return undefined;
}

function otherThan(value: TfValue, type: TfType | undefined): TfValue | undefined {
  if (type === 'bool' && typeof value === 'boolean') return !value;
  if (type === 'number' && typeof value === 'number') return value + 1;
  if (type === 'string' && typeof value === 'string' && value !== '') return `${value}-changed`;
  const texts = Array.isArray(type) && type[0] === 'map' && type[1] === 'string';
  return texts && typeof value === 'object' && value !== null
    ? { ...(value as TfObject), changed: 'elsewhere' }
    : undefined;
}

/** Arguments whose changes a resource of a program ignores; `all` stands for every one. */
export function ignoredBy(block: unknown): readonly string[] | 'all' {
  const { lifecycle } = (block ?? {}) as { lifecycle?: { ignore_changes?: readonly string[] | 'all' } };
  return lifecycle?.ignore_changes ?? [];
}
