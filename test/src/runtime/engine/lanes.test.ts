/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { LoadedModel } from '../../../../src/runtime/engine/lanes';
import { WorkerPool } from '../../../../src/runtime/engine/worker-pool';
import type { Tensor } from '../../../../src/runtime/engine/tensors';
import { modelFile } from '../support/serving';

const pool = new WorkerPool(1);
afterAll(() => pool.close());

const row = (): Tensor[] => [{ name: 'X', datatype: 'FP32', shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) }];
const rounds = (count: number): Tensor[] => [
  { name: 'rounds', datatype: 'INT64', shape: [1], data: BigInt64Array.of(BigInt(count)) },
];

test('a cheap model proves itself in the worker lane, then runs inline with the same answers', async () => {
  const model = await LoadedModel.open(modelFile('scale', '2'), pool);
  const answers = [];
  for (let i = 0; i < 200; i++) answers.push((await model.run(row(), ['Y'], { keepInputs: false })).outputs[0]?.data);
  expect(model.runs.worker).toBeGreaterThanOrEqual(32);
  expect(model.runs.inline).toBeGreaterThan(0);
  for (const answer of answers) expect(answer).toEqual(Float32Array.of(2, 4, 6, 8));
  await model.close();
});

test('a model that turns out slow goes to the worker lane and stays there', async () => {
  const model = await LoadedModel.open(modelFile('slow'), pool);
  for (let i = 0; i < 200; i++) await model.run(rounds(0), ['Y'], { keepInputs: false });
  await model.run(rounds(10_000), ['Y'], { keepInputs: false });
  expect(model.laneFor(1)).toBe('worker');
  const inline = model.runs.inline;
  for (let i = 0; i < 20; i++) await model.run(rounds(0), ['Y'], { keepInputs: false });
  expect(model.runs.inline).toBe(inline);
  await model.close();
});

test('a request much larger than any before goes to the worker lane', async () => {
  const model = await LoadedModel.open(modelFile('scale', '2'), pool);
  for (let i = 0; i < 100; i++) await model.run(row(), ['Y'], { keepInputs: false });
  expect(model.laneFor(4_000_000)).toBe('worker');
  await model.close();
});

test('inputs stay with the caller who asks for them', async () => {
  const model = await LoadedModel.open(modelFile('scale', '2'), pool);
  const inputs = row();
  await model.run(inputs, ['Y'], { keepInputs: true });
  expect(inputs[0]?.data).toHaveLength(4);
  await model.close();
});

test('a model that cannot take zeros is served all the same', async () => {
  const model = await LoadedModel.open(modelFile('picky'), pool);
  const index: Tensor[] = [{ name: 'index', datatype: 'INT64', shape: [1], data: BigInt64Array.of(5n) }];
  expect((await model.run(index, ['Y'], { keepInputs: false })).outputs[0]?.data).toEqual(Float32Array.of(3));
  await model.close();
});
