/** What the test says of two samples. */
export interface KolmogorovSmirnov {
  /** D: the largest distance between the two empirical distribution functions, from 0 to 1. */
  readonly statistic: number;
  /** Probability of a D at least as large if both samples came from one continuous distribution. Two-sided. */
  readonly pValue: number;
}

/** Cells of the exact recursion above which the limit is taken: some two milliseconds of work. */
const exactCells = 1_000_000;

/**
 * Two-sample Kolmogorov-Smirnov test of two ascending samples, infinities allowed, neither empty.
 *
 * The p-value is exact while `n * m` is at most a million: J. L. Hodges, "The significance probability of the Smirnov
 * two-sample test", Arkiv för Matematik 3 (1958) 469-486. Larger samples take Kolmogorov's limit with the correction of
 * M. A. Stephens, JRSS B 32 (1970) 115-122. Ties (rounded or discrete values) make either p-value too large, never too small.
 */
export function kolmogorovSmirnov(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  exactUpTo = exactCells,
): KolmogorovSmirnov {
  const n = first.length;
  const m = second.length;
  const distance = largestDistance(first, second);
  const statistic = distance / (n * m);
  const pValue = n * m <= exactUpTo ? exactTail(distance, n, m) : limitTail(statistic, n, m);
  return { statistic, pValue };
}

/** D as a whole number, n * m * D, so that the exact recursion compares without rounding. */
function largestDistance(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const n = first.length;
  const m = second.length;
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < n && j < m) {
    const value = Math.min(first[i]!, second[j]!);
    // All ties are taken before the distance is looked at: the functions jump at once.
    while (i < n && first[i] === value) i++;
    while (j < m && second[j] === value) j++;
    largest = Math.max(largest, Math.abs(i * m - j * n));
  }
  return largest;
}

/**
 * Under the null every lattice path from (0, 0) to (n, m) is equally likely. `touched[j]` is the share of the paths to
 * (i, j) that have been as far from the diagonal as `distance`; only positive terms are added, so small tails keep their
 * digits. Cells that far away are 1 by definition: only the band between them is computed.
 */
function exactTail(distance: number, n: number, m: number): number {
  if (distance === 0) return 1;
  const touched = new Float64Array(m + 1).fill(1);
  for (let i = 0; i <= n; i++) {
    const first = Math.max(0, Math.floor((i * m - distance) / n) + 1);
    const last = Math.min(m, Math.ceil((i * m + distance) / n) - 1);
    if (first > 0) touched[first - 1] = 1;
    for (let j = first; j <= last; j++) {
      const before = j > 0 ? j * touched[j - 1]! : 0;
      touched[j] = i + j === 0 ? 0 : (i * touched[j]! + before) / (i + j);
    }
  }
  return touched[m]!;
}

function limitTail(statistic: number, n: number, m: number): number {
  const root = Math.sqrt((n * m) / (n + m));
  return kolmogorovTail((root + 0.12 + 0.11 / root) * statistic);
}

/** Survival function of Kolmogorov's distribution: 2 * sum over k of (-1)^(k-1) exp(-2 k² x²). */
export function kolmogorovTail(x: number): number {
  // Below 0.2 the series converges slowly, and the tail differs from 1 by less than 1e-12.
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17 * sum) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
