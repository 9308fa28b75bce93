import { judgeWindow } from '../../../../src/runtime/monitoring/judge';
import { columnsOf, deviations, evenly, heldOut, shifted, small, tumour, windowOf } from './support';

const settings = { psiThreshold: 0.2, alpha: 0.01, minDriftedShare: 0.5 };
const fives = (count: number): number[] => new Array<number>(count).fill(5);

describe('judgeWindow', () => {
  it('finds no drift where there is none', () => {
    const verdict = judgeWindow(windowOf([evenly(60), fives(60)], 3), small(), settings);
    expect(verdict).toMatchObject({ number: 3, rows: 60, drifted: false });
    expect(verdict.features).toEqual([
      { name: 'a', psi: expect.closeTo(0, 3), ks: expect.closeTo(0, 1), pValue: 1, missing: 0, drifted: false },
      { name: 'b', psi: expect.closeTo(0, 1), ks: 0, pValue: 1, missing: 0, drifted: false },
    ]);
  });

  it('wants effect and significance: a large index of few rows, or a sure but small shift, is no drift', () => {
    // Ten rows in unequal bins: the index is above the bound, and noise explains it.
    const few = judgeWindow(
      windowOf([[0.1, 0.2, 0.3, 0.6, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99], fives(10)]),
      small(),
      settings,
    );
    expect(few.features[0]!.psi).toBeGreaterThan(0.2);
    expect(few.features[0]!.drifted).toBe(false);
    const slight = evenly(4000).map((value) => value * 0.88 + 0.12);
    const many = judgeWindow(
      windowOf([slight, fives(4000)]),
      small({ rows: 1_000_000, features: largeSample() }),
      settings,
    );
    expect(many.features[0]!.pValue).toBeLessThan(1e-6);
    expect(many.features[0]!.psi).toBeLessThan(0.2);
    expect(many.features[0]!.drifted).toBe(false);
  });

  it('finds a shift, and says which feature', () => {
    const verdict = judgeWindow(windowOf([evenly(60).map((v) => v + 0.5), fives(60)]), small(), settings);
    expect(verdict.features.map((feature) => feature.drifted)).toEqual([true, false]);
    expect(verdict.drifted).toBe(true);
    expect(
      judgeWindow(windowOf([evenly(60).map((v) => v + 0.5), fives(60)]), small(), { ...settings, minDriftedShare: 0.6 })
        .drifted,
    ).toBe(false);
  });

  it.each([
    ['rises', 6],
    ['falls', 4],
    ['has gone missing', NaN],
  ])('notices when a constant %s', (_, value) => {
    const verdict = judgeWindow(windowOf([evenly(60), new Array<number>(60).fill(value)]), small(), settings);
    expect(verdict.features[1]!.drifted).toBe(true);
  });

  it('counts missing values, and bears a few of them', () => {
    const column = evenly(60);
    column[3] = NaN;
    column[40] = NaN;
    const verdict = judgeWindow(windowOf([column, fives(60)]), small(), settings);
    expect(verdict.features[0]).toMatchObject({ missing: 2, drifted: false });
  });

  it('judges the example model: held-out rows steady, the same rows one deviation off drifted', () => {
    const reference = tumour();
    const rows = heldOut().slice(0, 57);
    const steady = judgeWindow(windowOf(columnsOf(rows, reference)), reference, settings);
    expect(steady.features.filter((feature) => feature.drifted)).toEqual([]);
    const moved = judgeWindow(
      windowOf(columnsOf(shifted(rows, 1, deviations(reference)), reference)),
      reference,
      settings,
    );
    expect(moved.features.filter((feature) => feature.drifted)).toHaveLength(30);
  });
});

function largeSample(): { name: string; edges: number[]; shares: number[]; sample: number[] }[] {
  const shares = [0.25, 0.25, 0.25, 0.25];
  return [
    { name: 'a', edges: [0.25, 0.5, 0.75], shares, sample: evenly(2000) },
    { name: 'b', edges: [5], shares: [1, 0], sample: [5] },
  ];
}
