/** @jest-environment ./test/src/runtime/support/engine-environment.js */
// The S3 side of locations against moto (https://github.com/getmoto/moto), a stand-in for AWS written in Python.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { payloadEvent } from '@plinth/contract';
import { openLocation, readLocation, watchLocation } from '../../../src/runtime/clients/location';
import { call, infer, input, modelFile, until, untilReady, workshop } from '../../src/runtime/support/serving';

const shop = workshop();
const scratch = mkdtempSync(join(tmpdir(), 'plinth-s3-'));
let moto: ChildProcess;
let client: S3Client;
const before = { ...process.env };

beforeAll(async () => {
  const python = process.env['PLINTH_PYTHON'] ?? 'python3';
  moto = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  moto.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  moto.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(() => /Running on (http:\S+)/.test(said));
  const endpoint = /Running on (http:\S+)/.exec(said)?.[1] ?? '';
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-west-1',
  });
  client = new S3Client({ endpoint, forcePathStyle: true });
  const where = { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } } as const;
  await client.send(new CreateBucketCommand({ Bucket: 'lake', ...where }));
}, 60_000);

afterAll(() => {
  moto.kill();
  client.destroy();
  process.env = before;
  rmSync(scratch, { recursive: true, force: true });
});

const put = (key: string, body: string | Buffer): Promise<unknown> =>
  client.send(new PutObjectCommand({ Bucket: 'lake', Key: key, Body: body }));

test('lists, reads, writes and downloads below a prefix', async () => {
  const location = openLocation('s3://lake/one/');
  expect(await location.list()).toEqual([]);
  for (const name of ['b/2', 'b/10', 'a']) await location.write(name, `<${name}>`);
  await put('one/folder/', Buffer.alloc(0));
  await put('one/.hidden/x', 'x');
  await put('onetwo/elsewhere', 'x');
  const files = await location.list();
  expect(files.map(({ name, bytes }) => [name, bytes])).toEqual([
    ['a', 3],
    ['b/10', 6],
    ['b/2', 5],
  ]);
  expect((await location.list({ under: 'b', after: 'b/10' })).map(({ name }) => name)).toEqual(['b/2']);
  expect((await location.read('b/2')).toString()).toBe('<b/2>');
  expect((await readLocation('s3://lake/one/b/10')).toString()).toBe('<b/10>');
  await location.download('a', join(scratch, 'deep/a'));
  expect(readFileSync(join(scratch, 'deep/a'), 'utf8')).toBe('<a>');
  const tag = files[0]?.tag;
  await location.write('a', 'new');
  expect((await location.list())[0]?.tag).not.toBe(tag);
});

test('lists more than one page', async () => {
  const location = openLocation('s3://lake/many');
  const names = Array.from({ length: 1005 }, (_, i) => String(i).padStart(4, '0'));
  for (let i = 0; i < names.length; i += 50)
    await Promise.all(names.slice(i, i + 50).map((name) => location.write(name, '')));
  expect((await location.list()).map(({ name }) => name)).toEqual(names);
}, 60_000);

test('a whole bucket is a location, and new objects are seen', async () => {
  const stop = new AbortController();
  const looks = watchLocation(openLocation('s3://lake'), { everySeconds: 0.01, signal: stop.signal, under: 'watched' });
  const first = looks.next();
  await put('watched/x', '1');
  expect((await first).value).toMatchObject([{ name: 'watched/x' }]);
  stop.abort();
});

test('each failure gets its sentence', async () => {
  const location = openLocation('s3://lake/one');
  const missing =
    's3://lake/one/none: the file is missing, because nothing is stored under that name; check the name, or write it first.';
  await expect(location.read('none')).rejects.toThrow(missing);
  await expect(location.download('none', join(scratch, 'none'))).rejects.toThrow(missing);
  const nowhere = openLocation('s3://no-such-bucket/x');
  await expect(nowhere.list()).rejects.toThrow(
    /^s3:\/\/no-such-bucket\/x: it cannot be read, because NoSuchBucket: .*; check that it exists, that it is reachable, and that this program may read it\.$/,
  );
  await expect(nowhere.read('y')).rejects.toThrow('s3://no-such-bucket/x/y: it cannot be read, because NoSuchBucket');
  await expect(nowhere.write('y', '')).rejects.toThrow(
    /^s3:\/\/no-such-bucket\/x\/y: it cannot be written, because NoSuchBucket: .*; check that it exists, that there is room, and that this program may write it\.$/,
  );
});

test('a server serves the models of a bucket that is empty at first, and logs payloads into it', async () => {
  const program = await shop.serve({
    modelRepository: 's3://lake/models',
    scratch,
    payloadLog: { location: 's3://lake/payloads', flushSeconds: 0.1 },
  });
  await until(async () => (await call(`${program.urls.http}/v2/health/ready`)).text.includes('holds no model yet'));
  await put('models/scale/2/model.onnx', readFileSync(modelFile('scale', '2')));
  await untilReady(program);
  const answer = await infer(program.urls.http, 'scale', { inputs: [input('X', 'FP32', [1, 4], [1, 2, 3, 4])] });
  expect(answer.json.outputs?.[0]?.data).toEqual([2, 4, 6, 8]);
  const payloads = openLocation('s3://lake/payloads');
  await until(async () => (await payloads.list()).length > 0);
  const [segment] = await payloads.list({ under: 'scale' });
  const line = (await payloads.read(segment?.name ?? '')).toString().trim();
  expect(payloadEvent.parse(JSON.parse(line)).data.inputs[0]?.data).toEqual([1, 2, 3, 4]);
}, 30_000);

test('a bucket that does not exist yet keeps the server live, not ready, and looking', async () => {
  const program = await shop.serve({ modelRepository: 's3://later/models', scratch });
  await until(async () => (await call(`${program.urls.http}/v2/health/ready`)).text.includes('has not been read yet'));
  const where = { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } } as const;
  await client.send(new CreateBucketCommand({ Bucket: 'later', ...where }));
  await client.send(
    new PutObjectCommand({ Bucket: 'later', Key: 'models/scale/1/model.onnx', Body: readFileSync(modelFile('scale')) }),
  );
  await untilReady(program);
}, 30_000);
