import { chiSquaredTail } from './chi-squared.js';

/**
 * Added to the count of every bin on both sides, so that an empty bin has a share that shrinks with the sample and not an
 * arbitrary constant (Krichevsky and Trofimov's estimator; the Jeffreys prior of a multinomial).
 */
const halfACount = 0.5;

/** The bin of a value: bins are `(-∞, e1], (e1, e2], ..., (en, ∞)`. Edges ascend. */
export function binOf(value: number, edges: readonly number[]): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= edges[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How many of the values fall in each of the `edges.length + 1` bins. */
export function countBins(values: Iterable<number>, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) counts[binOf(value, edges)]!++;
  return counts;
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/**
 * Population stability index between two histograms over the same bins: the sum over bins of `(p - q) ln(p / q)`,
 * Jeffreys' divergence. 0 for equal shares; 0.2 is the customary bound for a shift that matters.
 */
export function populationStability(reference: readonly number[], counts: readonly number[]): number {
  const extra = halfACount * reference.length;
  const referenceRows = total(reference) + extra;
  const rows = total(counts) + extra;
  return reference.reduce((sum, expected, bin) => {
    const q = (expected + halfACount) / referenceRows;
    const p = (counts[bin]! + halfACount) / rows;
    return sum + (p - q) * Math.log(p / q);
  }, 0);
}

/**
 * Probability that two samples of one distribution, of `referenceRows` and `rows`, differ by at least this index over
 * `bins` bins: under the null, `psi / (1/n + 1/m)` is nearly chi-squared with `bins - 1` degrees of freedom
 * (B. Yurdakul, "Statistical properties of population stability index", Western Michigan University, 2018).
 */
export function stabilityPValue(psi: number, bins: number, referenceRows: number, rows: number): number {
  if (bins < 2) return 1;
  return chiSquaredTail(psi / (1 / referenceRows + 1 / rows), bins - 1);
}
