import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '@plinth/contract';
import { App } from 'cdktf';
import { HelmComponent } from 'plinth/constructs/core/helm-component';
import { ChartSpec } from 'plinth/constructs/core/system';

const folder = join(__dirname, '../fixtures/charts/keys');

/** What a chart's values may hold, as dotted paths; `[]` stands for an element of a list. */
interface ChartKeys {
  /** Every path of values.yaml and of the sub-charts, each below its alias; and what templates read besides. */
  readonly known: ReadonlySet<string>;
  /** Below these anything may stand. */
  readonly open: ReadonlySet<string>;
}

type OpenKeys = Record<'freeForm' | 'commentedInValues' | 'templateRefsNotInValues', string[]>;

/** The keys of a chart, or undefined where its list is not among the fixtures. */
export function chartKeys(name: string): ChartKeys | undefined {
  if (!existsSync(join(folder, 'values', `${name}.json`))) return undefined;
  const known = new Set<string>();
  const open = new Set<string>();
  const add = (list: string): void => {
    const paths = read<string[]>(join(folder, 'values', `${list}.json`));
    for (const path of paths) known.add(path);
    const openFile = join(folder, 'open', `${list}.json`);
    if (!existsSync(openFile)) {
      // Nothing tells a number from an empty map then, so whatever has no children may have some.
      for (const path of paths) if (!paths.some((other) => below(other, path))) open.add(path);
      return;
    }
    const { freeForm, commentedInValues, templateRefsNotInValues } = read<OpenKeys>(openFile);
    for (const path of freeForm) open.add(path);
    for (const path of [...commentedInValues, ...templateRefsNotInValues]) {
      // A template reads the value itself; what it stands in is then known as well.
      path.split('.').forEach((_, index, parts) => known.add(bare(parts.slice(0, index + 1).join('.'))));
    }
  };
  add(name);
  // The lists of sub-charts stand below their aliases already.
  const prefix = `${name}__sub__`;
  for (const sub of readdirSync(join(folder, 'values')).filter((entry) => entry.startsWith(prefix))) {
    add(sub.slice(0, -'.json'.length));
    known.add(sub.slice(prefix.length, -'.json'.length));
  }
  return { known, open };
}

/** A sentence for every value whose key the chart's version does not know. */
export function unknownKeys(chart: ChartSpec, values: Readonly<Record<string, unknown>>): string[] {
  const keys = chartKeys(chart.name);
  if (keys === undefined) return [`The chart ${chart.name} ${chart.version} has no list of keys among the fixtures.`];
  return check(values, '', keys).map((path) => {
    const meant = nearest(path, [...keys.known]);
    const refused = `The chart ${chart.name} ${chart.version} knows no value '${path}'`;
    return meant === undefined ? `${refused}.` : `${refused}; did you mean '${meant}'?`;
  });
}

/** Every system of a program that is installed by Helm. */
export function helmComponents(app: App): HelmComponent[] {
  return app.node.findAll().filter((node): node is HelmComponent => node instanceof HelmComponent);
}

function check(value: unknown, path: string, keys: ChartKeys): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => check(item, `${path}[]`, keys));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    if (child === undefined) return [];
    const here = path === '' ? key : `${path}.${key}`;
    if (keys.open.has(here) || keys.open.has(bare(here))) return [];
    if (!keys.known.has(here) && !keys.known.has(bare(here))) return [here];
    return check(child, here, keys);
  });
}

/** Some lists name the elements of lists by the list's own path. */
function bare(path: string): string {
  return path.replaceAll('[]', '');
}

function below(path: string, parent: string): boolean {
  return path.startsWith(`${parent}.`) || path.startsWith(`${parent}[].`);
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
