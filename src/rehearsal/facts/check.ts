import { nearest } from '@plinth/contract';
import { formats } from '../formats';
import { oneOf, quoted } from '../formats/words';
import { isKnown, isObject, Unknown, type TfObject, type TfValue } from '../protocol/codec';
import type { Diagnostic } from '../protocol/provider';
import type { Block } from '../schema/types';
import type { Rule, TypeFacts } from './facts';

interface Place {
  /** With the places in lists. */
  readonly path: readonly (string | number)[];
  readonly value: TfValue;
}

/**
 * What is wrong with the arguments of a resource. What is not known yet is right for now.
 * @param type `aws_s3_bucket`
 */
export function checkConfig(type: string, facts: TypeFacts, config: TfObject): Diagnostic[] {
  const rules = Object.entries(facts.rules ?? {}).flatMap(([path, rule]) =>
    placesOf(config, path).flatMap((place) =>
      (rule instanceof Array ? rule : [rule]).flatMap((one) => ruleWrong(one, place, type)),
    ),
  );
  return [...relationsWrong(type, facts, config), ...rules, ...(facts.check?.(config) ?? [])];
}

/**
 * The arguments whose change needs another resource, each as the path of the outermost argument or block that it stands in.
 * @param block the type's schema: what is optional and computed keeps its value where an empty text is given, as in the providers' SDK
 */
export function replacedBy(facts: TypeFacts, prior: TfObject, planned: TfObject, block?: Block): string[][] {
  const changed = (facts.replaces ?? []).filter((path) => {
    const kept = block !== undefined && isKept(block, path);
    return isChanged(prior, planned, path, { fallback: facts.defaults?.[path] ?? null, kept });
  });
  return [...new Set(changed.map((path) => path.split('.')[0] ?? path))].map((name) => [name]);
}

/**
 * Whether what stands at a path is another than before.
 * @param options `fallback`: what stands there where nothing is written; `kept`: an empty text changes nothing
 */
export function isChanged(
  prior: TfObject,
  planned: TfObject,
  path: string,
  { fallback = null, kept = false }: { readonly fallback?: TfValue; readonly kept?: boolean } = {},
): boolean {
  if (path.endsWith('.#')) return countOf(prior, path) !== countOf(planned, path);
  const values = (of: TfObject): TfValue[] => placesOf(of, path, true).map(({ value }) => value);
  const before = values(prior);
  const after = values(planned).map((value, i) => (kept && value === '' ? (before[i] ?? value) : value));
  // A block that has come without this argument in it changes nothing of it.
  const told = (all: readonly TfValue[]): string => {
    const texts = all.map((value) => JSON.stringify(comparable(value ?? fallback)));
    while (texts.at(-1) === 'null') texts.pop();
    return texts.join();
  };
  return told(before) !== told(after);
}

/** Where a block with the path `a.b.#` stands, how many there are. */
function countOf(values: TfObject, path: string): string {
  const places = placesOf(values, path.slice(0, -'.#'.length), true);
  return places.map(({ value }) => (Array.isArray(value) ? value.length : isObject(value) ? 1 : 0)).join();
}

function isKept(block: Block, path: string): boolean {
  const [first = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    const found = block.attributes.find(({ name }) => name === first);
    return found !== undefined && found.computed && found.optional;
  }
  const inner = block.blocks.find(({ name }) => name === first);
  return inner !== undefined && isKept(inner.block, rest.join('.'));
}

/** A value as text can be compared: sets come in any order, what is unknown equals nothing, and nothing given is null. */
function comparable(value: TfValue): unknown {
  if (value instanceof Unknown) return { unknown: true };
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value))
    return value.length === 0 ? null : value.map((item) => JSON.stringify(comparable(item))).sort();
  if (!isObject(value)) return value === '' ? null : value;
  const members = Object.entries(value).map(([key, item]) => [key, comparable(item)] as const);
  return members.length === 0 ? null : Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every value at a dotted path; `absent` gives what is not there as null. */
function placesOf(values: TfObject, path: string, absent = false): Place[] {
  let places: Place[] = [{ path: [], value: values }];
  for (const name of path.split('.')) {
    places = places.flatMap(({ path: before, value }): Place[] => {
      if (Array.isArray(value)) {
        return value.flatMap((item, i) =>
          isObject(item) ? [{ path: [...before, i, name], value: item[name] ?? null }] : [],
        );
      }
      return isObject(value) ? [{ path: [...before, name], value: value[name] ?? null }] : [];
    });
  }
  return absent ? places : places.filter(({ value }) => value !== null);
}

function ruleWrong(rule: Rule, { path, value }: Place, type: string): Diagnostic[] {
  // A list of texts has every one of them checked.
  if (Array.isArray(value))
    return value.flatMap((item, i) => ruleWrong(rule, { path: [...path, i], value: item }, type));
  if (!isKnown(value) || value === null || isObject(value)) return [];
  const wrong = textWrong(rule, value);
  if (wrong === undefined) return [];
  return [
    {
      severity: 'error',
      summary: `"${named(path)}" of ${type} is not right`,
      detail: `${wrong}.`,
      path: path.filter((step, i) => typeof step === 'string' || i < path.length - 1),
    },
  ];
}

/** What is wrong and, after a semicolon, the cure. */
function textWrong(rule: Rule, value: TfValue): string | undefined {
  if ('between' in rule) {
    const [least, most] = rule.between;
    if (typeof value !== 'number' || (value >= least && value <= most)) return undefined;
    return `${value} is ${value < least ? 'too little' : 'too much'}; give ${most === Infinity ? `${least} or more` : `${least} to ${most}`}`;
  }
  // The core hands the texts of numbers over as texts where an argument is one.
  if (typeof value !== 'string') return undefined;
  if ('oneOf' in rule) {
    if (rule.oneOf.includes(value)) return undefined;
    const known = rule.oneOf.slice(0, 12);
    const cut = rule.oneOf.length > known.length;
    const near = nearest(value, rule.oneOf);
    const list = cut ? `${known.join(', ')} and ${rule.oneOf.length - known.length} more` : oneOf(known);
    return `${quoted(value)} is none of ${list}; ${near === undefined ? 'give one of them' : `write ${quoted(near)}`}`;
  }
  if ('pattern' in rule)
    return rule.pattern.test(value) ? undefined : `${quoted(value)} does not fit; give ${rule.means}`;
  if ('length' in rule) {
    const [least, most] = rule.length;
    const { length } = [...value];
    if (length >= least && length <= most) return undefined;
    return `${quoted(value)} has ${length} characters; give ${least === most ? most : least === 0 ? `at most ${most}` : `${least} to ${most}`}`;
  }
  return formats[rule.format](value);
}

const named = (path: readonly (string | number)[]): string => path.filter((step) => typeof step === 'string').join('.');

function relationsWrong(type: string, facts: TypeFacts, config: TfObject): Diagnostic[] {
  const relation = (
    groups: readonly (readonly string[])[] | undefined,
    wrong: (given: readonly string[], group: readonly string[]) => string | undefined,
  ): Diagnostic[] =>
    (groups ?? []).flatMap((group) =>
      parentsOf(config, group).flatMap(({ path, value }) => {
        const names = group.map((one) => one.split('.').at(-1) ?? one);
        const given = names.filter((name) => isGiven((value as TfObject)[name] ?? null));
        const detail = wrong(given, names);
        if (detail === undefined) return [];
        const where = path.length === 0 ? type : `"${named(path)}" of ${type}`;
        return [
          { severity: 'error', summary: `The arguments of ${where} do not go together`, detail: `${detail}.`, path },
        ];
      }),
    );
  const quote = (names: readonly string[], word: 'and' | 'or'): string =>
    oneOf(names.map((name) => `"${name}"`)).replace(' or ', ` ${word} `);
  return [
    ...relation(facts.exactlyOneOf, (given, group) =>
      given.length === 1
        ? undefined
        : given.length === 0
          ? `none of ${quote(group, 'and')} is given; give one of them`
          : `${quote(given, 'and')} are given; give only one of them`,
    ),
    ...relation(facts.atMostOneOf, (given) =>
      given.length < 2 ? undefined : `${quote(given, 'and')} are given; give only one of them`,
    ),
    ...relation(facts.atLeastOneOf, (given, group) =>
      given.length > 0 ? undefined : `none of ${quote(group, 'and')} is given; give at least one of them`,
    ),
    ...relation(facts.together, (given, group) => {
      const left = group.filter((name) => !given.includes(name));
      if (given.length === 0 || left.length === 0) return undefined;
      return `${quote(given, 'and')} is given without ${quote(left, 'and')}; give ${group.length === 2 ? 'both' : 'all of them'} or none`;
    }),
  ];
}

/** The objects in which the arguments of a group stand side by side. */
function parentsOf(config: TfObject, group: readonly string[]): Place[] {
  const parent = (group[0] ?? '').split('.').slice(0, -1).join('.');
  if (parent === '') return [{ path: [], value: config }];
  return placesOf(config, parent).flatMap(({ path, value }): Place[] =>
    Array.isArray(value)
      ? value.flatMap((item, i) => (isObject(item) ? [{ path: [...path, i], value: item }] : []))
      : isObject(value)
        ? [{ path, value }]
        : [],
  );
}

/** What is not known yet may turn out to be null, so that only what is surely there counts ... */
function isGiven(value: TfValue): boolean {
  if (value === null) return false;
  return !Array.isArray(value) || value.length > 0;
}
