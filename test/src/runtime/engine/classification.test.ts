import { classify } from '../../../../src/runtime/engine/classification';
import type { Tensor } from '../../../../src/runtime/engine/tensors';

const y = (shape: number[], ...values: number[]): Tensor => ({
  name: 'y',
  datatype: 'FP32',
  shape,
  data: Float32Array.from(values),
});

test('each row gets its best classes, with value, index and label', () => {
  expect(classify(y([2, 3], 0.1, 0.7, 0.2, 5, 1, 18), 2, ['cat', 'dog'])).toEqual({
    name: 'y',
    datatype: 'BYTES',
    shape: [2, 2],
    data: ['0.700000:1:dog', '0.200000:2', '18.000000:2', '5.000000:0:cat'],
  });
});

test('a tensor without rows answers one; there are never more classes than values; equal ones keep their order', () => {
  expect(classify(y([2], 1, 1), 5, undefined)).toMatchObject({ shape: [2], data: ['1.000000:0', '1.000000:1'] });
  expect(classify(y([1, 3], NaN, -1, 2), 3, undefined).data).toEqual(['2.000000:2', '-1.000000:1', 'NaN:0']);
  expect(classify(y([0, 3]), 2, undefined)).toMatchObject({ shape: [0, 0], data: [] });
});

test('long integers are classes too', () => {
  const data = BigInt64Array.of(1n, 3n, 2n);
  expect(classify({ name: 'y', datatype: 'INT64', shape: [1, 3], data }, 1, undefined).data).toEqual(['3.000000:1']);
});

test('text has no classes, and a count is a whole number', () => {
  expect(() => classify({ name: 'y', datatype: 'BYTES', shape: [1], data: ['a'] }, 1, undefined)).toThrow(
    'output "y": BYTES has no classes, because classes are ordered by their values; ask for its values.',
  );
  expect(() => classify(y([1], 1), 0, undefined)).toThrow('output "y": "classification" is 0');
});
