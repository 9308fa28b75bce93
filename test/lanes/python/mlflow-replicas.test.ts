/** @jest-environment ./test/src/runtime/support/engine-environment.js */
// Two servers with the registry of a real MLflow server act as one.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditEvent, headerNames } from '@plinth/contract';
import { call, input, modelFile, until, workshop } from '../../src/runtime/support/serving';
import { mlflowServer } from './mlflow-support';

// The compiled program, as it is deployed.
const main = join(__dirname, '../../../src/runtime/dist/main.js');
const shop = workshop();
const mlflow = mlflowServer();
const { client } = mlflow;

interface Replica {
  readonly http: string;
  readonly metrics: string;
  log(): string;
}

const running: ChildProcessWithoutNullStreams[] = [];
afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

async function replica(name: string, ...args: string[]): Promise<Replica> {
  const free = ['--host', '127.0.0.1', '--http-port', '0', '--grpc-port', '0', '--metrics-port', '0', '--workers', '1'];
  const own = ['--model-repository', `models:/${name}`, '--poll-seconds', '0.5', '--scratch', shop.folder()];
  const env = { PATH: process.env['PATH'], MLFLOW_TRACKING_URI: mlflow.url() };
  const child = spawn(process.execPath, [main, 'serve', ...own, ...free, ...args], { env });
  running.push(child);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  await until(() => {
    if (child.exitCode !== null) throw new Error(err);
    return out.includes('\n');
  });
  const { listening } = JSON.parse(out) as { listening: { http: string; metrics: string } };
  await until(async () => (await call(`${listening.http}/v2/health/ready`)).status === 200);
  return { ...listening, log: () => err };
}

/** Registers files as versions 1, 2 and so on of a model with a name of its own, the first the champion. */
async function registered(...paths: string[]): Promise<string> {
  const name = `m-${randomUUID().slice(0, 8)}`;
  for (const path of paths) await client('register', { name, path });
  await alias(name, 'champion', '1');
  return name;
}
const alias = (name: string, own: string, version: string): Promise<unknown> =>
  client('set_registered_model_alias', { name, alias: own, version });
const tag = (name: string, key: string, value: string): Promise<unknown> =>
  client('set_registered_model_tag', { name, key, value });

interface Answered {
  readonly status: number;
  readonly version: unknown;
}

async function ask({ http }: Replica, model: string, body: object, key?: string): Promise<Answered> {
  const headers: Record<string, string> = key === undefined ? {} : { [headerNames.sticky]: key };
  const text = JSON.stringify({ inputs: [body] });
  const { status, json } = await call(`${http}/v2/models/${model}/infer`, { method: 'POST', body: text, headers });
  return { status, version: json['model_version'] };
}

const ones = input('X', 'FP32', [1, 4], [1, 1, 1, 1]);
const zero = input('index', 'INT64', [1], [0]);

test('an alias that is moved in MLflow moves the traffic of both within seconds, and no request fails', async () => {
  const name = await registered(modelFile('scale', '1'), modelFile('scale', '2'));
  const replicas = await Promise.all([replica(name), replica(name)]);
  for (const each of replicas) expect(await ask(each, name, ones)).toEqual({ status: 200, version: '1' });
  for (const version of ['2', '1']) {
    const begin = performance.now();
    await alias(name, 'champion', version);
    const statuses = new Set<number>();
    for (const each of replicas)
      await until(async () => {
        const answered = await ask(each, name, ones);
        statuses.add(answered.status);
        return answered.version === version;
      });
    expect([...statuses]).toEqual([200]);
    expect(performance.now() - begin).toBeLessThan(10_000);
  }
});

test('tags are weights, and a key meets the same arm on both', async () => {
  const name = await registered(modelFile('scale', '1'), modelFile('scale', '2'));
  await alias(name, 'challenger', '2');
  const replicas = await Promise.all([replica(name), replica(name)]);
  expect((await ask(replicas[0] as Replica, `${name}@challenger`, ones)).version).toBe('2');
  const keys = Array.from({ length: 60 }, (_, i) => `customer ${i}`);
  const arms = (each: Replica): Promise<unknown[]> =>
    Promise.all(keys.map(async (key) => (await ask(each, name, ones, key)).version));
  for (const each of replicas) expect(new Set(await arms(each))).toEqual(new Set(['1']));
  await tag(name, 'plinth.canary.weight', '0.5');
  for (const each of replicas) await until(async () => new Set(await arms(each)).size === 2);
  const [left, right] = await Promise.all(replicas.map(arms));
  expect(left).toEqual(right);
  const share = left?.filter((version) => version === '2').length ?? 0;
  expect(share).toBeGreaterThan(15);
  expect(share).toBeLessThan(45);
  await tag(name, 'plinth.canary.weight', '1');
  for (const each of replicas) await until(async () => !(await arms(each)).includes('1'));
});

test('a bad challenger is taken back by the first that knows, and the other follows', async () => {
  // Version 2 fails on what version 1 answers.
  const name = await registered(modelFile('lookup'), modelFile('picky'));
  await alias(name, 'challenger', '2');
  await tag(name, 'plinth.canary.weight', '0.5');
  await tag(name, 'plinth.canary.replicas', '2');
  const auditLog = shop.folder();
  const replicas = await Promise.all([replica(name, '--audit-log', auditLog), replica(name, '--audit-log', auditLog)]);
  const failures: number[] = [];
  await until(async () => {
    const answers = await Promise.all(replicas.map((each) => ask(each, name, zero)));
    failures.push(...answers.map(({ status }) => status).filter((status) => status !== 200));
    const { aliases } = await client<{ aliases: Record<string, string> }>('describe', { name });
    return aliases['challenger'] === '1';
  });
  expect(new Set(failures)).toEqual(new Set([500]));

  let tags: Record<string, string> = {};
  await until(async () => {
    ({ tags } = await client<{ tags: Record<string, string> }>('describe', { name }));
    return 'plinth.audit' in tags;
  });
  expect(tags['plinth.canary.weight']).toBe('0');
  const event = auditEvent.parse(JSON.parse(tags['plinth.audit'] ?? ''));
  expect(event.data).toMatchObject({ model: name, champion: '1', challenger: '2', metric: 'errors', replicas: 2 });
  // Half of alpha for each of two replicas, and a third of that for each of three metrics.
  expect(event.data.needed).toBeCloseTo(1 / (0.05 / 2 / 3));

  // Nobody meets the challenger any more, on either.
  for (const each of replicas)
    await until(async () => {
      const answers = await Promise.all(Array.from({ length: 30 }, () => ask(each, name, zero)));
      return answers.every(({ status, version }) => status === 200 && version === '1');
    });
  const written = (): string[] =>
    readdirSync(auditLog).includes(name)
      ? readdirSync(join(auditLog, name)).filter((file) => !file.startsWith('.'))
      : [];
  await until(() => written().length > 0);
  const files = written();
  expect(files).toHaveLength(1);
  expect(JSON.parse(readFileSync(join(auditLog, name, files[0] ?? ''), 'utf8'))).toMatchObject({ id: event.id });
  const decided = replicas.filter((each) => each.log().includes('gets no more requests for the model'));
  expect(decided).toHaveLength(1);
  expect(decided[0]?.log()).toContain(
    `In the registry the alias \\"challenger\\" of models:/${name} points to version 1 now, and the weight is 0.`,
  );
  const own = await client<Record<string, string>>('version_tags', { name, version: '2' });
  expect(JSON.parse(own['plinth.audit'] ?? '{}')).toMatchObject({ id: event.id });
});

test('what serves is served on when its aliases are gone, and when the registry is', async () => {
  const name = await registered(modelFile('scale', '1'), modelFile('scale', '2'));
  const each = await replica(name);
  const lines = (text: string): number => each.log().split(text).length - 1;
  await client('delete_registered_model_alias', { name, alias: 'champion' });
  const bare = `models:/${name}: the model is served as it was, because at ${mlflow.url()} no alias points to a version of it any more; set an alias, or end the server.`;
  await until(() => lines(bare) === 1);
  expect(await ask(each, name, ones)).toEqual({ status: 200, version: '1' });
  await alias(name, 'champion', '2');
  await until(async () => (await ask(each, name, ones)).version === '2');
  await mlflow.stop();
  await until(() => lines(`models:/${name}: the MLflow server at ${mlflow.url()} cannot be asked`) > 1);
  expect(await ask(each, name, ones)).toEqual({ status: 200, version: '2' });
  expect((await call(`${each.http}/v2/health/ready`)).status).toBe(200);
});
