import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '@plinth/contract';

/** What may stand below a key: 0 nothing, 1 anything, else these keys; elements of a list have the keys of the list. */
type Keys = 0 | 1 | { readonly [key: string]: Keys };

/** What the values of one version of a chart may hold. */
export interface ChartKeys {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  /** Where the keys were read: the chart's values.yaml, the comments in it, and its templates. */
  readonly source: string;
  readonly values: Keys;
}

// Data stands beside the sources, and the compiled file one folder further away.
const folder = [join(__dirname, 'chart-keys'), join(__dirname, '../../facts/chart-keys')].find((path) =>
  existsSync(path),
);
const loaded = new Map<string, ChartKeys | undefined>();

/** The keys of a chart; undefined where this version of it is not among the known ones. A leading "v" makes no difference. */
export function chartKeys(name: string, version: string): ChartKeys | undefined {
  if (!loaded.has(name)) loaded.set(name, load(name));
  const keys = loaded.get(name);
  return keys?.version.replace(/^v/, '') === version.replace(/^v/, '') ? keys : undefined;
}

function load(name: string): ChartKeys | undefined {
  // The name comes from the program; it stays in the folder.
  const file = folder === undefined || !/^[a-z0-9-]+$/.test(name) ? undefined : join(folder, `${name}.json`);
  if (file === undefined || !existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as ChartKeys;
}

/** Every key of the values that the chart does not know, as a dotted path, with the nearest one that it knows. */
export function unknownKeys(chart: ChartKeys, values: unknown): { readonly path: string; readonly meant?: string }[] {
  return unknown(chart.values, values, []).map((path) => {
    const meant = nearestPath(chart.values, path);
    return { path: path.join('.'), ...(meant !== undefined && { meant }) };
  });
}

function unknown(keys: Keys, value: unknown, path: readonly string[]): string[][] {
  if (keys === 1) return [];
  if (Array.isArray(value)) return value.flatMap((item) => unknown(keys, item, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): string[][] => {
    const below = at(keys, key);
    return below === undefined ? [[...path, key]] : unknown(below, inner, [...path, key]);
  });
}

/** Some keys have dots in them, and stand in the lists as several. */
function at(keys: Keys, key: string): Keys | undefined {
  let here: Keys = keys;
  for (const part of key.split('.')) {
    if (here === 1) return 1;
    if (here === 0 || !Object.hasOwn(here, part)) return undefined;
    here = here[part] ?? 0;
  }
  return here;
}

/** The key beside an unknown one that is nearest to it or begins alike, else the outermost of the same name elsewhere. */
function nearestPath(keys: Keys, path: readonly string[]): string | undefined {
  const before = path.slice(0, -1);
  const name = path.at(-1) ?? '';
  const beside = namesOf(before.reduce<Keys>((here, key) => at(here, key) ?? 0, keys));
  const key = nearest(name, beside) ?? beside.find((one) => alike(one, name));
  if (key !== undefined) return [...before, key].join('.');
  const elsewhere = [...pathsOf(keys, '')].filter((one) => one.endsWith(`.${name}`));
  return elsewhere.sort((a, b) => a.length - b.length)[0];
}

/** Whether two names begin alike for half of the given one: `replicas` and `replicaCount`. */
function alike(one: string, name: string): boolean {
  const half = Math.max(4, Math.ceil(name.length / 2));
  return one.slice(0, half).toLowerCase() === name.slice(0, half).toLowerCase();
}

const namesOf = (keys: Keys): string[] => (typeof keys === 'object' ? Object.keys(keys) : []);

function* pathsOf(keys: Keys, prefix: string): Generator<string> {
  for (const name of namesOf(keys)) {
    yield prefix + name;
    yield* pathsOf((keys as Record<string, Keys>)[name] ?? 0, `${prefix}${name}.`);
  }
}
