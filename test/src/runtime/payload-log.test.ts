import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { payloadEvent, serveConfig, type PayloadEvent } from '@plinth/contract';
import { openLocation } from '../../../src/runtime/clients/location';
import type { Tensor } from '../../../src/runtime/engine/tensors';
import { PayloadLog, type PayloadLogSettings } from '../../../src/runtime/payload-log';
import { makeLogger } from '../../../src/runtime/program';
import { until, workshop } from './support/serving';

const shop = workshop();
const logs: PayloadLog[] = [];
afterAll(() => Promise.all(logs.map((log) => log.stop())));

/** Flushed by hand unless a test says otherwise. */
function log(folder: string, settings: Partial<PayloadLogSettings> = {}, random?: () => number): PayloadLog {
  const defaults = serveConfig.parse({ modelRepository: '/m', payloadLog: { location: folder } }).payloadLog;
  const made = new PayloadLog(
    openLocation(folder),
    { ...(defaults as PayloadLogSettings), flushSeconds: 3600, ...settings },
    makeLogger('silent', 'test'),
    random,
  );
  logs.push(made);
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
  expect([half.wants(), half.wants()]).toEqual([true, false]);
  expect(log(folder, { sampleRate: 1 }, () => 0.9999).wants()).toBe(true);
  expect(log(folder, { sampleRate: 0 }, () => 0).wants()).toBe(false);
});
