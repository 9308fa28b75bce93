import { metrics as names } from '@plinth/contract';
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
  expect(value(serve.execCount)).toBe('2');
  expect(value(serve.requestDurationUs)).toBe('4000');
  expect(value(serve.queueDurationUs)).toBe('1000');
  expect(value(serve.computeInferDurationUs)).toBe('2000');
  expect(value(serve.pending)).toBe('2');
  expect(value(serve.requestFailure, ',reason="INVALID"')).toBe('1');
  expect(value(`${serve.requestSeconds}_count`)).toBe('2');
});
