import { CostModel } from '../../../../src/runtime/engine/cost';

const learn = (cost: CostModel, size: number, ...nanoseconds: number[]): void =>
  nanoseconds.forEach((each) => cost.learn(size, each));

test('nothing is known before the first run', () => {
  expect(new CostModel().expect(10)).toBe(Infinity);
});

test('sizes of one class share what was learned; larger ones are reckoned in proportion, smaller ones are unknown', () => {
  const cost = new CostModel();
  cost.learn(30, 1000);
  expect(cost.expect(20)).toBe(1000);
  expect(cost.expect(32)).toBe(1000);
  expect(cost.expect(120)).toBe(4000);
  expect(cost.expect(8)).toBe(Infinity);
  cost.learn(120, 1500);
  expect(cost.expect(120)).toBe(1500);
});

test('follows the upper quartile: a thread that was put aside now and then does not make a model dear', () => {
  const cost = new CostModel();
  for (let i = 0; i < 500; i++) cost.learn(30, i % 10 === 0 ? 4_000_000 : 20_000);
  expect(cost.expect(30)).toBeLessThan(40_000);
});

test('a model that becomes dear is noticed', () => {
  const cost = new CostModel();
  learn(cost, 30, ...new Array<number>(100).fill(20_000), ...new Array<number>(60).fill(2_000_000));
  expect(cost.expect(30)).toBeGreaterThan(300_000);
});

test('a stall counts by itself, for all sizes; a single one is forgotten soon, those that come again are not', () => {
  const cost = new CostModel();
  const cheap = (count: number): void => learn(cost, 30, ...new Array<number>(count).fill(20_000));
  /** Runs after a stall until the model passes for cheap again. */
  const kept = (): number => {
    learn(cost, 30, 500_000_000);
    for (let runs = 0; ; runs++) {
      if (cost.expect(30) < Infinity) return runs;
      cheap(1);
    }
  };
  learn(cost, 30, 20_000);
  expect([kept(), kept(), kept(), kept(), kept()]).toEqual([32, 128, 512, 1000, 1000]);
  // Away from the event loop it may have been any other program's fault: it is no further reproach.
  cost.learn(30, 500_000_000, false);
  cheap(10_000);
  expect(kept()).toBe(32);
  cheap(40);
  cost.learn(30, 500_000_000, false);
  expect(cost.expect(30)).toBe(Infinity);
  cheap(32);
  expect(cost.expect(30)).toBeLessThan(Infinity);
});
