import { RequestError } from '../../../../src/runtime/engine/errors';
import type { AnswerFacts } from '../../../../src/runtime/engine/watching';
import { formatTraceparent, parseTraceparent } from '../../../../src/runtime/operation/traceparent';
import { Tracing } from '../../../../src/runtime/operation/tracing';
import { cleanup, memoryLogger } from '../support/cleanup';

// The exporter tries again for some seconds where nobody answers.
jest.setTimeout(30_000);
const shop = cleanup();

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly status: { readonly code?: number; readonly message?: string };
}
interface Sent {
  readonly resourceSpans: {
    readonly resource: { readonly attributes: SentSpan['attributes'] };
    readonly scopeSpans: { readonly scope: { readonly name: string }; readonly spans: SentSpan[] }[];
  }[];
}

/** A collector: takes OTLP as JSON over HTTP. */
async function collector(): Promise<{ url: string; sent: Sent[]; paths: string[]; spans(): SentSpan[] }> {
  const sent: Sent[] = [];
  const paths: string[] = [];
  const { url } = await shop.http((request, response) => {
    let text = '';
    paths.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers['content-type'] ?? ''}`);
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      sent.push(JSON.parse(text) as Sent);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  const spans = (): SentSpan[] =>
    sent.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap((each) => each.scopeSpans.flatMap((scope) => scope.spans)),
    );
  return { url, sent, paths, spans };
}

async function open(endpoint: string, sampleRate = 1, random?: () => number): Promise<Tracing> {
  const tracing = await Tracing.open({ endpoint, sampleRate }, {}, memoryLogger().logger, random);
  if (tracing === undefined) throw new Error('it is off');
  shop.after(() => tracing.stop());
  return tracing;
}

const facts: AnswerFacts = {
  model: 'fraud',
  version: '3',
  id: 'r1',
  rows: 2,
  batchRows: 8,
  readMs: 1,
  queueMs: 4,
  computeMs: 16,
  lane: 'worker',
  cached: false,
};
const attributes = (span: SentSpan | undefined): Record<string, unknown> =>
  Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]));
const nanoseconds = (span: SentSpan | undefined): bigint =>
  BigInt(span?.endTimeUnixNano ?? 0) - BigInt(span?.startTimeUnixNano ?? 0);

const parent = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true };

test('a request is a span with its queue and its computation below it, sent when tracing stops', async () => {
  const at = await collector();
  const tracing = await open(`${at.url}/`);
  const traced = tracing.begin('fraud@champion', undefined);
  expect(traced?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  traced?.answered(facts);
  await tracing.stop();
  expect(at.paths).toEqual(['POST /v1/traces application/json']);
  const spans = at.spans();
  const [request, queue, compute] = ['infer', 'queue', 'compute'].map((name) =>
    spans.find((span) => span.name === name),
  );
  expect(spans).toHaveLength(3);
  expect([request?.traceId, request?.spanId]).toEqual([traced?.traceId, traced?.spanId]);
  expect(request?.parentSpanId ?? '').toBe('');
  expect([queue?.parentSpanId, compute?.parentSpanId]).toEqual([request?.spanId, request?.spanId]);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(request?.kind).toBe(2);
  const expected = { 'plinth.model': 'fraud', 'plinth.version': '3', 'plinth.rows': 2, 'plinth.batch_size': 8 };
  for (const span of [request, compute])
    expect(attributes(span)).toMatchObject({ ...expected, 'plinth.lane': 'worker', 'plinth.cached': false });
  expect(Number(nanoseconds(queue)) / 1e6).toBeCloseTo(4, 2);
  expect(Number(nanoseconds(compute)) / 1e6).toBeCloseTo(16, 2);
  expect(compute?.startTimeUnixNano).toBe(queue?.endTimeUnixNano);
  expect(request?.status.code ?? 0).toBe(0);
  const [resource] = at.sent[0]?.resourceSpans ?? [];
  expect(
    Object.fromEntries((resource?.resource.attributes ?? []).map(({ key, value }) => [key, value['stringValue']])),
  ).toMatchObject({ 'service.name': 'plinth-runtime' });
});

test('a request that is part of a trace stays in it, and its sender decides whether it is sampled', async () => {
  const at = await collector();
  const tracing = await open(at.url, 0);
  expect(tracing.begin('m', undefined)).toBeUndefined();
  expect(tracing.begin('m', { ...parent, sampled: false })).toBeUndefined();
  const traced = tracing.begin('m', parent);
  traced?.answered({ ...facts, cached: true, lane: undefined });
  await tracing.stop();
  const spans = at.spans();
  expect(spans.map(({ name }) => name).sort()).toEqual(['infer', 'queue']);
  expect(spans.find(({ name }) => name === 'infer')?.parentSpanId).toBe(parent.spanId);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([parent.traceId]));
});

test('only the sample begins traces', async () => {
  const at = await collector();
  const draws = [0.2, 0.6];
  const tracing = await open(at.url, 0.5, () => draws.shift() ?? 1);
  expect(tracing.begin('m', undefined)).toBeDefined();
  expect(tracing.begin('m', undefined)).toBeUndefined();
});

test("a failure has its code; only the server's own is an error, and a client's words are not repeated", async () => {
  const at = await collector();
  const tracing = await open(at.url);
  const finding = { code: 'invalid-request', what: 'secret-value', where: 'w', why: 'y', cure: 'c' };
  tracing.begin('m', undefined)?.failed(new RequestError('invalid', finding), undefined);
  tracing
    .begin('m', undefined)
    ?.failed(new RequestError('backend', { ...finding, code: 'model-failed', what: 'it failed' }), '7');
  await tracing.stop();
  const [client, server] = at.spans();
  expect(attributes(client)).toMatchObject({ 'error.type': 'invalid-request', 'plinth.failure': 'invalid' });
  expect(client?.status.code ?? 0).toBe(0);
  expect(JSON.stringify(client)).not.toContain('secret-value');
  expect(attributes(server)).toMatchObject({ 'error.type': 'model-failed', 'plinth.version': '7' });
  expect(server?.status).toEqual({ code: 2, message: 'w: it failed, because y; c.' });
});

test('it is off without an endpoint, and on with that of the environment', async () => {
  const { logger } = memoryLogger();
  expect(await Tracing.open(undefined, {}, logger)).toBeUndefined();
  expect(await Tracing.open({ sampleRate: 1 }, { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, logger)).toBeUndefined();
  const at = await collector();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: at.url, OTEL_SERVICE_NAME: 'scores' };
  const tracing = await Tracing.open({ sampleRate: 1 }, env, logger);
  tracing?.begin('m', undefined)?.answered(facts);
  await tracing?.stop();
  expect(at.spans()).toHaveLength(3);
  expect(JSON.stringify(at.sent)).toContain('"scores"');
});

test('a collector that fails or is gone harms nobody, and is told to the log', async () => {
  const { url } = await shop.http((_, response) => response.writeHead(400).end());
  for (const endpoint of [url, 'http://127.0.0.1:1']) {
    const { logger, text } = memoryLogger();
    const tracing = await Tracing.open({ endpoint, sampleRate: 1 }, {}, logger);
    tracing?.begin('m', undefined)?.answered(facts);
    await tracing?.stop();
    expect(text()).toMatch(/tracing: spans are lost \((Bad Request|connect ECONNREFUSED 127\.0\.0\.1:1)\)/);
  }
});

test.each([
  [`00-${parent.traceId}-${parent.spanId}-01`, parent],
  [`00-${parent.traceId}-${parent.spanId}-00`, { ...parent, sampled: false }],
  [`cc-${parent.traceId}-${parent.spanId}-01-what-a-later-version-adds`, parent],
  [`00-${parent.traceId}-${parent.spanId}-01-more`, undefined],
  [`ff-${parent.traceId}-${parent.spanId}-01`, undefined],
  [`00-${'0'.repeat(32)}-${parent.spanId}-01`, undefined],
  [`00-${parent.traceId}-${'0'.repeat(16)}-01`, undefined],
  [`00-${parent.traceId.toUpperCase()}-${parent.spanId}-01`, undefined],
  ['', undefined],
  [undefined, undefined],
])('traceparent "%s" is read as the recommendation says', (text, expected) => {
  expect(parseTraceparent(text)).toEqual(expected);
});

test('traceparent is written as it is read', () => {
  expect(parseTraceparent(formatTraceparent(parent))).toEqual(parent);
  expect(formatTraceparent({ ...parent, sampled: false })).toMatch(/-00$/);
});
