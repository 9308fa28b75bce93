import { datatypes, elements, type Tensor } from '../engine/tensors.js';

/** How two answers to the same request differ in one output. */
export interface OutputAgreement {
  readonly output: string;
  /**
   * How rows were compared: `label` by equality (integers, BOOL, BYTES), `argmax` by the largest of several numbers,
   * `difference` by how far two numbers are apart, `shape` where there was nothing to compare.
   */
  readonly kind: 'label' | 'argmax' | 'difference' | 'shape';
  readonly rows: number;
  /** The rows that disagree, with the largest relative difference of their numbers; 1 for labels. */
  readonly disagreeing: readonly { readonly row: number; readonly difference: number }[];
  /** The largest relative difference of two numbers in any row, those that agree as well; 0 for labels. */
  readonly largestDifference: number;
}

/**
 * Compares two answers output by output. Floating-point outputs of rank 2 and more with several values in the last axis are
 * scores of classes, all other floating-point outputs are regressions.
 * @param tolerance relative difference up to which two numbers of a regression agree
 */
export function compareAnswers(a: readonly Tensor[], b: readonly Tensor[], tolerance: number): OutputAgreement[] {
  return a.map((tensor) => {
    const other = b.find(({ name }) => name === tensor.name);
    return other === undefined ||
      other.datatype !== tensor.datatype ||
      other.shape.length !== tensor.shape.length ||
      other.shape.some((length, axis) => length !== tensor.shape[axis])
      ? { output: tensor.name, kind: 'shape', rows: 1, disagreeing: [{ row: 0, difference: 1 }], largestDifference: 0 }
      : compare(tensor, other, tolerance);
  });
}

/** The largest share of rows that disagree in any output: 0 is full agreement. */
export function disagreementOf(outputs: readonly OutputAgreement[]): number {
  return outputs.reduce((most, { rows, disagreeing }) => Math.max(most, rows === 0 ? 0 : disagreeing.length / rows), 0);
}

const isFloat = ({ datatype }: Tensor): boolean => datatype.startsWith('FP');

function compare(a: Tensor, b: Tensor, tolerance: number): OutputAgreement {
  const total = elements(a.shape);
  const rows = a.shape[0] ?? 1;
  const width = rows === 0 ? 0 : total / rows;
  const classes = a.shape.at(-1) ?? 1;
  const [left, right] = [valuesOf(a), valuesOf(b)];
  const kind = !isFloat(a) ? 'label' : a.shape.length >= 2 && classes >= 2 ? 'argmax' : 'difference';
  const disagreeing: { row: number; difference: number }[] = [];
  let largestDifference = 0;
  for (let row = 0; row < rows; row++) {
    let largest = 0;
    let agrees = true;
    for (let at = row * width; at < (row + 1) * width; at++) {
      if (kind === 'label') {
        if (left[at] !== right[at]) agrees = false;
        continue;
      }
      const here = difference(Number(left[at]), Number(right[at]));
      if (here > largest) largest = here;
      if (kind === 'argmax' && at % classes === 0 && argmax(left, at, classes) !== argmax(right, at, classes))
        agrees = false;
    }
    if (kind === 'difference') agrees = largest <= tolerance;
    if (!agrees) disagreeing.push({ row, difference: kind === 'label' ? 1 : largest });
    if (largest > largestDifference) largestDifference = largest;
  }
  return { output: a.name, kind, rows, disagreeing, largestDifference };
}

/** 0 for equal numbers (two NaN are equal), at most 2 for finite ones; Infinity where only one is a finite number. */
function difference(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Infinity;
  return Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
}

function argmax(values: ArrayLike<number | bigint | string>, from: number, count: number): number {
  let best = 0;
  for (let at = 1; at < count; at++) if (Number(values[from + at]) > Number(values[from + best])) best = at;
  return best;
}

function valuesOf({ datatype, data }: Tensor): ArrayLike<number | bigint | string> {
  return datatype === 'FP16' && data instanceof datatypes.FP16.array ? Array.from(data, halfToNumber) : data;
}

/** The number of a half-precision pattern (IEEE 754 binary16). */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
