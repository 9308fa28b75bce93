/** @jest-environment ./test/src/runtime/support/engine-environment.js */
// REST against the client that NVIDIA publishes for Triton: what it sends by default is binary.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { call, modelFile, until, workshop } from '../../src/runtime/support/serving';

const shop = workshop();
const python = process.env['PLINTH_PYTHON'] ?? 'python3';

test("Triton's own client gets its answers", async () => {
  const types = [
    'bool',
    'uint8',
    'uint16',
    'uint32',
    'uint64',
    'int8',
    'int16',
    'int32',
    'int64',
    'fp16',
    'fp32',
    'fp64',
  ];
  const models = ['scale', 'identity_bytes', ...types.map((type) => `identity_${type}`)];
  const { urls } = await shop.serve({
    modelRepository: shop.repository(...models),
    modelControl: 'explicit',
    loadModels: models.join(','),
    scratch: shop.folder(),
  });
  for (const model of models)
    await until(async () => (await call(`${urls.http}/v2/models/${model}/ready`)).status === 200);
  const script = join(__dirname, 'triton-client.py');
  const { stdout } = await promisify(execFile)(python, [script, new URL(urls.http).host, modelFile('scale', '2')]);
  const refusal = (status: number, sentence: string): unknown => [
    String(status),
    expect.stringContaining(sentence) as string,
  ];
  const y = [
    [0, 2, 4, 6],
    [8, 10, 12, 14],
  ];
  expect(JSON.parse(stdout)).toEqual({
    scale: Array.from({ length: 36 }, () => true),
    default: y,
    datatypes: Object.fromEntries([...types, 'bytes'].map((type) => [type.toUpperCase(), true])),
    classes: ['6.000000:3', '4.000000:2'],
    id: 'a',
    several: [[[0, 2, 4, 6]], [[0, 4, 8, 12]]],
    live: [true, true, true],
    absent: false,
    server: 'plinth',
    model: [{ name: 'X', datatype: 'FP32', shape: [-1, 4] }],
    config: 'TYPE_FP32',
    statistics: expect.any(Number) as number,
    sent: y,
    index: [{ name: 'sent', version: '1', state: 'READY' }],
    unloaded: false,
    log: 1,
    trace: '5',
    'model trace': '5',
    unknown: refusal(404, 'Request for unknown model: "nobody" is not found'),
    sequence: refusal(501, '"sequence_id" is not supported'),
    memory: refusal(501, 'shared memory is not supported'),
  });
});
