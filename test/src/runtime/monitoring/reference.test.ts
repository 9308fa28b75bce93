import { PlinthError, type ReferenceProfile } from '@plinth/contract';
import { readReference } from '../../../../src/runtime/monitoring/reference';
import { small, smallProfile, tumour } from './support';

const refused = (text: string): PlinthError => {
  try {
    readReference(text, 'profile.json');
  } catch (error) {
    return error as PlinthError;
  }
  throw new Error('the profile was accepted');
};

const withFeature = (change: Partial<ReferenceProfile['features'][number]>): string => {
  const profile = smallProfile();
  return JSON.stringify({ ...profile, features: [{ ...profile.features[0]!, ...change }] });
};

describe('readReference', () => {
  it('reads the example model, in single precision', () => {
    const reference = tumour();
    expect(reference).toMatchObject({ model: 'tumour', version: '1', input: 'features', rows: 341 });
    expect(reference.features).toHaveLength(30);
    for (const { sample, counts, edges } of reference.features) {
      expect(sample).toHaveLength(341);
      expect(counts.reduce((a, b) => a + b, 0)).toBeCloseTo(341, 6);
      expect([...sample, ...edges].every((value) => Math.fround(value) === value)).toBe(true);
    }
  });

  it('leaves other datatypes as they are', () => {
    expect(small({ datatype: 'FP64' }).round(0.1)).toBe(0.1);
    expect(small().round(0.1)).toBe(Math.fround(0.1));
  });

  it('gives a constant a bin of its own between all else', () => {
    const constant = small().features[1]!;
    expect(constant.counts).toEqual([0, 100, 0]);
    expect(constant.edges[0]).toBeLessThan(5);
    expect(constant.edges[0]).toBeGreaterThan(4.999999);
    const zero = readReference(withFeature({ sample: [0, 0] }), 'x').features[0]!;
    expect(zero.counts).toEqual([0, 100, 0]);
  });

  it.each([
    ['no JSON', '{', /it is no JSON \(/],
    ['no profile', '{}', /schemaVersion is wrong \(/],
    ['no object', '7', /it is wrong \(/],
    ['too few shares', withFeature({ shares: [1] }), /feature 'a' has 3 edges and 1 shares/],
    ['edges that fall', withFeature({ edges: [0.5, 0.25, 0.75] }), /feature 'a' has edges that do not ascend/],
    ['shares that do not sum', withFeature({ shares: [0.5, 0.5, 0.5, 0] }), /feature 'a' has shares that sum to 1.5/],
    ['no sample', withFeature({ sample: [] }), /feature 'a' has an empty sample/],
  ])('refuses %s with a sentence', (_, text, why) => {
    const error = refused(text);
    expect(error.finding.code).toBe('profile-invalid');
    expect(error.message).toMatch(
      /^profile\.json: the reference profile cannot be used, because .*; write it again from/,
    );
    expect(error.finding.why).toMatch(why);
  });
});
