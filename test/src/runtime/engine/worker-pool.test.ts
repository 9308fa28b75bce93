import { WorkerPool } from '../../../../src/runtime/engine/worker-pool';
import type { Tensor } from '../../../../src/runtime/engine/tensors';
import { breakModel, modelFile, until, workshop } from '../support/serving';

const shop = workshop();
const pools: WorkerPool[] = [];
afterAll(() => Promise.all(pools.map((pool) => pool.close())));

function pool(size: number): { pool: WorkerPool; losses: string[] } {
  const losses: string[] = [];
  const made = new WorkerPool(size, (error) => losses.push(error.message));
  pools.push(made);
  return { pool: made, losses };
}

const row = (): Tensor[] => [{ name: 'X', datatype: 'FP32', shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) }];
const rounds = (count: number): Tensor[] => [
  { name: 'rounds', datatype: 'INT64', shape: [1], data: BigInt64Array.of(BigInt(count)) },
];

test('a model runs in every thread, and the caller keeps its inputs unless it hands them over', async () => {
  const { pool: two } = pool(2);
  const { session, signature } = await two.open(modelFile('scale', '2'));
  expect(signature.outputs[0]?.name).toBe('Y');
  const kept = row();
  const given = row();
  const runs = [two.run(session, kept, ['Y'], { transfer: false }), two.run(session, given, ['Y'], { transfer: true })];
  for (const { outputs, nanoseconds } of await Promise.all(runs)) {
    expect(outputs[0]?.data).toEqual(Float32Array.of(2, 4, 6, 8));
    expect(nanoseconds).toBeGreaterThan(0);
  }
  expect(kept[0]?.data).toHaveLength(4);
  expect(given[0]?.data).toHaveLength(0);
});

test('a model that the engine refuses is refused with its reason, and the pool goes on', async () => {
  const { pool: one } = pool(1);
  const folder = shop.folder();
  breakModel(folder, 'm');
  await expect(one.open(`${folder}/m/1/model.onnx`)).rejects.toThrow('Protobuf parsing failed');
  const { session } = await one.open(modelFile('lookup'));
  const index = (at: bigint): Tensor[] => [
    { name: 'index', datatype: 'INT64', shape: [1], data: BigInt64Array.of(at) },
  ];
  await expect(one.run(session, index(9n), ['Y'], { transfer: true })).rejects.toThrow('idx=9');
  expect((await one.run(session, index(2n), ['Y'], { transfer: true })).outputs[0]?.data).toEqual(Float32Array.of(3));
  await one.closeSession(session);
  await expect(one.run(session, index(2n), ['Y'], { transfer: true })).rejects.toThrow(
    'the model is not loaded in this thread',
  );
});

test('a thread that ends fails only the request that it held, and its replacement has every model', async () => {
  const { pool: one, losses } = pool(1);
  const slow = await one.open(modelFile('slow'));
  const scale = await one.open(modelFile('scale', '2'));
  // Before it has begun: the engine takes the process down when it is interrupted.
  void one.workers[0]?.terminate();
  const held = one.run(slow.session, rounds(10), ['Y'], { transfer: true });
  const waiting = one.run(scale.session, row(), ['Y'], { transfer: true });
  expect(one.waiting).toBe(1);
  await expect(held).rejects.toThrow(
    'worker thread: the request was lost, because the thread that held it ended; send it again.',
  );
  await expect(held).rejects.toMatchObject({ kind: 'unavailable' });
  expect((await waiting).outputs[0]?.data).toEqual(Float32Array.of(2, 4, 6, 8));
  expect(losses).toEqual(['a thread ended while it computed']);
});

test('an idle thread that ends is replaced, too', async () => {
  const { pool: one, losses } = pool(1);
  const { session } = await one.open(modelFile('scale', '2'));
  const before = one.workers[0];
  await before?.terminate();
  await until(() => one.workers[0] !== before);
  expect((await one.run(session, row(), ['Y'], { transfer: true })).outputs).toHaveLength(1);
  expect(losses).toEqual(['an idle thread ended']);
});

test('a thread that ends before it answered anything is replaced after a pause, and what waits is done then', async () => {
  const { pool: one } = pool(1);
  await one.workers[0]?.terminate();
  const { session } = await one.open(modelFile('scale', '2'));
  expect((await one.run(session, row(), ['Y'], { transfer: true })).outputs).toHaveLength(1);
});

test('a request whose client has gone is not computed', async () => {
  const { pool: one } = pool(1);
  const { session } = await one.open(modelFile('slow'));
  const first = one.run(session, rounds(100), ['Y'], { transfer: true });
  const second = one.run(session, rounds(10), ['Y'], { transfer: true, abandoned: () => true });
  await expect(second).rejects.toMatchObject({
    kind: 'canceled',
    message:
      'worker thread: the request was not computed, because its client had gone before its turn came; wait longer, or send fewer requests at once.',
  });
  await first;
});

test('closing loses what runs and what waits, and a thread that computes ends after its run', async () => {
  const { pool: one } = pool(1);
  const { session } = await one.open(modelFile('slow'));
  await one.run(session, rounds(1), ['Y'], { transfer: true });
  const exited = new Promise((resolve) => one.workers[0]?.once('exit', resolve));
  const runs = [20_000, 1].map((count) => one.run(session, rounds(count), ['Y'], { transfer: true }));
  const outcomes = Promise.allSettled(runs);
  expect(one.computing).toBe(true);
  await one.close();
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(one.computing).toBe(true);
  await exited;
  expect(one.computing).toBe(false);
});
