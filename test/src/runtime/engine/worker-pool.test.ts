import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { WorkerPool } from '../../../../src/runtime/engine/worker-pool';
import { processWorker, threadWorker, type Computer } from '../../../../src/runtime/engine/workers';
import type { Tensor } from '../../../../src/runtime/engine/tensors';
import { breakModel, modelFile, until, workshop } from '../support/serving';

const shop = workshop();
const pools: WorkerPool[] = [];
afterAll(() => Promise.all(pools.map((pool) => pool.close())));

function pool(size: number): { pool: WorkerPool; losses: string[] } {
  const losses: string[] = [];
  const made = new WorkerPool(size, { onLoss: (error) => losses.push(error.message) });
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
    'the model is not loaded in this worker',
  );
});

test('a thread that ends fails only the request that it held, and its replacement has every model', async () => {
  const { pool: one, losses } = pool(1);
  const slow = await one.open(modelFile('slow'));
  const scale = await one.open(modelFile('scale', '2'));
  // Before it has begun: the engine takes the process down when it is interrupted.
  void one.workers[0]?.end();
  const held = one.run(slow.session, rounds(10), ['Y'], { transfer: true });
  const waiting = one.run(scale.session, row(), ['Y'], { transfer: true });
  expect(one.waiting).toBe(1);
  await expect(held).rejects.toThrow(
    'worker thread: the request was lost, because what computed it ended; send it again.',
  );
  await expect(held).rejects.toMatchObject({ kind: 'unavailable' });
  expect((await waiting).outputs[0]?.data).toEqual(Float32Array.of(2, 4, 6, 8));
  expect(losses).toEqual(['a thread ended while it computed']);
});

test('an idle thread that ends is replaced, too', async () => {
  const { pool: one, losses } = pool(1);
  const { session } = await one.open(modelFile('scale', '2'));
  const before = one.workers[0];
  await before?.end();
  await until(() => one.workers[0] !== before);
  expect((await one.run(session, row(), ['Y'], { transfer: true })).outputs).toHaveLength(1);
  expect(losses).toEqual(['an idle thread ended']);
});

test('a thread that ends before it answered anything is replaced after a pause, and what waits is done then', async () => {
  const { pool: one } = pool(1);
  await one.workers[0]?.end();
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
  const exited = new Promise((resolve) => one.workers[0]?.onExit(() => resolve(undefined)));
  const runs = [20_000, 1].map((count) => one.run(session, rounds(count), ['Y'], { transfer: true }));
  const outcomes = Promise.allSettled(runs);
  expect(one.computing).toBe(true);
  await one.close();
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await exited;
  expect(one.computing).toBe(false);
});

test('when many bytes of models were closed, every worker is replaced, and none of the others loses a model', async () => {
  const { pool: two, losses } = pool(2);
  const kept = await two.open(modelFile('scale', '2'));
  const folder = shop.folder();
  const path = `${folder}/large.onnx`;
  copyFileSync(modelFile('scale', '2'), path);
  const before = [...two.workers];
  const { session } = await two.open(path);
  // Once it is loaded, its file may as well be that of a large model.
  truncateSync(path, 70 * 1024 * 1024);
  const running = two.run(kept.session, row(), ['Y'], { transfer: false });
  await two.closeSession(session);
  expect(two.workers.filter((worker) => before.includes(worker))).toEqual([]);
  expect((await running).outputs[0]?.data).toEqual(Float32Array.of(2, 4, 6, 8));
  for (let round = 0; round < 4; round++)
    expect((await two.run(kept.session, row(), ['Y'], { transfer: true })).outputs[0]?.data).toEqual(
      Float32Array.of(2, 4, 6, 8),
    );
  expect(losses).toEqual([]);
});

/** A thread whose answers wait for the gate. */
function gated(gate: Promise<unknown>): Computer {
  const worker = threadWorker();
  return { ...worker, onAnswer: (heard) => worker.onAnswer((answer) => void gate.then(() => heard(answer))) };
}

test('a thread that is replaced while a model is opened has that model, too', async () => {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  let made = 0;
  const two = new WorkerPool(2, { make: () => (made++ === 0 ? gated(gate) : threadWorker()) });
  pools.push(two);
  const opening = two.open(modelFile('scale', '2'));
  const before = two.workers[1];
  await before?.end();
  await until(() => two.workers[1] !== before);
  open();
  const { session } = await opening;
  const runs = [row(), row()].map((inputs) => two.run(session, inputs, ['Y'], { transfer: true }));
  for (const { outputs } of await Promise.all(runs)) expect(outputs[0]?.data).toEqual(Float32Array.of(2, 4, 6, 8));
});

test('a worker that cannot be started is tried again, and the program goes on', async () => {
  const losses: string[] = [];
  let refused = 1;
  let made = 0;
  const make = (): Computer => {
    if (made++ > 0 && refused-- > 0) throw new Error('spawn ENOMEM');
    return threadWorker();
  };
  const one = new WorkerPool(1, { make, onLoss: (error) => losses.push(error.message) });
  pools.push(one);
  const { session } = await one.open(modelFile('scale', '2'));
  await one.workers[0]?.end();
  await until(() => losses.length === 2);
  expect(losses).toEqual(['an idle thread ended', 'spawn ENOMEM']);
  expect((await one.run(session, row(), ['Y'], { transfer: true })).outputs).toHaveLength(1);
});

test('a model can be closed although its worker has ended and no other can be started', async () => {
  let made = 0;
  const make = (): Computer => {
    if (made++ > 0) throw new Error('spawn ENOMEM');
    return threadWorker();
  };
  const one = new WorkerPool(1, { make });
  pools.push(one);
  const { session } = await one.open(modelFile('scale', '2'));
  await one.workers[0]?.end();
  await until(() => made === 2);
  await one.closeSession(session);
  expect(one.waiting).toBe(0);
});

test('a model that is closed while a worker is renewed is closed in the new one as well', async () => {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  let made = 0;
  const closed: unknown[] = [];
  const make = (): Computer => {
    if (made++ === 0) return threadWorker();
    const worker = gated(gate);
    return { ...worker, post: (request, transfer) => (closed.push(request.kind), worker.post(request, transfer)) };
  };
  const one = new WorkerPool(1, { make });
  pools.push(one);
  const folder = shop.folder();
  const path = `${folder}/large.onnx`;
  copyFileSync(modelFile('scale', '2'), path);
  const large = await one.open(path);
  const other = await one.open(modelFile('scale', '2'));
  truncateSync(path, 70 * 1024 * 1024);
  const renewed = one.closeSession(large.session);
  await until(() => made === 2);
  await one.closeSession(other.session);
  open();
  await renewed;
  expect(closed).toEqual(['open', 'close']);
});

test('a thread that is replaced while it computes answers before it ends, and counts as computing', async () => {
  const { pool: one, losses } = pool(1);
  const slow = await one.open(modelFile('slow'));
  const path = `${shop.folder()}/large.onnx`;
  copyFileSync(modelFile('scale', '2'), path);
  const large = await one.open(path);
  truncateSync(path, 70 * 1024 * 1024);
  const before = one.workers[0];
  const exited = new Promise((resolve) => before?.onExit(() => resolve(undefined)));
  const closing = one.closeSession(large.session);
  const held = one.run(slow.session, rounds(20_000), ['Y'], { transfer: true });
  await closing;
  expect(one.workers[0]).not.toBe(before);
  expect(one.computing).toBe(true);
  expect((await held).outputs).toHaveLength(1);
  await exited;
  expect(one.computing).toBe(false);
  expect(losses).toEqual([]);
});

test('when no fresh worker can be started, the ones that are there go on', async () => {
  const losses: string[] = [];
  let made = 0;
  const make = (): Computer => {
    if (made++ > 0) throw new Error('spawn ENOMEM');
    return threadWorker();
  };
  const one = new WorkerPool(1, { make, onLoss: (error) => losses.push(error.message) });
  pools.push(one);
  const kept = await one.open(modelFile('scale', '2'));
  const path = `${shop.folder()}/large.onnx`;
  copyFileSync(modelFile('scale', '2'), path);
  const large = await one.open(path);
  truncateSync(path, 70 * 1024 * 1024);
  await one.closeSession(large.session);
  expect(losses).toEqual(['spawn ENOMEM']);
  expect((await one.run(kept.session, row(), ['Y'], { transfer: true })).outputs).toHaveLength(1);
});

describe('in processes', () => {
  function processes(size: number): { pool: WorkerPool; losses: string[] } {
    const losses: string[] = [];
    const made = new WorkerPool(size, {
      onLoss: (error) => losses.push(error.message),
      make: () => processWorker(() => undefined),
      where: 'process of model "m"',
    });
    pools.push(made);
    return { pool: made, losses };
  }

  test('a model answers as in threads, whatever its types', async () => {
    const { pool: one } = processes(1);
    const scale = await one.open(modelFile('scale', '2'));
    const texts = await one.open(modelFile('identity_bytes'));
    const longs = await one.open(modelFile('identity_int64'));
    expect((await one.run(scale.session, row(), ['Y'], { transfer: true })).outputs[0]?.data).toEqual(
      Float32Array.of(2, 4, 6, 8),
    );
    const text: Tensor = { name: 'X', datatype: 'BYTES', shape: [1, 2], data: ['a', 'ä'] };
    expect((await one.run(texts.session, [text], ['Y'], { transfer: false })).outputs[0]?.data).toEqual(['a', 'ä']);
    const long: Tensor = { name: 'X', datatype: 'INT64', shape: [1, 2], data: BigInt64Array.of(2n ** 62n, -1n) };
    expect((await one.run(longs.session, [long], ['Y'], { transfer: false })).outputs[0]?.data).toEqual(long.data);
  });

  test('kill -9 fails only the request that the process held, and another is there within a second', async () => {
    const { pool: two, losses } = processes(2);
    const slow = await two.open(modelFile('slow'));
    const scale = await two.open(modelFile('scale', '2'));
    const runs = [two.run(slow.session, rounds(20_000), ['Y'], { transfer: true })];
    for (let i = 0; i < 4; i++) runs.push(two.run(scale.session, row(), ['Y'], { transfer: true }));
    const outcomes = Promise.allSettled(runs);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const begin = performance.now();
    process.kill(two.workers[0]?.pid as number, 'SIGKILL');
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', ...Array<string>(4).fill('fulfilled')]);
    await expect(runs[0]).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'process of model "m": the request was lost, because what computed it ended; send it again.',
    });
    expect(losses).toEqual(['a process ended while it computed']);
    const both = [rounds(1), rounds(1)].map((inputs) => two.run(slow.session, inputs, ['Y'], { transfer: true }));
    await Promise.all(both);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  test('a process sees none of the variables of its parent that it does not need, and ends with it', async () => {
    process.env['PLINTH_TEST_SECRET'] = 'secret';
    const { pool: one } = processes(1);
    delete process.env['PLINTH_TEST_SECRET'];
    await one.open(modelFile('scale', '2'));
    const pid = one.workers[0]?.pid as number;
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('PLINTH_TEST_SECRET');
    await one.close();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  test('a process that the system refuses to start is a loss like any other, and it can be ended', async () => {
    const file = join(__dirname, '../../../../src/runtime/dist/engine/workers.js');
    const program = `
      import { processWorker } from ${JSON.stringify(file)};
      process.execPath = '/nowhere/node';
      const worker = processWorker(() => undefined);
      worker.onError((error) => console.log(error.code));
      worker.onExit(() => console.log('exit'));
      await worker.end();
      console.log('ended');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(child, 'close');
    expect(text.split('\n').sort()).toEqual(['', 'ENOENT', 'ended', 'exit']);
  });

  test('a process ends when its parent is killed', async () => {
    const file = join(__dirname, '../../../../src/runtime/dist/engine/workers.js');
    const program = `
      import { processWorker } from ${JSON.stringify(file)};
      console.log(processWorker(() => undefined).pid);
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    process.kill(pid, 0);
    parent.kill('SIGKILL');
    await until(() => !existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '));
  });
});
