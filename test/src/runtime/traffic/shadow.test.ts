/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import type { Tensor } from '../../../../src/runtime/engine/tensors';
import { Shadow, type ShadowJob } from '../../../../src/runtime/traffic/shadow';

const answer: Tensor[] = [{ name: 'Y', datatype: 'FP32', shape: [1], data: Float32Array.of(1) }];

const job = (done: ShadowJob['done'] = () => undefined): ShadowJob => ({
  model: 'fraud',
  version: '2',
  inputs: [],
  outputs: answer,
  done,
});

test('a copy begins after the caller has gone on, and asks for the same outputs', async () => {
  const events: unknown[] = [];
  const shadow = new Shadow((...call) => {
    events.push(call);
    return Promise.resolve(answer);
  });
  shadow.offer(job((outputs) => events.push(outputs)));
  events.push('answered');
  await shadow.settled();
  expect(events).toEqual(['answered', ['fraud', '2', [], ['Y']], answer]);
  expect(shadow.counts).toEqual({ done: 1, failed: 0, dropped: 0 });
});

test('what comes while all copies are busy is dropped and counted', async () => {
  const ends: (() => void)[] = [];
  const shadow = new Shadow(() => new Promise((resolve) => ends.push(() => resolve(answer))), 2);
  for (let i = 0; i < 5; i++) shadow.offer(job());
  expect(shadow.counts.dropped).toBe(3);
  await new Promise((resolve) => setImmediate(resolve));
  for (const end of ends) end();
  await shadow.settled();
  shadow.offer(job());
  await new Promise((resolve) => setImmediate(resolve));
  ends[2]?.();
  await shadow.settled();
  expect(shadow.counts).toEqual({ done: 3, failed: 0, dropped: 3 });
});

test('a copy that fails is counted and told', async () => {
  const failure = new Error('broken');
  const told: unknown[] = [];
  const shadow = new Shadow(() => Promise.reject(failure));
  shadow.offer(job((outputs) => told.push(outputs)));
  await shadow.settled();
  expect(told).toEqual([failure]);
  expect(shadow.counts).toEqual({ done: 0, failed: 1, dropped: 0 });
});
