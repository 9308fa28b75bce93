import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePayloadLocation, payloadEvent, payloadLocation, serveConfig, type PayloadEvent } from '@plinth/contract';
import { openLocation } from '../../../src/runtime/clients/location';
import type { Tensor } from '../../../src/runtime/engine/tensors';
import { PayloadLog, type PayloadLogSettings } from '../../../src/runtime/payload-log';
import { FileSink, subjectToken, type PayloadSink } from '../../../src/runtime/payload-sinks';
import { cleanup, memoryLogger, until } from './support/cleanup';

const shop = cleanup();

/** Flushed by hand unless a test says otherwise. */
function log(folder: string, settings: Partial<PayloadLogSettings> = {}, random?: () => number): PayloadLog {
  return logTo(new FileSink(openLocation(folder)), undefined, settings, random);
}

function logTo(
  sink: PayloadSink,
  logger = memoryLogger().logger,
  settings: Partial<PayloadLogSettings> = {},
  random?: () => number,
): PayloadLog {
  const defaults = serveConfig.parse({ modelRepository: '/m', payloadLog: { location: '/log' } }).payloadLog;
  const made = new PayloadLog(
    sink,
    { ...(defaults as PayloadLogSettings), flushSeconds: 3600, ...settings },
    logger,
    random,
  );
  shop.after(() => made.stop());
  return made;
}

const tensor = (name: string, ...values: number[]): Tensor => ({
  name,
  datatype: 'FP32',
  shape: [1, values.length],
  data: Float32Array.from(values),
});
const record = (to: PayloadLog, model = 'm'): void => to.record(model, '1', [tensor('X', 1, NaN)], [tensor('Y', 0.5)]);
const segments = (folder: string, model = 'm'): string[] => readdirSync(join(folder, model)).sort();
const events = (folder: string, segment: string, model = 'm'): PayloadEvent[] =>
  readFileSync(join(folder, model, segment), 'utf8')
    .trim()
    .split('\n')
    .map((line) => payloadEvent.parse(JSON.parse(line)));

test('events are those of the contract, in segments of the model whose names sort by time', async () => {
  const folder = shop.folder();
  const to = log(folder);
  record(to);
  record(to);
  record(to, 'other');
  await to.flush();
  record(to);
  await to.flush();
  const names = segments(folder);
  expect(names).toHaveLength(2);
  expect(names[0]).toMatch(/^\d{8}T\d{9}Z-[0-9a-f]{8}-\d{6}\.jsonl$/);
  const [first] = events(folder, names[0] ?? '');
  expect(first?.data).toEqual({
    model: 'm',
    version: '1',
    inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 2], data: [1, null] }],
    outputs: [{ name: 'Y', datatype: 'FP32', shape: [1, 1], data: [0.5] }],
  });
  expect(first?.subject).toBe('m');
  const ids = names.flatMap((name) => events(folder, name)).map(({ id }) => id);
  expect(new Set(ids).size).toBe(3);
  expect(segments(folder, 'other')).toHaveLength(1);
  expect(to.waitingBytes).toBe(0);
});

test('the event of a request that is traced says so', async () => {
  const folder = shop.folder();
  const to = log(folder);
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  to.record('m', '1', [], [], traceparent);
  record(to);
  await to.flush();
  expect(events(folder, segments(folder)[0] ?? '').map((event) => event.traceparent)).toEqual([traceparent, undefined]);
});

test('a full segment is written at once, one that is not after flushSeconds', async () => {
  const folder = shop.folder();
  const full = log(folder, { segmentEvents: 2 });
  record(full);
  record(full);
  await until(() => full.waitingBytes === 0);
  expect(segments(folder)).toHaveLength(1);
  const timed = shop.folder();
  const soon = log(timed, { flushSeconds: 0.02 });
  record(soon);
  await until(() => soon.waitingBytes === 0);
  expect(segments(timed)).toHaveLength(1);
});

test('what does not fit in memory is dropped and counted', async () => {
  const folder = shop.folder();
  const to = log(folder, { maxPendingBytes: 1000 });
  for (let i = 0; i < 10; i++) record(to);
  expect(to.dropped).toBeGreaterThan(0);
  expect(to.waitingBytes).toBeLessThanOrEqual(1000);
  const kept = 10 - to.dropped;
  await to.flush();
  expect(events(folder, segments(folder)[0] ?? '')).toHaveLength(kept);
  const tiny = log(folder, { maxPendingBytes: 1 });
  record(tiny);
  expect(tiny.dropped).toBe(1);
});

test('a segment that cannot be written waits for the next flush, in order', async () => {
  const folder = join(shop.folder(), 'log');
  writeFileSync(folder, 'a file where the folder should be');
  const to = log(folder);
  record(to);
  await to.flush();
  expect(to.waitingBytes).toBeGreaterThan(0);
  rmSync(folder);
  record(to);
  await to.flush();
  expect(segments(folder)).toHaveLength(2);
  expect(to.waitingBytes).toBe(0);
  expect(to.dropped).toBe(0);
});

test('a log that stops writes what is left, and counts what cannot be written as dropped', async () => {
  const folder = shop.folder();
  const to = log(folder);
  record(to);
  await to.stop();
  expect(segments(folder)).toHaveLength(1);
  const nowhere = join(folder, 'm', segments(folder)[0] ?? '');
  const lost = log(nowhere);
  record(lost);
  record(lost);
  await lost.stop();
  expect(lost.dropped).toBe(2);
});

test('only the sample is wanted', () => {
  const folder = shop.folder();
  const draws = [0.1, 0.7];
  const half = log(folder, { sampleRate: 0.5 }, () => draws.shift() ?? 1);
  expect([half.wants([]), half.wants([])]).toEqual([true, false]);
  expect(log(folder, { sampleRate: 1 }, () => 0.9999).wants([])).toBe(true);
  expect(log(folder, { sampleRate: 0 }, () => 0).wants([])).toBe(false);
});

test('a segment keeps its name when it is tried again, so that it is not there twice', async () => {
  const names: string[] = [];
  const sink: PayloadSink = {
    text: 'test',
    write: ({ name }) => {
      names.push(name);
      // Stored, but the answer is lost.
      return names.length === 1 ? Promise.reject(new Error('lost')) : Promise.resolve(0);
    },
    close: () => Promise.resolve(),
  };
  const to = logTo(sink);
  record(to);
  await to.flush();
  await to.flush();
  expect(names).toHaveLength(2);
  expect(new Set(names).size).toBe(1);
});

test('events that a sink can never take are dropped, counted and told', async () => {
  const { logger, text } = memoryLogger();
  const sink = { text: 'nats://test', write: () => Promise.resolve(1), close: () => Promise.resolve() };
  const to = logTo(sink, logger);
  record(to);
  record(to);
  await to.flush();
  expect(to.dropped).toBe(1);
  expect(to.waitingBytes).toBe(0);
  expect(text()).toMatch(/payload log nats:\/\/test: events are larger than it takes, and are lost/);
});

test('a log that stops does not wait for ever for a sink that hangs', async () => {
  const { logger, text } = memoryLogger();
  const sink = { text: 'test', write: () => new Promise<number>(() => undefined), close: () => Promise.resolve() };
  const to = logTo(sink, logger);
  record(to);
  void to.flush();
  record(to);
  await to.stop(0.01);
  expect(to.dropped).toBe(2);
  expect(text()).toMatch(/2 events could not be written and are lost/);
});

test.each([
  ['a.b*c>d e', 'a%2Eb%2Ac%3Ed%20e'],
  ['fraud', 'fraud'],
  ['größe', 'gr%C3%B6%C3%9Fe'],
])('the model "%s" has the subject "%s"', (model, token) => expect(subjectToken(model)).toBe(token));

test.each([
  [
    'nats://host:4222/plinth.payloads',
    { kind: 'nats', servers: ['host:4222'], tls: false, subject: 'plinth.payloads' },
  ],
  ['tls://a:4222,b:4222/p', { kind: 'nats', servers: ['a:4222', 'b:4222'], tls: true, subject: 'p' }],
  ['s3://bucket/p', { kind: 's3', bucket: 'bucket', prefix: 'p' }],
  ['/log', { kind: 'folder', path: '/log' }],
])('a payload log may go to %s', (text, parsed) => expect(parsePayloadLocation(text)).toEqual(parsed));

test.each([
  'nats://host',
  'nats://host/',
  'nats://host/a.*',
  'nats://host/a b',
  'nats://user:word@host/a',
  'gs://a/b',
  's3://A',
])('a payload log may not go to %s', (text) =>
  expect(() => payloadLocation.parse(text)).toThrow(/a payload log goes to a folder, to s3:/),
);

test('an event with large tensors is dropped and counted, and nothing is kept for it', async () => {
  const folder = shop.folder();
  const large = log(folder, { maxEventBytes: 16 });
  const tensor = (length: number): Tensor => ({
    name: 'x',
    datatype: 'FP32',
    shape: [length],
    data: new Float32Array(length),
  });
  expect(large.wants([tensor(4)])).toBe(true);
  expect(large.wants([tensor(5)])).toBe(false);
  expect(large.wants([{ name: 't', datatype: 'BYTES', shape: [1], data: ['nine chars'] }])).toBe(false);
  large.record('m', '1', [tensor(2)], [tensor(3)]);
  expect(large.dropped).toBe(3);
  large.record('m', '1', [tensor(2)], [tensor(2)]);
  expect(large.dropped).toBe(3);
  await large.stop();
});
