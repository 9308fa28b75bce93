import { readRows, shift, shifted, take } from '../../../tools/demo/rows';

const rows = readRows('examples/models/tumour/heldout.csv');

it('reads the committed table', () => {
  expect(rows.features).toHaveLength(30);
  expect(rows.values).toHaveLength(228);
  expect(rows.values.every((row) => row.length === 30 && row.every(Number.isFinite))).toBe(true);
  expect(new Set(rows.labels)).toEqual(new Set([0, 1]));
});

it('refuses a table without labels', () => {
  expect(() => readRows('examples/models/PROVENANCE.md')).toThrow('not label');
});

it('shifts what it says it shifts, and nothing else', () => {
  expect(shift.what).toBe('a microscope that reads every length 30 % too large, and so every area 69 %');
  const after = shifted(rows);
  const factors = rows.features.map(
    (name, i) => [name, (after.values[0]?.[i] ?? 0) / (rows.values[0]?.[i] ?? 1)] as const,
  );
  for (const [name, factor] of factors) {
    expect(factor).toBeCloseTo(/area/.test(name) ? 1.69 : /radius|perimeter/.test(name) ? 1.3 : 1, 10);
  }
  expect(after.labels).toEqual(rows.labels);
});

it('takes rows in their order, and from the beginning again', () => {
  const part = take(rows, 227, 3);
  expect(part.values).toEqual([rows.values[227], rows.values[0], rows.values[1]]);
  expect(part.labels).toEqual([rows.labels[227], rows.labels[0], rows.labels[1]]);
});
