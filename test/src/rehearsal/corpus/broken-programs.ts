import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '@plinth/contract';
import { placeAt } from '../../../../src/rehearsal/json-place';

export const stages = ['init', 'validate', 'plan', 'apply', 'replan'] as const;
export type Stage = (typeof stages)[number];

/** One program of `test/fixtures/rehearsal/broken`; its README tells what the keys mean. */
export interface BrokenProgram {
  readonly name: string;
  readonly stage: Stage;
  readonly json: Readonly<Record<string, unknown>>;
  says: string | readonly string[];
  readonly alone?: true;
}

export const folder = join(__dirname, '../../../fixtures/rehearsal/broken');

/** Every file of broken programs. */
export function brokenPrograms(): { file: string; programs: BrokenProgram[] }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const file = join(folder, name);
      return { file, programs: JSON.parse(readFileSync(file, 'utf8')) as BrokenProgram[] };
    });
}

/** What makes the names of one program its own. */
export const prefixOf = (index: number): string => `p${index}_`;

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A program with names of its own, so that it can stand beside others in one stack. */
export function renamed(json: BrokenProgram['json'], prefix: string): Readonly<Record<string, unknown>> {
  const declared: [pattern: RegExp, by: string][] = [];
  const name = (kind: string, own: string): string => {
    const written = { variable: 'var', locals: 'local' }[kind] ?? kind;
    // A name that is no name is itself what is wrong.
    declared.push([
      new RegExp(`\\b${written.replaceAll('.', '\\.')}\\.${own}(?![\\w-])`, 'g'),
      `${written}.${prefix}${own}`,
    ]);
    return prefix + own;
  };
  const names = (kind: string, items: Json): Json =>
    Object.fromEntries(Object.entries(items as object).map(([own, item]) => [name(kind, own), item as Json]));
  const result: Record<string, Json> = {};
  for (const [kind, items] of Object.entries(json) as [string, Json][]) {
    if (kind === 'resource' || kind === 'data')
      result[kind] = Object.fromEntries(
        Object.entries(items as object).map(([type, own]) => [
          type,
          names(kind === 'data' ? `data.${type}` : type, own as Json),
        ]),
      );
    else result[kind] = ['output', 'locals', 'variable', 'module'].includes(kind) ? names(kind, items) : items;
  }
  const rewrite = (value: Json): Json => {
    if (typeof value === 'string') return declared.reduce((text, [pattern, by]) => text.replace(pattern, by), value);
    if (Array.isArray(value)) return value.map(rewrite);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewrite(item as Json)]));
  };
  return rewrite(result) as Record<string, unknown>;
}

/** Several programs as one. */
export function merged(programs: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const merge = (a: Record<string, unknown>, b: Readonly<Record<string, unknown>>): Record<string, unknown> => {
    for (const [key, value] of Object.entries(b)) {
      const before = a[key];
      a[key] = isObject(before) && isObject(value) ? merge(before, value) : isObject(value) ? merge({}, value) : value;
    }
    return a;
  };
  return programs.reduce<Record<string, unknown>>(merge, {});
}

/** Which program of a shared stack a finding belongs to: the one that it names, or in whose lines it lies. */
export function ownerOf(
  finding: Finding,
  text: string,
  holds: readonly number[],
  programs: readonly BrokenProgram[],
): number | undefined {
  const line = /cdk\.tf\.json line (\d+)/.exec(finding.where)?.[1];
  const places = line === undefined ? [] : placeAt(text, Number(line));
  const told = `${finding.where} ${places.join(' ')} ${finding.why} ${finding.what}`;
  const found = /(?<![a-zA-Z0-9])p(\d+)_/.exec(told)?.[1];
  if (found !== undefined) return Number(found);
  // Terraform points at the type where it is the type that is wrong.
  const type = JSON.stringify(places.at(-1) ?? '');
  const users = holds.filter((index) => JSON.stringify(programs[index]?.json).includes(type));
  return users.length === 1 ? users[0] : undefined;
}
