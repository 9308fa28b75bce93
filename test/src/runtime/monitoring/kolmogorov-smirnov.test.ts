import { kolmogorovSmirnov, kolmogorovTail } from '../../../../src/runtime/monitoring/kolmogorov-smirnov';
import { evenly, scipy } from './support';

describe('kolmogorovSmirnov', () => {
  it.each(scipy.kolmogorovSmirnov.cases)('agrees with scipy exactly', ({ first, second, statistic, pValue }) => {
    const result = kolmogorovSmirnov(first, second);
    expect(result.statistic).toBeCloseTo(statistic, 12);
    expect(result.pValue / pValue).toBeCloseTo(1, 8);
  });

  it('does not care which sample comes first', () => {
    const { first, second } = scipy.kolmogorovSmirnov.cases[2]!;
    expect(kolmogorovSmirnov(first, second)).toEqual(kolmogorovSmirnov(second, first));
  });

  it('keeps the digits of a tiny p-value: two apart samples of 300 have 2 of C(600, 300) paths', () => {
    const apart = kolmogorovSmirnov(
      evenly(300),
      evenly(300).map((value) => value + 2),
    );
    expect(apart.statistic).toBe(1);
    // log10(2 / C(600, 300))
    expect(Math.log10(apart.pValue)).toBeCloseTo(-178.8296508830675, 9);
  });

  it('finds equal samples equal, and takes infinities as the ends of the line', () => {
    expect(kolmogorovSmirnov([1, 2, 2, 3], [1, 2, 2, 3])).toEqual({ statistic: 0, pValue: 1 });
    expect(kolmogorovSmirnov([-Infinity, 0, Infinity], [0, 1, 2]).statistic).toBeCloseTo(1 / 3, 12);
  });

  it.each(scipy.largeSamples.cases)('approximates large samples: D = %p, n = %p, m = %p', (d, n, m, pValue) => {
    // A shift of d between two even grids has that statistic, to within one step of the finer grid.
    const first = evenly(n);
    const second = evenly(m).map((value) => value + d);
    const result = kolmogorovSmirnov(first, second, 0);
    expect(Math.abs(result.statistic - d)).toBeLessThanOrEqual(1.001 / Math.min(n, m));
    expect(Math.abs(Math.log(result.pValue / pValue))).toBeLessThan(0.35);
    expect(Math.abs(Math.log(result.pValue / kolmogorovSmirnov(first, second, Infinity).pValue))).toBeLessThan(0.15);
  });
});

describe('kolmogorovTail', () => {
  it.each(scipy.kolmogorovTail.cases)('agrees with scipy at %p', (x, tail) => {
    expect(Math.abs(kolmogorovTail(x) - tail)).toBeLessThan(1e-12);
  });
});
