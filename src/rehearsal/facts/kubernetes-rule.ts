import { isKnown, type TfObject, type TfValue } from '../protocol/codec';
import { blocks, settled, text, type Wrong } from './kubernetes-config';

/** What is wrong within a block; the path begins in it. */
export type BlockRule = (block: TfObject) => readonly Wrong[];

export const wrong = (clause: string, ...path: Wrong['path']): Wrong[] => [{ path, clause }];
export const known = (value: TfValue | undefined): boolean => isKnown(value ?? null);
export const given = (block: TfObject, name: string): boolean => blocks(block[name]).length > 0;

/**
 * Exactly one of these blocks or attributes, or at most one.
 * @param names undefined: every block that there is, as in a volume, whose blocks are its sources
 */
export function oneSource(names: readonly string[] | undefined, least: 0 | 1): BlockRule {
  return (block) => {
    const all = names ?? Object.keys(block).filter((name) => Array.isArray(block[name]) || !known(block[name]));
    if (!all.every((name) => (names === undefined ? settled(block[name]) : known(block[name])))) return [];
    const held = all.filter((name) => given(block, name) || text(block[name]) !== undefined);
    if (held.length > 1) return wrong(`it has ${held.join(' and ')}; keep one`);
    if (held.length >= least) return [];
    return wrong(
      names === undefined ? 'it has no source; write one such as csi' : `it has none of ${names.join(', ')}; write one`,
    );
  };
}

/** These attributes or blocks, with something in each. */
export const needs =
  (...names: readonly string[]): BlockRule =>
  (block) =>
    names.flatMap((name) => {
      const value = block[name];
      const there = Array.isArray(value) ? value.length > 0 : typeof value === 'number' || text(value) !== undefined;
      return there || !known(value) ? [] : wrong(`it has no ${name}; write it`);
    });

export const every =
  (...rules: readonly BlockRule[]): BlockRule =>
  (block) =>
    rules.flatMap((rule) => rule(block));
