/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import type { Datatype, TensorData } from '../../../../src/runtime/engine/tensors';
import { compareAnswers, disagreementOf } from '../../../../src/runtime/traffic/agreement';

const tensor = (datatype: Datatype, shape: number[], data: TensorData, name = 'Y') => ({ name, datatype, shape, data });
const compare = (a: ReturnType<typeof tensor>, b: ReturnType<typeof tensor>, tolerance = 0.01) =>
  compareAnswers([a], [b], tolerance)[0];

test('labels agree when they are equal', () => {
  const of = (...labels: string[]) => tensor('BYTES', [3], labels);
  expect(compare(of('a', 'b', 'c'), of('a', 'x', 'c'))).toEqual({
    output: 'Y',
    kind: 'label',
    rows: 3,
    disagreeing: [{ row: 1, difference: 1 }],
    largestDifference: 0,
  });
  const integers = compare(
    tensor('INT64', [2], BigInt64Array.of(1n, 2n)),
    tensor('INT64', [2], BigInt64Array.of(1n, 3n)),
  );
  expect(integers).toMatchObject({ kind: 'label', disagreeing: [{ row: 1 }] });
});

test('scores of classes agree when the same class has the best', () => {
  const of = (...scores: number[]) => tensor('FP32', [2, 3], Float32Array.from(scores));
  expect(compare(of(1, 2, 0, 5, 1, 1), of(0.1, 9, 0, 1, 1, 5))).toMatchObject({
    kind: 'argmax',
    rows: 2,
    disagreeing: [{ row: 1, difference: 0.8 }],
  });
});

test('regressions agree up to a relative difference', () => {
  const of = (...values: number[]) => tensor('FP64', [values.length, 1], Float64Array.from(values));
  const found = compare(of(100, 100, 0, NaN, NaN, 1), of(100.9, 102, 0, NaN, 1, Infinity));
  expect(found).toMatchObject({
    kind: 'difference',
    disagreeing: [{ row: 1 }, { row: 4 }, { row: 5 }],
    largestDifference: Infinity,
  });
  expect(compare(of(100), of(102), 0.02)?.disagreeing).toEqual([]);
  expect(compare(of(100), of(102))?.largestDifference).toBeCloseTo(2 / 102);
});

test('halves are compared as the numbers that they are', () => {
  // 1, -2, infinity and the smallest half.
  const of = (...bits: number[]) => tensor('FP16', [bits.length], Uint16Array.from(bits));
  expect(compare(of(0x3c00, 0xc000, 0x7c00, 1), of(0x3c01, 0xc000, 0x7c00, 2))).toMatchObject({
    disagreeing: [{ row: 3, difference: 0.5 }],
  });
});

test('other shapes and missing outputs are disagreement', () => {
  const of = (length: number) => tensor('FP32', [length], new Float32Array(length));
  expect(compare(of(2), of(3))).toMatchObject({ kind: 'shape', disagreeing: [{ row: 0 }] });
  expect(compareAnswers([of(2)], [], 0)).toMatchObject([{ kind: 'shape' }]);
});

test('an answer disagrees as much as its worst output', () => {
  const label = (...labels: string[]) => tensor('BYTES', [4], labels, 'label');
  const score = (...scores: number[]) => tensor('FP32', [4], Float32Array.from(scores), 'score');
  const found = compareAnswers(
    [label('a', 'b', 'c', 'd'), score(1, 2, 3, 4)],
    [label('a', 'b', 'c', 'x'), score(1, 2, 30, 40)],
    0.01,
  );
  expect(disagreementOf(found)).toBe(0.5);
  expect(disagreementOf([])).toBe(0);
});
