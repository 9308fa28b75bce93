import { Batcher, type BatcherOptions, type QueueOptions } from '../../../../src/runtime/engine/batcher';
import type { DynamicBatching } from '../../../../src/runtime/engine/model-config';
import type { Tensor } from '../../../../src/runtime/engine/tensors';

const batching = (settings: Partial<DynamicBatching> = {}): DynamicBatching => ({
  preferred_batch_size: [],
  max_queue_delay_microseconds: 0,
  preserve_ordering: false,
  priority_levels: 0,
  default_priority_level: 0,
  priority_queue_policy: {},
  ...settings,
});
const policy = {
  timeout_action: 'REJECT',
  default_timeout_microseconds: 0,
  allow_timeout_override: true,
  max_queue_size: 0,
} as const;

const row = (...values: number[]): Tensor[] => [
  { name: 'x', datatype: 'FP32', shape: [1, values.length], data: Float32Array.from(values) },
];

/** An engine that doubles, computes for as long as it is held, and remembers how many rows each run had. */
class Engine {
  readonly runs: number[] = [];
  readonly order: number[] = [];
  private release: (() => void)[] = [];
  held = false;

  run = async (inputs: readonly Tensor[]): Promise<{ outputs: Tensor[]; nanoseconds: number }> => {
    const [{ shape, data }] = inputs as [Tensor];
    const values = Array.from(data as Float32Array);
    this.runs.push(shape[0] ?? 0);
    this.order.push(...values);
    if (this.held) await new Promise<void>((resolve) => this.release.push(resolve));
    if (values.includes(13)) throw new Error('thirteen is refused');
    const outputs: Tensor[] = [
      { name: 'y', datatype: 'FP32', shape, data: Float32Array.from(values, (each) => each * 2) },
    ];
    return { outputs, nanoseconds: 1000 };
  };

  go(): void {
    this.held = false;
    for (const release of this.release.splice(0)) release();
  }
}

function queue(engine: Engine, options: Partial<BatcherOptions> = {}) {
  const batcher = new Batcher({ model: 'm', maxRows: 8, batching: batching(), concurrency: 1, ...options }, engine.run);
  const ask = async (value: number, given: Partial<QueueOptions> = {}): Promise<number[]> => {
    const { outputs } = await batcher.submit(row(value), ['y'], { keepInputs: false, rows: 1, ...given });
    return Array.from(outputs[0]?.data as Float32Array);
  };
  return { batcher, ask };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// The clock stands still until a test moves it: what a busy machine takes for a turn of the event loop changes nothing.
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
});

test('requests of one turn are one batch, and each gets its own rows', async () => {
  const engine = new Engine();
  const { ask } = queue(engine);
  expect(await Promise.all([1, 2, 3].map((value) => ask(value)))).toEqual([[2], [4], [6]]);
  expect(engine.runs).toEqual([3]);
});

test('a batch has at most the largest number of rows', async () => {
  const engine = new Engine();
  const { ask } = queue(engine, { maxRows: 2 });
  await Promise.all([1, 2, 3, 4, 5].map((value) => ask(value)));
  expect(engine.runs).toEqual([2, 2, 1]);
});

test('other shapes are another batch', async () => {
  const engine = new Engine();
  const { batcher, ask } = queue(engine);
  const wide = batcher.submit(row(5, 6), ['y'], { keepInputs: false, rows: 1 });
  await Promise.all([ask(1), wide, ask(2)]);
  expect(engine.runs).toEqual([1, 2]);
});

test('a lone request that finds the engine idle does not wait for company', async () => {
  const engine = new Engine();
  const { ask } = queue(engine, { batching: batching({ max_queue_delay_microseconds: 60_000_000 }) });
  expect(await ask(1)).toEqual([2]);
});

test('while another batch runs, requests wait for company as long as the delay says', async () => {
  const engine = new Engine();
  engine.held = true;
  const { ask } = queue(engine, {
    concurrency: 2,
    batching: batching({ max_queue_delay_microseconds: 60_000_000, preferred_batch_size: [2] }),
  });
  const first = ask(1);
  await turn();
  const second = ask(2);
  await turn();
  expect(engine.runs).toEqual([1]);
  const third = ask(3);
  await turn();
  expect(engine.runs).toEqual([1, 2]);
  engine.go();
  expect(await Promise.all([first, second, third])).toEqual([[2], [4], [6]]);
});

test('the largest preferred size that can be reached is taken', async () => {
  const engine = new Engine();
  const { ask } = queue(engine, { batching: batching({ preferred_batch_size: [2, 4] }) });
  await Promise.all([1, 2, 3, 4, 5].map((value) => ask(value)));
  expect(engine.runs).toEqual([4, 1]);
});

test('higher priorities go first, and the default is the level of the configuration', async () => {
  const engine = new Engine();
  engine.held = true;
  const { ask } = queue(engine, { maxRows: 1, batching: batching({ priority_levels: 3, default_priority_level: 2 }) });
  const all = [ask(1)];
  await turn();
  all.push(ask(30, { priority: 3 }), ask(20), ask(10, { priority: 1 }), ask(31, { priority: 9 }));
  engine.go();
  await Promise.all(all);
  expect(engine.order).toEqual([1, 10, 20, 30, 31]);
});

test('a full queue refuses, and says when to come again', async () => {
  const engine = new Engine();
  engine.held = true;
  const { ask } = queue(engine, {
    maxRows: 1,
    batching: batching({ default_queue_policy: { ...policy, max_queue_size: 1 } }),
  });
  const first = ask(1);
  await turn();
  const second = ask(2);
  await expect(ask(3)).rejects.toMatchObject({
    kind: 'rejected',
    retryAfterSeconds: 1,
    message:
      'model "m": the request is refused, because 1 requests wait already, and max_queue_size is 1; send it again a little later, or give it more time.',
  });
  engine.go();
  await Promise.all([first, second]);
});

test('a timeout in the queue ends the wait; one that only delays lets others pass', async () => {
  const engine = new Engine();
  engine.held = true;
  const { ask } = queue(engine, { maxRows: 1 });
  const first = ask(1);
  await turn();
  const ended = expect(ask(2, { timeout: 5 })).rejects.toThrow('it waited longer than its timeout');
  await turn();
  jest.advanceTimersByTime(6);
  await ended;
  engine.go();
  await first;

  const patient = new Engine();
  patient.held = true;
  const delaying = queue(patient, {
    maxRows: 1,
    batching: batching({
      default_queue_policy: { ...policy, timeout_action: 'DELAY', default_timeout_microseconds: 1 },
    }),
  });
  const running = delaying.ask(1);
  await turn();
  const late = delaying.ask(2);
  await turn();
  jest.advanceTimersByTime(1);
  patient.go();
  expect(await Promise.all([running, late])).toEqual([[2], [4]]);
});

test('a deadline that has passed or cannot be met is not waited for', async () => {
  const engine = new Engine();
  const { batcher, ask } = queue(engine, { maxRows: 1 });
  await expect(ask(1, { deadline: performance.now() - 1 })).rejects.toMatchObject({
    kind: 'deadline',
    message:
      'model "m": the request was not computed, because its deadline passed before its turn came; give it more time, or send fewer requests at once.',
  });
  engine.held = true;
  const first = ask(1);
  await turn();
  jest.advanceTimersByTime(30);
  engine.go();
  await first;
  engine.held = true;
  const second = ask(2);
  await turn();
  // One run of 30 ms is known, and one is in the way.
  expect(batcher.expectedWait).toBe(30);
  await expect(ask(3, { deadline: performance.now() + 5 })).rejects.toMatchObject({ kind: 'rejected' });
  const third = ask(4, { deadline: performance.now() + 10_000 });
  engine.go();
  expect(await Promise.all([second, third])).toEqual([[4], [8]]);
});

test('a timeout that cannot be met is not waited for, unless it only delays or the request goes before the others', async () => {
  const engine = new Engine();
  const two = batching({ priority_levels: 2, default_priority_level: 2 });
  const { ask } = queue(engine, { maxRows: 1, batching: two });
  engine.held = true;
  const known = ask(1);
  await turn();
  jest.advanceTimersByTime(200);
  engine.go();
  await known;
  engine.held = true;
  const all = [ask(2), ask(3), ask(4)];
  await turn();
  // One runs and two wait: three runs of 200 ms, and one for who goes first.
  await expect(ask(5, { timeout: 599 })).rejects.toMatchObject({
    kind: 'rejected',
    retryAfterSeconds: 1,
    message: expect.stringMatching(/because it would wait 600 ms, and its timeout is sooner/) as string,
  });
  const urgent = ask(6, { timeout: 200, priority: 1 });
  const patient = ask(7, { timeout: 10_000 });
  engine.go();
  expect(await Promise.all([...all, urgent, patient])).toEqual([[4], [6], [8], [12], [14]]);

  const idle = ask(8, { timeout: 1 });
  expect(await idle).toEqual([16]);
});

test('a request whose client has gone is not computed', async () => {
  const engine = new Engine();
  engine.held = true;
  const { ask } = queue(engine, { maxRows: 1 });
  const first = ask(1);
  await turn();
  const gone = ask(2, { abandoned: () => true });
  const caught = expect(gone).rejects.toThrow('its client had gone before its turn came');
  engine.go();
  await first;
  await caught;
  expect(engine.order).toEqual([1]);
});

test('values that the model refuses fail their own request only', async () => {
  const engine = new Engine();
  const { ask } = queue(engine);
  const results = await Promise.allSettled([ask(1), ask(13), ask(3)]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a model that does not answer row by row is computed request by request from then on', async () => {
  const told: string[] = [];
  const runs: number[] = [];
  const sum = (inputs: readonly Tensor[]): Promise<{ outputs: Tensor[]; nanoseconds: number }> => {
    const [{ data }] = inputs as [Tensor];
    runs.push(data.length);
    const total = (data as Float32Array).reduce((all, each) => all + each, 0);
    return Promise.resolve({
      outputs: [{ name: 'y', datatype: 'FP32', shape: [1], data: Float32Array.of(total) }],
      nanoseconds: 1,
    });
  };
  const batcher = new Batcher({ model: 'm', maxRows: 8, batching: batching(), concurrency: 1 }, sum, (why) =>
    told.push(why),
  );
  const ask = async (value: number): Promise<unknown> =>
    (await batcher.submit(row(value), ['y'], { keepInputs: false, rows: 1 })).outputs[0]?.data[0];
  expect(await Promise.all([ask(1), ask(2)])).toEqual([1, 2]);
  expect(await Promise.all([ask(3), ask(4)])).toEqual([3, 4]);
  expect(runs).toEqual([2, 1, 1, 1, 1]);
  expect(told).toEqual(['output "y" has the shape [1] for 2 rows']);
});

test('without dynamic batching each request runs by itself', async () => {
  const engine = new Engine();
  const { ask } = queue(engine, { batching: undefined });
  await Promise.all([ask(1), ask(2)]);
  expect(engine.runs).toEqual([1, 1]);
});
