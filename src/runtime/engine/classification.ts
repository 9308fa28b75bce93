import { invalid } from './errors.js';
import type { Tensor } from './tensors.js';

/**
 * The best classes of an output instead of its values: BYTES of shape [rows, n], each `value:index` or `value:index:label`,
 * best first, the value as C's `%f` prints it
 * (https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_classification.md).
 * @param count classes per row, at least 1; all where there are fewer
 * @param labels names of the classes, by index
 * @throws RequestError `invalid` for an output of text, or a count that is none
 */
export function classify(tensor: Tensor, count: number, labels: readonly string[] | undefined): Tensor {
  const where = `output "${tensor.name}"`;
  if (!Number.isInteger(count) || count < 1)
    throw invalid(
      where,
      `"classification" is ${count}`,
      'it is the number of classes',
      'give a whole number from 1 on',
    );
  const { data, shape, datatype } = tensor;
  if (Array.isArray(data) || datatype === 'FP16')
    throw invalid(where, `${datatype} has no classes`, 'classes are ordered by their values', 'ask for its values');
  // A model without rows answers one.
  const rows = shape.length > 1 ? (shape[0] ?? 1) : 1;
  const classes = rows === 0 ? 0 : data.length / rows;
  const kept = Math.min(count, classes);
  const texts: string[] = [];
  for (let row = 0; row < rows; row++) {
    const values = Array.from(data.subarray(row * classes, (row + 1) * classes), Number);
    const order = values
      .map((_, index) => index)
      .sort((a, b) => compare(values[b] as number, values[a] as number) || a - b);
    for (const index of order.slice(0, kept)) {
      const label = labels?.[index];
      texts.push(`${(values[index] as number).toFixed(6)}:${index}${label === undefined ? '' : `:${label}`}`);
    }
  }
  return { name: tensor.name, datatype: 'BYTES', shape: shape.length > 1 ? [rows, kept] : [kept], data: texts };
}

/** NaN is below all. */
function compare(a: number, b: number): number {
  return (Number.isNaN(a) ? -Infinity : a) === (Number.isNaN(b) ? -Infinity : b)
    ? 0
    : a > b || Number.isNaN(b)
      ? 1
      : -1;
}
