/** @jest-environment ./test/src/runtime/support/engine-environment.js */
// gRPC against the client that NVIDIA publishes for Triton, with the models that its example programs ask.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { call, until, workshop } from '../../src/runtime/support/serving';

const shop = workshop();
const python = process.env['PLINTH_PYTHON'] ?? 'python3';
const models = ['simple', 'simple_dyna_sequence', 'simple_identity', 'simple_int8', 'simple_sequence', 'simple_string'];

test("Triton's own client gets its answers over gRPC", async () => {
  const repository = shop.folder();
  await promisify(execFile)(python, [join(__dirname, 'triton-models.py'), repository]);
  const { urls } = await shop.serve({
    modelRepository: repository,
    modelControl: 'explicit',
    loadModels: models.join(','),
    scratch: shop.folder(),
  });
  await until(async () => (await call(`${urls.http}/v2/health/ready`)).status === 200);
  const hosts = [urls.http, urls.grpc].map((url) => (url ?? '').replace(/^.*\/\//, ''));
  const { stdout } = await promisify(execFile)(python, [join(__dirname, 'triton-grpc.py'), ...hosts]);
  const refusal = (status: string, sentence: string): unknown => [
    `StatusCode.${status}`,
    expect.stringContaining(sentence) as string,
  ];
  expect(JSON.parse(stdout)).toEqual({
    infer: [true, true, true],
    int8: true,
    string: true,
    classes: ['16.000000:15', '15.000000:14'],
    async: [true, true, true, true],
    stream: [
      ['a', true],
      ['b', true],
    ],
    'stream sequence': expect.stringContaining('is not supported') as string,
    live: [true, true, true],
    server: 'plinth',
    model: ['INPUT0', 'INPUT1'],
    config: 8,
    statistics: 0,
    loaded: 16,
    unloaded: false,
    index: models,
    log: 1,
    trace: ['5'],
    refused: {
      model: refusal('NOT_FOUND', '"nobody"'),
      sequence: refusal('UNIMPLEMENTED', '"sequence_id" is not supported'),
      memory: refusal('UNIMPLEMENTED', 'shared memory is not supported'),
      cuda: refusal('UNIMPLEMENTED', 'shared memory is not supported'),
      null: refusal('INVALID_ARGUMENT', 'it holds a NUL byte'),
    },
    channel: true,
    aio: [Array.from({ length: 8 }, () => true), [true, true, true], true],
  });
}, 60_000);
