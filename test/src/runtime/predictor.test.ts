/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Predictor } from '../../../src/runtime/predictor';
import type { Tensor } from '../../../src/runtime/engine/tensors';
import { breakModel, infer, input, untilReady, workshop } from './support/serving';

const shop = workshop();
const predictors: Predictor[] = [];
afterAll(() => Promise.all(predictors.map((predictor) => predictor.close())));
const open = async (modelRepository: string): Promise<Predictor> => {
  const predictor = await Predictor.open({ modelRepository, workers: 1 });
  predictors.push(predictor);
  return predictor;
};
const x = (...values: number[]): Tensor => ({
  name: 'X',
  datatype: 'FP32',
  shape: [values.length / 4, 4],
  data: Float32Array.from(values),
});
const examples = join(__dirname, '../../../examples/models');

test('answers what the server answers, to the last bit', async () => {
  const rows = readFileSync(join(examples, 'tumour/heldout.csv'), 'utf8').trim().split('\n').slice(1, 41);
  const program = await shop.serve({ modelRepository: examples });
  await untilReady(program);
  const predictor = await open(examples);
  for (const line of rows) {
    const row = line.split(',').slice(0, 30).map(Number);
    const served = await infer(program.urls.http, 'tumour', { inputs: [input('features', 'FP32', [1, 30], row)] });
    const { model, version, outputs } = await predictor.infer('tumour', {
      inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 30], data: Float32Array.from(row) }],
    });
    expect([model, version]).toEqual([served.json['model_name'], served.json['model_version']]);
    expect(outputs.map(({ name, data }) => [name, Array.from(data as Float32Array, String)])).toEqual(
      served.json.outputs?.map((each) => {
        const { name, data } = each as unknown as { name: string; data: number[] };
        return [name, data.map(String)];
      }),
    );
  }
});

test('leaves the arrays of its caller alone', async () => {
  const predictor = await open(shop.repository('scale'));
  const tensor = x(1, 2, 3, 4);
  for (let round = 0; round < 3; round++)
    expect((await predictor.infer('scale', { inputs: [tensor] })).outputs[0]?.data).toEqual(
      Float32Array.of(2, 4, 6, 8),
    );
  expect(tensor.data).toEqual(Float32Array.of(1, 2, 3, 4));
  expect(predictor.models).toEqual(['scale']);
  expect(predictor.describe('scale')).toMatchObject({ versions: ['2'], platform: 'onnxruntime_onnx' });
});

test('classes, versions and mistakes are those of the server', async () => {
  const root = shop.repository('scale');
  writeFileSync(join(root, 'scale/config.pbtxt'), 'version_policy { all {} }');
  const predictor = await open(root);
  const asked = { inputs: [x(1, 5, 3, 4)], outputs: [{ name: 'Y', classification: 1 }], version: '1' };
  expect((await predictor.infer('scale', asked)).outputs[0]).toMatchObject({ shape: [1, 1], data: ['5.000000:1'] });
  await expect(predictor.infer('scale', { inputs: [{ ...x(1, 2, 3, 4), shape: [2, 4] }] })).rejects.toMatchObject({
    kind: 'invalid',
    message: 'model "scale", input "X": there are 4 values, because the shape holds 8; make shape and data agree.',
  });
  await expect(predictor.infer('scale', { inputs: [] })).rejects.toThrow('input "X" is missing');
  await expect(predictor.infer('zz', { inputs: [] })).rejects.toThrow('Request for unknown model: "zz" is not found');
  await expect(predictor.infer('scale', { inputs: [x(1, 2, 3, 4)], timeoutMs: -1 })).rejects.toMatchObject({
    kind: 'deadline',
  });
});

test('a repository without a model that can be loaded is told at the opening', async () => {
  await expect(open('/nowhere')).rejects.toThrow('there is no model repository');
  const root = shop.folder();
  await expect(open(root)).rejects.toThrow(
    `${root}: there is nothing to predict with, because the model repository holds no model yet; store a model there first.`,
  );
  breakModel(root, 'broken');
  await expect(open(root)).rejects.toThrow('model "broken", version 1: the model cannot be loaded');
});
