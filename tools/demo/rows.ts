import { readFileSync } from 'node:fs';

/** Rows whose labels are known. */
export interface Rows {
  readonly features: readonly string[];
  readonly values: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

/** A table with a header whose last column is `label`; the order of the rows comes from the seed with which the table was made. */
export function readRows(file: string): Rows {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const names = header.split(',');
  if (names.at(-1) !== 'label') throw new Error(`${file}: the last column is ${names.at(-1)}, not label`);
  const table = lines.map((line) => line.split(',').map(Number));
  return {
    features: names.slice(0, -1),
    values: table.map((row) => row.slice(0, -1)),
    labels: table.map((row) => row.at(-1) as number),
  };
}

/** What the labels of the example models mean (examples/models/PROVENANCE.md). */
export const labelNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  tumour: { 0: 'malignant', 1: 'benign' },
};

/** By how much lengths are read too large. */
const scale = 1.3;

export const shift = {
  what: `a microscope that reads every length ${Math.round((scale - 1) * 100)} % too large, and so every area ${Math.round((scale ** 2 - 1) * 100)} %`,
  /** By what each feature is multiplied: lengths by the scale, areas by its square, the other features not at all. */
  factor: (feature: string): number =>
    /radius|perimeter/.test(feature) ? scale : feature.includes('area') ? scale ** 2 : 1,
} as const;

/** The same rows, as they would be measured after the shift. */
export function shifted({ features, values, labels }: Rows): Rows {
  const factors = features.map(shift.factor);
  return { features, labels, values: values.map((row) => row.map((value, index) => value * (factors[index] ?? 1))) };
}

/** The n rows from `start` on, from the beginning again after the last one. */
export function take({ features, values, labels }: Rows, start: number, count: number): Rows {
  const at = Array.from({ length: count }, (_, index) => (start + index) % values.length);
  return { features, values: at.map((i) => values[i] ?? []), labels: at.map((i) => labels[i] ?? 0) };
}
