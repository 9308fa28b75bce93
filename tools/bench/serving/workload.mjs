// The models and requests that every server gets.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, scratch } from './processes.mjs';

const fixtures = join(root, 'test/fixtures/runtime/models');
export const mlpFile = join(root, 'examples/models/tumour/1/model.onnx');
export const imageFile = join(fixtures, 'identity_fp32/1/model.onnx');
export const slowFile = join(fixtures, 'slow/1/model.onnx');

const row = readFileSync(join(root, 'examples/models/tumour/heldout.csv'), 'utf8')
  .split('\n')[1]
  .split(',')
  .slice(0, 30);
const json = { 'Content-Type': 'application/json' };

/** A row of the example's held-out data. */
export const mlp = {
  path: '/v2/models/tumour/infer',
  headers: json,
  body: `{"inputs":[{"name":"features","datatype":"FP32","shape":[1,30],"data":[${row.join(',')}]}]}`,
};

// As many values as an image of 224 x 224 x 3 has: 602 112 bytes.
const image = new Float32Array(224 * 224 * 3).fill(0.5);
const head = Buffer.from(
  JSON.stringify({
    inputs: [{ name: 'X', datatype: 'FP32', shape: [75_264, 2], parameters: { binary_data_size: image.byteLength } }],
    parameters: { binary_data_output: true },
  }),
);
export const tensor = {
  path: '/v2/models/identity_fp32/infer',
  headers: { 'Content-Type': 'application/octet-stream', 'Inference-Header-Content-Length': head.length },
  body: Buffer.concat([head, Buffer.from(image.buffer)]),
};

/** A request that keeps one core busy for as long as `rounds` says. */
export const slow = (rounds) => ({
  path: '/v2/models/slow/infer',
  headers: json,
  body: `{"inputs":[{"name":"rounds","datatype":"INT64","shape":[1],"data":[${rounds}]}]}`,
});

/** What Triton's ONNX models have where their configuration says nothing, and what the peers here are given as well. */
export const batching = 'max_batch_size: 64\ndynamic_batching { }\n';

/** A repository with these models, each with its configuration where there is one. */
export function repository(names, config) {
  const folder = join(scratch, `models-${names.join('-')}${config === undefined ? '' : '-configured'}`);
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const from = name === 'tumour' ? join(root, 'examples/models/tumour/1') : join(fixtures, name, '1');
    cpSync(from, join(folder, name, '1'), { recursive: true });
    if (config !== undefined) writeFileSync(join(folder, name, 'config.pbtxt'), config);
  }
  return folder;
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
export const percentile = (numbers, share) =>
  [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) * share)];
