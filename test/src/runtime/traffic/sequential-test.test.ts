/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { trafficDocument } from '../../../../src/runtime/traffic/facts';
import { CanaryTest, SequentialTest } from '../../../../src/runtime/traffic/sequential-test';
import { seeded } from './support';

const facts = (own: object): ConstructorParameters<typeof CanaryTest>[0] => trafficDocument.parse({ test: own }).test;

/** Share of `runs` in which the test rejects at any look, and the looks until then. */
function simulate(runs: number, looks: number, make: (random: () => number) => () => boolean): [number, number[]] {
  const stops: number[] = [];
  for (let run = 0; run < runs; run++) {
    const look = make(seeded(run + 1));
    for (let at = 1; at <= looks; at++)
      if (look()) {
        stops.push(at);
        break;
      }
  }
  return [stops.length / runs, stops.sort((a, b) => a - b)];
}

const against =
  (bound: number, lowest: number, level: number, draw: (random: () => number) => number) =>
  (random: () => number): (() => boolean) => {
    const test = new SequentialTest(bound, lowest, level);
    return () => {
      test.add(draw(random));
      return test.rejected;
    };
  };

const bernoulli = (p: number) => (random: () => number) => Number(random() < p);

describe('looked at after every one of 2000 observations, a true null hypothesis is rejected at most as often as agreed', () => {
  test.each([
    ['a share at its bound', 0.1, 0, bernoulli(0.1)],
    ['a rare share at its bound', 0.005, 0, bernoulli(0.005)],
    ['two equal error rates', 0, -1, (random: () => number) => bernoulli(0.2)(random) - bernoulli(0.2)(random)],
    ['error rates as far apart as allowed', 0.05, -1, (r: () => number) => bernoulli(0.1)(r) - bernoulli(0.05)(r)],
    ['a fair coin', 0, -0.5, (random: () => number) => bernoulli(0.5)(random) - 0.5],
  ])('%s', (_, bound, lowest, draw) => {
    const [rate] = simulate(300, 2000, against(bound, lowest, 0.1, draw));
    expect(rate).toBeLessThanOrEqual(0.1);
  });

  test('which an ordinary test, looked at as often, does not keep', () => {
    const [rate] = simulate(300, 2000, (random) => {
      let [n, sum] = [0, 0];
      return () => {
        n++;
        sum += bernoulli(0.5)(random) - 0.5;
        // One-sided at 0.1; the normal approximation is good from 30 on.
        return n >= 30 && sum / Math.sqrt(n / 4) > 1.2816;
      };
    });
    expect(rate).toBeGreaterThan(0.4);
  });
});

test('a real difference is found, the greater the sooner', () => {
  const median = (p: number): number => {
    const [rate, stops] = simulate(200, 5000, against(0.1, 0, 0.01, bernoulli(p)));
    expect(rate).toBe(1);
    return stops[100] ?? Infinity;
  };
  const [small, large, total] = [median(0.15), median(0.4), median(1)];
  expect(total).toBeLessThanOrEqual(4);
  expect(large).toBeLessThan(40);
  expect(small).toBeGreaterThan(large);
  expect(small).toBeLessThan(1000);
});

test('the evidence stays a number however much there is', () => {
  const test = new SequentialTest(0, 0, 0.01);
  for (let i = 0; i < 100_000; i++) test.add(1);
  expect(Number.isFinite(test.evidence)).toBe(true);
});

/** Requests of a service in both arms, of which the challenger gets a tenth. */
function canary(
  settings: object,
  challenger: { errors?: number; slower?: number; disagree?: number },
): (random: () => number) => () => boolean {
  return (random) => {
    const test = new CanaryTest(facts({ minRequests: 1, latencyMs: 0, ...settings }));
    let load = 1;
    return () => {
      // Load wanders, and both arms feel it.
      load = Math.min(8, Math.max(0.5, load * Math.exp((random() - 0.5) * 0.2)));
      const isChallenger = random() < 0.1;
      const factor = isChallenger ? 1 + (challenger.slower ?? 0) : 1;
      const milliseconds = load * factor * Math.exp((random() + random() + random() - 1.5) * 0.5);
      const failed = random() < 0.02 + (isChallenger ? (challenger.errors ?? 0) : 0);
      if (isChallenger) test.observeChallenger({ failed, milliseconds });
      else test.observeChampion({ failed, milliseconds });
      if (random() < 0.1)
        test.observeBoth({ champion: false, challenger: false }, Number(random() < 0.05 + (challenger.disagree ?? 0)));
      return test.verdict !== undefined;
    };
  };
}

test('one replica of several keeps its share of alpha over all metrics, although load wanders', () => {
  const [rate] = simulate(200, 4000, canary({ alpha: 0.2, replicas: 2 }, {}));
  expect(rate).toBeLessThanOrEqual(0.1);
});

test.each([
  ['errors', { errors: 0.2 }],
  ['latency', { slower: 1 }],
  ['disagreement', { disagree: 0.3 }],
] as const)('a challenger that is worse in %s goes', (metric, worse) => {
  const [rate, stops] = simulate(100, 10_000, canary({}, worse));
  expect(rate).toBe(1);
  // A tenth of the requests are the challenger's.
  expect(stops[50]).toBeLessThan(3000);
  const test = new CanaryTest(facts({ latencyMs: 0 }));
  const random = seeded(1);
  for (let i = 0; i < 20_000; i++) {
    const worseNow = random() < 0.5;
    test.observeChampion({ failed: false, milliseconds: 1 });
    test.observeChallenger({ failed: metric === 'errors' && worseNow, milliseconds: metric === 'latency' ? 2 : 1 });
    test.observeBoth({ champion: false, challenger: false }, metric === 'disagreement' ? 1 : 0);
  }
  expect(test.verdict).toMatchObject({ metric, needed: 240 });
});

test('nothing is decided before as many comparisons as asked for', () => {
  const test = new CanaryTest(facts({ minRequests: 500 }));
  for (let i = 0; i < 499; i++) test.observeBoth({ champion: false, challenger: true }, undefined);
  expect(test.verdict).toBeUndefined();
  test.observeBoth({ champion: false, challenger: true }, undefined);
  expect(test.verdict).toMatchObject({ metric: 'errors', comparisons: 500, champion: 0, challenger: 1 });
});

test('a challenger that goes bad after a long good time is found soon', () => {
  const test = new CanaryTest(facts({}));
  const request = (failed: boolean): void => {
    test.observeChampion({ failed: false, milliseconds: 1 });
    test.observeChallenger({ failed, milliseconds: 1 });
  };
  for (let i = 0; i < 200_000; i++) request(false);
  expect(test.verdict).toBeUndefined();
  let bad = 0;
  while (test.verdict === undefined && bad < 1000) request(bad++ % 2 === 0);
  expect(bad).toBeLessThan(150);
});

test('a request that failed says nothing of latency', () => {
  const test = new CanaryTest(facts({ minRequests: 1, errors: 1 }));
  for (let i = 0; i < 1000; i++) {
    test.observeChampion({ failed: false, milliseconds: 1 });
    test.observeChallenger({ failed: true, milliseconds: 1000 });
  }
  expect(test.verdict).toBeUndefined();
});

test('what nobody feels, and what a version just loaded takes longer, is no difference', () => {
  const slower = (settings: object, requests: number): boolean => {
    const test = new CanaryTest(facts({ minRequests: 1, ...settings }));
    for (let i = 0; i < requests; i++) {
      test.observeChampion({ failed: false, milliseconds: 1 });
      test.observeChallenger({ failed: false, milliseconds: 2.5 });
    }
    return test.verdict !== undefined;
  };
  expect(slower({}, 10_000)).toBe(false);
  expect(slower({ latencyMs: 1 }, 50)).toBe(false);
  expect(slower({ latencyMs: 1 }, 200)).toBe(true);
});

test('what slows down steadily in both arms is no difference', () => {
  const test = new CanaryTest(facts({ minRequests: 1, latency: 0, latencyMs: 0 }));
  for (let i = 0; i < 10_000; i++) {
    test.observeChampion({ failed: false, milliseconds: 2 * i });
    test.observeChallenger({ failed: false, milliseconds: 2 * i + 1 });
  }
  expect(test.verdict).toBeUndefined();
});
