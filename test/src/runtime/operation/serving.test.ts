/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { payloadEvent, type PayloadEvent } from '@plinth/contract';
import { cleanup } from '../support/cleanup';
import { call, input, until, untilReady, workshop, type Answer } from '../support/serving';

const shop = workshop();
const near = cleanup();
const body = JSON.stringify({ inputs: [input('X', 'FP32', [1, 4], [1, 2, 3, 4])] });
const send = (url: string, headers: Record<string, string> = {}, text = body): Promise<Answer> =>
  call(`${url}/v2/models/scale/infer`, { method: 'POST', body: text, headers });
const token = (name: string): Record<string, string> => ({ authorization: `Bearer secret-of-${name}` });

function tokensFile(): string {
  const hash = (name: string): string => createHash('sha256').update(`secret-of-${name}`).digest('hex');
  const file = join(shop.folder(), 'tokens.json');
  const tokens = [
    { name: 'app', sha256: hash('app'), scopes: ['infer'] },
    { name: 'viewer', sha256: hash('viewer'), scopes: ['read'] },
  ];
  writeFileSync(file, JSON.stringify({ tokens }));
  return file;
}

test('with tokens, each call needs its scope; health needs none', async () => {
  const program = await shop.serve({ modelRepository: shop.repository('scale'), auth: { tokensFile: tokensFile() } });
  await untilReady(program);
  const { http, metrics } = program.urls;
  for (const open of ['/v2/health/live', '/v2/health/ready', '/v2/models/scale/ready'])
    expect((await call(http + open)).status).toBe(200);

  const without = await send(http);
  expect([without.status, without.headers['www-authenticate']]).toEqual([401, 'Bearer realm="plinth"']);
  expect(without.json.error).toMatch(/^header Authorization: there is no token, because/);
  const wrong = await send(http, token('nobody'));
  expect([wrong.status, wrong.headers['www-authenticate']]).toEqual([
    401,
    'Bearer realm="plinth", error="invalid_token"',
  ]);
  const viewer = await send(http, token('viewer'));
  expect(viewer.status).toBe(403);
  expect(viewer.headers['www-authenticate']).toMatch(/error="insufficient_scope", scope="infer"/);
  expect((await send(http, token('app'))).status).toBe(200);

  for (const path of ['/v2', '/v2/models/scale']) {
    expect((await call(http + path)).status).toBe(401);
    expect((await call(http + path, { headers: token('app') })).status).toBe(403);
    expect((await call(http + path, { headers: token('viewer') })).status).toBe(200);
  }
  const text = (await call(`${metrics}/metrics`)).text;
  expect(text).toContain('plinth_auth_failures_total{reason="unauthenticated"} 4');
  expect(text).toContain('plinth_auth_failures_total{reason="forbidden"} 3');
});

test('a body is not read before its token is known to be good', async () => {
  const program = await shop.serve({
    modelRepository: shop.repository('scale'),
    auth: { tokensFile: tokensFile() },
    maxRequestBytes: 1000,
  });
  await untilReady(program);
  const large = ' '.repeat(100_000);
  expect((await send(program.urls.http, {}, large)).status).toBe(401);
  expect((await send(program.urls.http, token('app'), large)).status).toBe(413);
});

test('a tenant above its rate gets 429 with the seconds to wait, and the others are answered', async () => {
  const program = await shop.serve({
    modelRepository: shop.repository('scale'),
    auth: { tokensFile: tokensFile(), openMetadata: true },
    tenants: { rate: 1000, limits: 'app=0.01/2' },
  });
  await untilReady(program);
  const { http, metrics } = program.urls;
  const answers: Answer[] = [];
  for (let i = 0; i < 3; i++) answers.push(await send(http, token('app')));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  const seconds = Number(answers[2]?.headers['retry-after']);
  expect(seconds).toBeGreaterThan(90);
  expect(seconds).toBeLessThanOrEqual(100);
  expect(answers[2]?.json.error).toMatch(/^tenant "app": the request is refused/);
  expect((await call(`${http}/v2`)).status).toBe(200);
  expect((await call(`${metrics}/metrics`)).text).toContain('plinth_tenant_limited_total 1');
});

test('a request is one trace from its caller over the server to its payload event', async () => {
  let sent = '';
  const { url } = await near.http((request, response) => {
    request.setEncoding('utf8').on('data', (chunk: string) => (sent += chunk));
    request.on('end', () => response.end('{}'));
  });
  const log = join(shop.folder(), 'log');
  const program = await shop.serve({
    modelRepository: shop.repository('scale'),
    tracing: { endpoint: url, sampleRate: 0 },
    payloadLog: { location: log },
  });
  await untilReady(program);
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  expect((await send(program.urls.http, { traceparent: `00-${traceId}-b7ad6b7169203331-01` })).status).toBe(200);
  expect((await send(program.urls.http)).status).toBe(200);
  await program.stop('the test says so');
  const { resourceSpans } = JSON.parse(sent) as {
    resourceSpans: {
      scopeSpans: { spans: { traceId: string; spanId: string; parentSpanId: string; name: string }[] }[];
    }[];
  };
  const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((each) => each.spans));
  expect(spans.map(({ name }) => name).sort()).toEqual(['compute', 'infer', 'queue']);
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  const request = spans.find(({ name }) => name === 'infer');
  expect(request?.parentSpanId).toBe('b7ad6b7169203331');
  const events = readdirSync(join(log, 'scale')).flatMap((name): PayloadEvent[] =>
    readFileSync(join(log, 'scale', name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => payloadEvent.parse(JSON.parse(line))),
  );
  expect(events.map(({ traceparent }) => traceparent)).toEqual([
    `00-${traceId}-${request?.spanId ?? ''}-01`,
    undefined,
  ]);
});

test('the histograms and the counts of the engine are there after requests', async () => {
  const program = await shop.serve({ modelRepository: shop.repository('scale') });
  await untilReady(program);
  for (let i = 0; i < 3; i++) await send(program.urls.http);
  const { text } = await call(`${program.urls.metrics}/metrics`);
  const value = (line: string): number => Number(new RegExp(`^${line} (\\S+)$`, 'm').exec(text)?.[1]);
  const of = '\\{model="scale",version="2"\\}';
  for (const name of [
    'plinth_request_duration_seconds',
    'plinth_queue_duration_seconds',
    'plinth_compute_duration_seconds',
  ])
    expect(value(`${name}_count${of}`)).toBe(3);
  const sum = (name: string): number => value(`plinth_${name}_duration_seconds_sum${of}`);
  expect(sum('request')).toBeGreaterThanOrEqual(sum('compute'));
  expect(sum('compute')).toBeGreaterThan(0);
  for (const part of ['input', 'output'])
    expect(value(`nv_inference_compute_${part}_duration_us${of}`)).toBeGreaterThan(0);
  const lanes = ['inline', 'worker', 'process'].map((lane) =>
    value(`plinth_lane_runs_total\\{model="scale",version="2",lane="${lane}"\\}`),
  );
  expect(lanes.reduce((total, runs) => total + runs, 0)).toBe(value(`nv_inference_exec_count${of}`));
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(0);
  await until(async () =>
    /^nodejs_eventloop_lag_p99_seconds \S+$/m.test((await call(`${program.urls.metrics}/metrics`)).text),
  );
});
