import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PayloadEvent, ReferenceProfile } from '@plinth/contract';
import { readReference, type Reference } from '../../../../src/runtime/monitoring/reference';
import type { Window } from '../../../../src/runtime/monitoring/window';

/** The statistics that scipy computed: see test/fixtures/monitoring/README.md. */
export const scipy = JSON.parse(readFileSync('test/fixtures/monitoring/scipy.json', 'utf8')) as {
  kolmogorovSmirnov: { cases: { first: number[]; second: number[]; statistic: number; pValue: number }[] };
  kolmogorovTail: { cases: [number, number][] };
  largeSamples: { cases: [number, number, number, number][] };
  chiSquaredTail: { cases: [number, number, number][] };
  falseDiscovery: { pValues: number[]; adjusted: number[] };
  psi: { cases: { reference: number[]; counts: number[]; psi: number; pValue: number }[] };
};

export const profilePath = 'examples/models/tumour/1/profile.json';

/** The example model's reference. */
export const tumour = (): Reference => readReference(readFileSync(profilePath, 'utf8'), profilePath);

/** The example model's held-out rows, in their committed order. */
export function heldOut(): number[][] {
  const [, ...lines] = readFileSync('examples/models/tumour/heldout.csv', 'utf8').trim().split('\n');
  return lines.map((line) => line.split(',').slice(0, -1).map(Number));
}

/** Standard deviations of the training values. */
export const deviations = (reference: Reference): number[] =>
  reference.features.map(({ sample }) => {
    const mean = sample.reduce((sum, value) => sum + value, 0) / sample.length;
    return Math.sqrt(sample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (sample.length - 1));
  });

/** The first `features` features of every row moved by so many standard deviations. */
export function shifted(rows: readonly number[][], by: number, sd: readonly number[], features = Infinity): number[][] {
  return rows.map((row) => row.map((value, i) => (i < features ? value + by * sd[i]! : value)));
}

/** A small profile: `a` spread evenly from 0 to 1, `b` always 5. */
export const smallProfile = (change: Partial<ReferenceProfile> = {}): ReferenceProfile => ({
  schemaVersion: 1,
  model: 'small',
  version: '1',
  input: 'x',
  datatype: 'FP32',
  rows: 100,
  features: [
    { name: 'a', edges: [0.25, 0.5, 0.75], shares: [0.25, 0.25, 0.25, 0.25], sample: evenly(100) },
    { name: 'b', edges: [5], shares: [1, 0], sample: new Array<number>(100).fill(5) },
  ],
  ...change,
});

export const small = (change: Partial<ReferenceProfile> = {}): Reference =>
  readReference(JSON.stringify(smallProfile(change)), 'small');

/** `count` numbers evenly spread over (0, 1). */
export const evenly = (count: number): number[] => Array.from({ length: count }, (_, i) => (i + 0.5) / count);

/** A window of such columns. */
export const windowOf = (columns: readonly (readonly number[])[], number = 1): Window => ({
  number,
  from: '2026-01-01T00:00:00Z',
  to: '2026-01-01T00:01:00Z',
  columns: columns.map((column) => Float64Array.from(column)),
});

/** Turns rows into columns, rounded as the reference is. */
export const columnsOf = (rows: readonly number[][], { round }: Reference): number[][] =>
  rows[0]!.map((_, feature) => rows.map((row) => round(row[feature]!)));

let events = 0;

/** A payload event of these rows; NaN becomes null, as the server writes it. */
export function event(
  rows: readonly (readonly (number | null)[])[],
  change: Partial<PayloadEvent['data']> = {},
): PayloadEvent {
  events += 1;
  return {
    specversion: '1.0',
    id: `event-${events}`,
    source: '/plinth/serve/test',
    type: 'dev.plinth.inference',
    time: new Date(Date.UTC(2026, 0, 1, 0, 0, events)).toISOString(),
    subject: change.model ?? 'small',
    datacontenttype: 'application/json',
    data: {
      model: 'small',
      version: '1',
      inputs: [{ name: 'x', datatype: 'FP32', shape: [rows.length, rows[0]?.length ?? 2], data: rows.flat() }],
      outputs: [],
      ...change,
    },
  };
}

/** The event of rows of the example model. */
export const tumourEvent = (rows: readonly number[][]): PayloadEvent =>
  event(rows, {
    model: 'tumour',
    inputs: [{ name: 'features', datatype: 'FP32', shape: [rows.length, 30], data: rows.flat() }],
  });

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((path) => rmSync(path, { recursive: true, force: true })));

/** A folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'plinth-monitor-'));
  folders.push(path);
  return path;
}

/** Writes a segment of the payload log: events, or lines as they are. */
export function writeSegment(log: string, name: string, lines: readonly (PayloadEvent | string)[]): void {
  const path = join(log, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)) + '\n').join(''));
}

/** A seeded source of uniform numbers in [0, 1): mulberry32. */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
