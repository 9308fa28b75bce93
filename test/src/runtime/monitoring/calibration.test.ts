import { monitorConfig } from '@plinth/contract';
import { judgeWindow } from '../../../../src/runtime/monitoring/judge';
import { Persistence } from '../../../../src/runtime/monitoring/persistence';
import { columnsOf, deviations, heldOut, shifted, small, tumour, uniform, windowOf } from './support';

/*
 * How often the judge is wrong on real data: windows of the example model's held-out rows, which its profile has never
 * seen, under the settings that examples/complete uses. The figures stand in docs/monitoring.md. Draws are seeded, so
 * the rates are the same on every run.
 */
const reference = tumour();
const held = heldOut();
const sd = deviations(reference);
jest.setTimeout(120_000);

const settings = monitorConfig.parse({ model: 'tumour', payloads: 'x', reference: 'x', windowRows: 57 });
const windowRows = settings.windowRows;

const judge = (rows: readonly number[][]): ReturnType<typeof judgeWindow> =>
  judgeWindow(windowOf(columnsOf(rows, reference)), reference, settings);

/** Held-out rows in a random order, cut into windows: every row of a window is another. */
function* shuffledWindows(count: number, seed: number): Generator<number[][]> {
  const random = uniform(seed);
  for (let made = 0; ;) {
    const rows = [...held];
    for (let i = rows.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [rows[i], rows[j]] = [rows[j]!, rows[i]!];
    }
    for (let start = 0; start + windowRows <= rows.length; start += windowRows) {
      if (made++ === count) return;
      yield rows.slice(start, start + windowRows);
    }
  }
}

/** Windows drawn with replacement from the held-out rows. */
function* bootstrapWindows(count: number, seed: number): Generator<number[][]> {
  const random = uniform(seed);
  for (let made = 0; made < count; made++)
    yield Array.from({ length: windowRows }, () => held[Math.floor(random() * held.length)]!);
}

interface Counts {
  readonly windows: number;
  readonly drifted: number;
  /** Windows with at least one drifted feature. */
  readonly anyFeature: number;
  /** Windows that would count as drifted if an index above the bound were enough. */
  readonly psiAlone: number;
}

function count(windows: Iterable<number[][]>): Counts {
  const verdicts = [...windows].map(judge);
  const { psiThreshold, minDriftedShare } = settings;
  return {
    windows: verdicts.length,
    drifted: verdicts.filter(({ drifted }) => drifted).length,
    anyFeature: verdicts.filter(({ features }) => features.some(({ drifted }) => drifted)).length,
    psiAlone: verdicts.filter(({ features }) => {
      return features.filter(({ psi }) => psi > psiThreshold).length >= minDriftedShare * features.length;
    }).length,
  };
}

const moved = function* (windows: Iterable<number[][]>, by: number, features?: number): Generator<number[][]> {
  for (const rows of windows) yield shifted(rows, by, sd, features);
};

describe('the judge on windows of 57 held-out rows', () => {
  it('takes hardly a window of unseen rows for drifted, where an index above the bound alone would take a third', () => {
    expect(count(shuffledWindows(400, 1))).toEqual({ windows: 400, drifted: 1, anyFeature: 4, psiAlone: 130 });
  });

  it('keeps its level when rows repeat, as the bootstrap has them', () => {
    expect(count(bootstrapWindows(400, 2))).toMatchObject({ windows: 400, drifted: 1, anyFeature: 4 });
  });

  it.each([
    [0.5, 30, 200],
    [1, 30, 200],
    [0.5, 5, 133],
    [1, 5, 200],
  ])('moved by %p standard deviations in %p features, sees %p of 200 windows', (by, features, drifted) => {
    expect(count(moved(shuffledWindows(200, 3), by, features))).toMatchObject({ windows: 200, drifted });
  });
});

describe('the judge on windows of the default size, 500 rows of ten normal features, against 1000 of training', () => {
  /** Normal numbers by Box and Muller. */
  const normals = (count: number, random: () => number, shift = 0): number[] =>
    Array.from({ length: count }, () => {
      return shift + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    });

  const training = uniform(5);
  const features = Array.from({ length: 10 }, (_, i) => {
    const sample = normals(1000, training).sort((a, b) => a - b);
    const edges = [199, 399, 599, 799].map((at) => sample[at]!);
    return { name: `f${i}`, edges, shares: new Array<number>(5).fill(0.2), sample };
  });
  const profile = small({ rows: 1000, features });

  it.each([
    [0, 200, 0, 0],
    [0.25, 50, 0, 0],
    [0.5, 50, 50, 0.698],
  ])('moved by %p standard deviations, of %p windows takes %p for drifted, and %p of the features', (...row) => {
    const [by, windows, drifted, share] = row;
    const random = uniform(6);
    const verdicts = Array.from({ length: windows }, () => {
      const columns = features.map(() => normals(500, random, by).map(Math.fround));
      return judgeWindow(windowOf(columns), profile, settings);
    });
    expect(verdicts.filter((verdict) => verdict.drifted)).toHaveLength(drifted);
    const all = verdicts.flatMap((verdict) => verdict.features);
    expect(all.filter((feature) => feature.drifted).length / all.length).toBeCloseTo(share, 2);
  });
});

describe('the demo', () => {
  it('raises no alarm on the held-out rows in order, far from it, and raises on the second shifted window', () => {
    const persistence = new Persistence(settings.persistence);
    const steady = Array.from({ length: 4 }, (_, i) => judge(held.slice(i * windowRows, (i + 1) * windowRows)));
    expect(held).toHaveLength(4 * windowRows);
    expect(steady.map((verdict) => persistence.take(verdict.drifted))).toEqual(new Array(4).fill(undefined));
    const pValues = steady.flatMap((verdict) => verdict.features.map((feature) => feature.pValue));
    expect(Math.min(...pValues)).toBeGreaterThan(0.5);
    const drifting = shifted(held.slice(0, 2 * windowRows), 1, sd);
    const changes = [0, 1].map((i) =>
      persistence.take(judge(drifting.slice(i * windowRows, (i + 1) * windowRows)).drifted),
    );
    expect(changes).toEqual([undefined, 'raised']);
  });
});
