import { metrics as names } from '@plinth/contract';
import type { ModelStatistics } from '../../../src/runtime/engine/inference';
import { Buckets } from '../../../src/runtime/histogram';
import { ServeMetrics } from '../../../src/runtime/metrics';

test('every name of the contract is there, with its labels, and series begin at 0', async () => {
  let dropped = 0;
  const metrics = new ServeMetrics(() => dropped);
  metrics.ready('m', '1', true);
  const text = await metrics.registry.metrics();
  for (const name of Object.values(names.serve)) expect(text).toContain(`# TYPE ${name} `);
  expect(text).toContain(`${names.serve.requestSuccess}{model="m",version="1"} 0`);
  for (const reason of ['REJECTED', 'CANCELED', 'BACKEND', 'OTHER', 'INVALID'])
    expect(text).toContain(`${names.serve.requestFailure}{model="m",version="1",reason="${reason}"} 0`);
  expect(text).toContain(`${names.serve.modelReady}{model="m",version="1"} 1`);
  expect(text).toContain(`${names.serve.payloadDropped} 0`);
  dropped = 3;
  metrics.ready('m', '1', false);
  const later = await metrics.registry.metrics();
  expect(later).toContain(`${names.serve.payloadDropped} 3`);
  expect(later).toContain(`${names.serve.modelReady}{model="m",version="1"} 0`);
});

test('counts add up, and scraping twice changes nothing', async () => {
  const metrics = new ServeMetrics(() => 0);
  const of = metrics.of('m', '2');
  expect(metrics.of('m', '2')).toBe(of);
  of.succeeded({ rows: 8, requestMs: 3, queueMs: 1, computeMs: 1.5 });
  of.succeeded({ rows: 1, requestMs: 1, queueMs: 0, computeMs: 0.5 });
  of.failed('INVALID');
  of.pending = 2;
  await metrics.registry.metrics();
  const text = await metrics.registry.metrics();
  const value = (name: string, labels = ''): string | undefined =>
    text
      .split('\n')
      .find((line) => line.startsWith(`${name}{model="m",version="2"${labels}}`))
      ?.split(' ')[1];
  const { serve } = names;
  expect(value(serve.requestSuccess)).toBe('2');
  expect(value(serve.inferenceCount)).toBe('9');
  expect(value(serve.requestDurationUs)).toBe('4000');
  expect(value(serve.queueDurationUs)).toBe('1000');
  expect(value(serve.computeInferDurationUs)).toBe('2000');
  expect(value(serve.pending)).toBe('2');
  expect(value(serve.requestFailure, ',reason="INVALID"')).toBe('1');
  for (const [name, sum] of [
    [serve.requestSeconds, 0.004],
    [serve.queueSeconds, 0.001],
    [serve.computeSeconds, 0.002],
  ] as const) {
    expect(value(`${name}_count`)).toBe('2');
    expect(Number(value(`${name}_sum`))).toBeCloseTo(sum, 9);
  }
  const bucket = (le: string): string | undefined => value(`${serve.requestSeconds}_bucket`, `,le="${le}"`);
  expect(['0.0005', '0.001', '0.0025', '0.005', '10', '+Inf'].map(bucket)).toEqual(['0', '1', '1', '2', '2', '2']);
});

test('a bucket holds what is up to its bound, and the last what is above all', () => {
  const buckets = new Buckets();
  for (const seconds of [0, 0.0001, 0.00011, 10, 11]) buckets.observe(seconds);
  const values = buckets.values('h', { model: 'm' }) as {
    metricName: string;
    labels: { le?: string };
    value: number;
  }[];
  const at = (le: string): number | undefined => values.find(({ labels }) => labels.le === le)?.value;
  expect([at('0.0001'), at('0.00025'), at('5'), at('10'), at('+Inf')]).toEqual([2, 3, 3, 4, 5]);
  expect(values.find(({ metricName }) => metricName === 'h_count')?.value).toBe(5);
});

test("what Triton's statistics count is theirs, and what others turned away is counted by them", async () => {
  const metrics = new ServeMetrics(() => 0);
  const [none, took] = [{ count: 0, ns: 0 }, (ns: number) => ({ count: 1, ns })];
  const statistics: ModelStatistics = {
    name: 'm',
    version: '3',
    last_inference: 0,
    inference_count: 4,
    execution_count: 1,
    inference_stats: {
      success: took(5e6),
      fail: none,
      queue: took(1e6),
      compute_input: took(500_000),
      compute_infer: took(3e6),
      compute_output: took(250_000),
      cache_hit: took(125_000),
      cache_miss: took(2e6),
    },
    response_stats: {},
    batch_stats: [],
    memory_usage: [],
    lanes: { inline: 0, worker: 1, process: 0 },
  };
  metrics.sources = {
    statistics: () => [statistics],
    refused: { unauthenticated: 4, forbidden: 5 },
    limited: () => 6,
  };
  await metrics.registry.metrics();
  const lines = (await metrics.registry.metrics()).split('\n');
  const { serve } = names;
  const of = '{model="m",version="3"}';
  for (const line of [
    `${serve.execCount}${of} 1`,
    `${serve.computeInputDurationUs}${of} 500`,
    `${serve.computeOutputDurationUs}${of} 250`,
    `${serve.cacheHits}${of} 1`,
    `${serve.cacheMisses}${of} 1`,
    `${serve.cacheHitDurationUs}${of} 125`,
    `${serve.cacheMissDurationUs}${of} 2000`,
    `${serve.laneRuns}{model="m",version="3",lane="worker"} 1`,
    `${serve.laneRuns}{model="m",version="3",lane="inline"} 0`,
    `${serve.authFailures}{reason="unauthenticated"} 4`,
    `${serve.authFailures}{reason="forbidden"} 5`,
    `${serve.tenantLimited} 6`,
  ])
    expect(lines).toContain(line);
});
