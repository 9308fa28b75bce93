import { adjustPValues } from '../../../../src/runtime/monitoring/false-discovery';
import { scipy } from './support';

describe('adjustPValues', () => {
  it('agrees with scipy, in the order given', () => {
    const { pValues, adjusted } = scipy.falseDiscovery;
    adjustPValues(pValues).forEach((value, index) => expect(value).toBeCloseTo(adjusted[index]!, 12));
  });

  it('leaves one p-value as it is, and none as none', () => {
    expect(adjustPValues([0.03])).toEqual([0.03]);
    expect(adjustPValues([])).toEqual([]);
  });
});
