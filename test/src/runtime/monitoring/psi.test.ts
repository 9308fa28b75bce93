import { binOf, countBins, populationStability, stabilityPValue } from '../../../../src/runtime/monitoring/psi';
import { scipy } from './support';

describe('bins', () => {
  it('puts a value on an edge into the bin below, and what lies outside into the ends', () => {
    expect([-Infinity, 0, 1, 1.5, 2, 2.1, Infinity].map((value) => binOf(value, [1, 2]))).toEqual([
      0, 0, 0, 1, 1, 2, 2,
    ]);
    expect(countBins([0, 1, 1.5, 9, Infinity], [1, 2])).toEqual([2, 1, 2]);
    expect(countBins([1, 2, 3], [])).toEqual([3]);
  });
});

describe('populationStability', () => {
  it.each(scipy.psi.cases)('agrees with scipy for $counts', ({ reference, counts, psi, pValue }) => {
    expect(populationStability(reference, counts)).toBeCloseTo(psi, 12);
    const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
    expect(stabilityPValue(psi, counts.length, sum(reference), sum(counts)) / pValue).toBeCloseTo(1, 6);
  });

  it('is small for equal shares, whatever the sizes, and finite for empty bins', () => {
    expect(populationStability([100, 100], [10, 10])).toBe(0);
    expect(populationStability([100, 0], [0, 10])).toBeLessThan(10);
    expect(populationStability([1000, 0], [100, 0])).toBeLessThan(0.02);
  });

  it('tells nothing where there is one bin', () => {
    expect(stabilityPValue(3, 1, 100, 100)).toBe(1);
  });
});
