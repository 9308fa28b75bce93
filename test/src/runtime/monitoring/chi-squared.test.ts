import { chiSquaredTail } from '../../../../src/runtime/monitoring/chi-squared';
import { scipy } from './support';

describe('chiSquaredTail', () => {
  it.each(scipy.chiSquaredTail.cases)('agrees with scipy at %p with %p degrees', (x, degrees, tail) => {
    expect(chiSquaredTail(x, degrees) / tail).toBeCloseTo(1, 8);
  });

  it('is 1 at nothing and below', () => {
    expect(chiSquaredTail(0, 3)).toBe(1);
    expect(chiSquaredTail(-1, 3)).toBe(1);
  });
});
