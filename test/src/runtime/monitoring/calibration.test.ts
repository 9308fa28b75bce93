import { monitorConfig } from '@plinth/contract';
import { judgeWindow } from '../../../../src/runtime/monitoring/judge';
import { Persistence } from '../../../../src/runtime/monitoring/persistence';
import { columnsOf, deviations, heldOut, shifted, tumour, uniform, windowOf } from './support';

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

/** How many windows drifted, and in how many at least one feature did. */
function count(windows: Iterable<number[][]>): { windows: number; drifted: number; anyFeature: number } {
  const verdicts = [...windows].map(judge);
  return {
    windows: verdicts.length,
    drifted: verdicts.filter((verdict) => verdict.drifted).length,
    anyFeature: verdicts.filter((verdict) => verdict.features.some((feature) => feature.drifted)).length,
  };
}

const moved = function* (windows: Iterable<number[][]>, by: number, features?: number): Generator<number[][]> {
  for (const rows of windows) yield shifted(rows, by, sd, features);
};

describe('the judge on windows of 57 held-out rows', () => {
  it('takes hardly a window of unseen rows for drifted', () => {
    expect(count(shuffledWindows(400, 1))).toEqual({ windows: 400, drifted: 1, anyFeature: 4 });
  });

  it('nor where rows repeat, as the bootstrap has them', () => {
    expect(count(bootstrapWindows(400, 2))).toEqual({ windows: 400, drifted: 1, anyFeature: 4 });
  });

  it('where an index above the bound would do alone, noise would be taken for drift', () => {
    const { psiThreshold, minDriftedShare } = settings;
    const alone = [...shuffledWindows(400, 1)].map(judge).filter(({ features }) => {
      return features.filter((feature) => feature.psi > psiThreshold).length >= minDriftedShare * features.length;
    });
    expect(alone).toHaveLength(130);
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
