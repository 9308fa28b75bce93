import { RequestError, type FailureKind } from '../../../../src/runtime/engine/errors';
import type { AnswerFacts } from '../../../../src/runtime/engine/watching';
import { RequestLog, Watcher } from '../../../../src/runtime/operation/request-log';
import { Tracing } from '../../../../src/runtime/operation/tracing';
import { cleanup, memoryLogger } from '../support/cleanup';

const shop = cleanup();
const facts: AnswerFacts = {
  model: 'fraud',
  version: '3',
  id: 'r1',
  rows: 2,
  batchRows: 2,
  readMs: 1,
  queueMs: 4.00049,
  computeMs: 16,
  lane: 'inline',
  cached: false,
};
const error = (kind: FailureKind): RequestError =>
  new RequestError(kind, { code: `code-${kind}`, what: 'the value "4711" is wrong', where: 'w', why: 'y', cure: 'c' });
const settings = { errors: true, sampleRate: 0 };
const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';

test('a request of the sample is a line with what it took; the others are none', () => {
  const { logger, lines } = memoryLogger();
  const draws = [0.2, 0.6];
  const watcher = new Watcher(
    new RequestLog({ errors: true, sampleRate: 0.5 }, logger, () => draws.shift() ?? 1),
    undefined,
  );
  watcher.begin('fraud@champion', { tenant: 'acme' }).answered(facts);
  watcher.begin('fraud@champion', {}).answered(facts);
  expect(lines()).toHaveLength(1);
  const [line] = lines();
  expect(line).toMatchObject({
    level: 30,
    msg: 'request answered',
    tenant: 'acme',
    model: 'fraud',
    version: '3',
    request: 'r1',
    rows: 2,
    queueMs: 4,
    computeMs: 16,
    lane: 'inline',
  });
  expect(line?.['ms']).toBeGreaterThanOrEqual(0);
});

test.each<[FailureKind, number, boolean]>([
  ['invalid', 30, false],
  ['not-found', 30, false],
  ['limited', 40, false],
  ['rejected', 40, false],
  ['deadline', 40, false],
  ['unavailable', 50, true],
  ['backend', 50, true],
])("a failure of the kind %s is a line of level %i; only the server's own is told in words", (kind, level, told) => {
  const { logger, lines, text } = memoryLogger();
  new Watcher(new RequestLog(settings, logger), undefined).begin('m', {}).failed(error(kind), '7');
  expect(lines()).toHaveLength(1);
  expect(lines()[0]).toMatchObject({
    level,
    msg: 'request failed',
    model: 'm',
    version: '7',
    kind,
    code: `code-${kind}`,
  });
  expect(text().includes('4711')).toBe(told);
});

test('failures are not logged where the configuration says so', () => {
  const { logger, lines } = memoryLogger();
  new Watcher(new RequestLog({ errors: false, sampleRate: 0 }, logger), undefined)
    .begin('m', {})
    .failed(error('backend'), '7');
  expect(lines()).toEqual([]);
});

test('when every request fails, the log says so a hundred times a second and then how many more there were', () => {
  let now = 5000;
  const { logger, lines } = memoryLogger();
  const log = new RequestLog(settings, logger, Math.random, () => now);
  const fail = (): void => new Watcher(log, undefined).begin('m', {}).failed(error('invalid'), undefined);
  for (let i = 0; i < 1000; i++) fail();
  expect(lines()).toHaveLength(100);
  now = 6000;
  fail();
  expect(lines().slice(100)).toMatchObject([
    { msg: 'more requests failed than are logged', requests: 900 },
    { msg: 'request failed' },
  ]);
});

test('what a client may choose is cut', () => {
  const { logger, lines } = memoryLogger();
  const watcher = new Watcher(new RequestLog({ errors: true, sampleRate: 1 }, logger, () => 0), undefined);
  watcher.begin('m'.repeat(10_000), {}).failed(error('not-found'), undefined);
  watcher.begin('m', {}).answered({ ...facts, id: 'x'.repeat(10_000) });
  expect((lines()[0]?.['model'] as string).length).toBe(200);
  expect((lines()[1]?.['request'] as string).length).toBe(200);
});

test("lines carry the ids of the request's span, or of the caller's where it is not sampled", async () => {
  const { logger, lines } = memoryLogger();
  const log = new RequestLog({ errors: true, sampleRate: 1 }, logger, () => 0);
  const { url } = await shop.http((_, response) => response.end('{}'));
  const tracing = await Tracing.open({ endpoint: url, sampleRate: 1 }, {}, logger);
  shop.after(() => tracing?.stop());
  const watch = new Watcher(log, tracing).begin('m', {});
  watch.answered(facts);
  new Watcher(log, tracing).begin('m', { traceparent: parent }).failed(error('backend'), undefined);
  const [, trace, span] = watch.traceparent?.split('-') ?? [];
  expect(lines()[0]).toMatchObject({ trace, span });
  expect(lines()[1]).toMatchObject({ trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' });
});

test('a call that is turned away is a line without its token, within the same limit; one that changes the server names who', () => {
  const { logger, lines } = memoryLogger();
  const log = new RequestLog(settings, logger, Math.random, () => 5000);
  for (let i = 0; i < 150; i++) log.turnedAway(error('unauthenticated'), 'infer');
  log.controlled({ tenant: 'acme' });
  expect(lines()).toHaveLength(101);
  expect(lines()[0]).toMatchObject({ level: 30, need: 'infer', kind: 'unauthenticated', msg: 'call turned away' });
  expect(lines()[100]).toMatchObject({ level: 30, tenant: 'acme', msg: 'call that changes the server' });
  new RequestLog({ errors: false, sampleRate: 0 }, logger).turnedAway(error('forbidden'), 'read');
  expect(lines()).toHaveLength(101);
});
