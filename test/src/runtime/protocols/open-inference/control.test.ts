/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { readFileSync } from 'node:fs';
import type { Need } from '../../../../../src/runtime/engine/admission';
import { RequestError } from '../../../../../src/runtime/engine/errors';
import { LogSettings, TraceSettings } from '../../../../../src/runtime/engine/settings';
import type { DataPlane } from '../../../../../src/runtime/engine/data-plane';
import { restHandler } from '../../../../../src/runtime/protocols/open-inference/rest';
import { cleanup } from '../../support/cleanup';
import { breakModel, call, infer, input, modelFile, until, workshop, type Answer } from '../../support/serving';

const shop = workshop();
const tidy = cleanup();
let url: string;
let polled: string;

beforeAll(async () => {
  const repository = shop.repository('scale', 'ratio', 'identity_fp32');
  breakModel(repository, 'broken');
  const scratch = shop.folder();
  const explicit = await shop.serve({
    modelRepository: repository,
    modelControl: 'explicit',
    loadModels: 'scale',
    scratch,
    maxRequestBytes: 2_000_000,
  });
  url = explicit.urls.http;
  polled = (await shop.serve({ modelRepository: repository })).urls.http;
  await until(async () => (await call(`${url}/v2/models/scale/ready`)).status === 200);
});

const post = (path: string, body?: unknown): Promise<Answer> =>
  call(url + path, {
    method: 'POST',
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
const x = { inputs: [input('X', 'FP32', [1, 4], [1, 2, 3, 4])] };

test('a model comes and goes as it is asked for, and the index tells it', async () => {
  expect((await post('/v2/repository/index')).json).toEqual([
    { name: 'broken' },
    { name: 'identity_fp32' },
    { name: 'ratio' },
    { name: 'scale', version: '2', state: 'READY' },
  ]);
  expect(await post('/v2/repository/models/ratio/load', {})).toMatchObject({ status: 200, text: '' });
  expect((await post('/v2/repository/index', { ready: true })).json).toEqual([
    { name: 'ratio', version: '1', state: 'READY' },
    { name: 'scale', version: '2', state: 'READY' },
  ]);
  expect(await post('/v2/repository/models/ratio/unload', { parameters: { unload_dependents: true } })).toMatchObject({
    status: 200,
    text: '',
  });
  expect((await call(`${url}/v2/models/ratio/ready`)).status).toBe(404);
  expect((await post('/v2/repository/models/nobody/unload')).status).toBe(200);
});

test('a load brings its configuration, or its files, along', async () => {
  const config = JSON.stringify({ max_batch_size: 3 });
  expect((await post('/v2/repository/models/identity_fp32/load', { parameters: { config } })).status).toBe(200);
  expect((await call(`${url}/v2/models/identity_fp32/config`)).json['max_batch_size']).toBe(3);
  const file = readFileSync(modelFile('scale')).toString('base64');
  const sent = await post('/v2/repository/models/sent/load', {
    parameters: { config: '{}', 'file:7/model.onnx': file },
  });
  expect(sent).toMatchObject({ status: 200 });
  expect((await infer(url, 'sent', x)).json).toMatchObject({ model_version: '7', outputs: [{ data: [1, 2, 3, 4] }] });
});

test.each<[string, string, unknown, number, string]>([
  [
    'a model that there is not',
    '/v2/repository/models/nobody/load',
    {},
    404,
    'Request for unknown model: "nobody" is not found',
  ],
  ['a model that is broken', '/v2/repository/models/broken/load', {}, 503, 'Protobuf parsing failed'],
  [
    'a configuration that is none',
    '/v2/repository/models/scale/load',
    { parameters: { config: '{' } },
    400,
    'model "scale", parameter "config": the configuration cannot be read',
  ],
  [
    'a configuration that is no text',
    '/v2/repository/models/scale/load',
    { parameters: { config: {} } },
    400,
    'request body: parameter "config" is not a text with JSON, because the protocol says so; send a text with JSON.',
  ],
  [
    'a file that is not base64',
    '/v2/repository/models/scale/load',
    { parameters: { 'file:1/model.onnx': '!' } },
    400,
    'parameter "file:1/model.onnx" is not base64',
  ],
  [
    'a file outside of a version',
    '/v2/repository/models/scale/load',
    { parameters: { 'file:../x': 'AAAA' } },
    400,
    '"../x" cannot be a file of a model',
  ],
  [
    'an unknown parameter',
    '/v2/repository/models/scale/load',
    { parameters: { konfig: '' } },
    400,
    'request body: there is no parameter "konfig", because a load has "config" and "file:<path>"; use one of these.',
  ],
  [
    'parameters that are no object',
    '/v2/repository/models/scale/load',
    { parameters: [] },
    400,
    'request body: "parameters" is not an object, because it has parameters by name; send { ... }.',
  ],
  [
    'a switch that is none',
    '/v2/repository/models/scale/unload',
    { parameters: { unload_dependents: 'yes' } },
    400,
    'parameter "unload_dependents" is not true or false',
  ],
  ['an index', '/v2/repository/index', { ready: 1 }, 400, '"ready" is neither true nor false'],
  [
    'a body that is no object',
    '/v2/repository/index',
    [],
    400,
    'it is not a JSON object, because a request is one; send { ... }.',
  ],
  [
    'a body that is too large',
    '/v2/logging',
    ' '.repeat(1024 * 1024 + 1),
    413,
    'the body is larger than 1048576 bytes',
  ],
  [
    'a repository by name',
    '/v2/repository/other/index',
    {},
    501,
    '/v2/repository/other/index: a repository cannot be named, because this server has one, --model-repository; use /v2/repository/index and /v2/repository/models/NAME/load.',
  ],
  [
    'shared memory',
    '/v2/systemsharedmemory/region/r/register',
    {},
    501,
    '/v2/systemsharedmemory/region/r/register: shared memory is not supported, because this server reads tensors from requests only; send them as "data", or in binary form.',
  ],
])('%s gets its sentence', async (_, path, body, status, message) => {
  const answer = await post(path, body);
  expect(answer.json.error).toContain(message);
  expect(answer.status).toBe(status);
});

test('the status of shared memory is not supported either', async () => {
  expect((await call(`${url}/v2/cudasharedmemory/status`)).status).toBe(501);
});

test('a server that watches its repository leaves control to it', async () => {
  const answer = await call(`${polled}/v2/repository/models/scale/load`, { method: 'POST' });
  expect(answer).toMatchObject({ status: 503, json: { error: expect.stringContaining('--model-control') as string } });
});

test('configuration and statistics of a model, of its version, and of all', async () => {
  const config = (await call(`${url}/v2/models/scale/versions/2/config`)).json;
  expect(config).toMatchObject({
    name: 'scale',
    max_batch_size: 0,
    input: [{ name: 'X', data_type: 'TYPE_FP32', dims: [-1, 4] }],
  });
  await infer(url, 'scale', x);
  const [one] = (await call(`${url}/v2/models/scale/stats`)).json['model_stats'] as Record<string, unknown>[];
  expect(one).toMatchObject({ name: 'scale', version: '2', inference_stats: { fail: { count: 0, ns: 0 } } });
  expect(one?.['inference_count']).toBeGreaterThan(0);
  expect((await call(`${url}/v2/models/scale/versions/2/stats`)).json['model_stats']).toHaveLength(1);
  const names = ((await call(`${url}/v2/models/stats`)).json['model_stats'] as { name: string }[]).map(
    ({ name }) => name,
  );
  expect(names).toContain('scale');
  expect((await call(`${url}/v2/models/nobody/stats`)).status).toBe(404);
  expect((await call(`${url}/v2/models/scale/versions/9/config`)).status).toBe(404);
});

test('settings of logs and traces are read and set', async () => {
  expect((await call(`${url}/v2/logging`)).json).toMatchObject({ log_info: false, log_verbose_level: 0 });
  expect((await post('/v2/logging', { log_error: true })).json).toMatchObject({ log_error: true, log_info: false });
  expect((await post('/v2/logging', { log_error: false })).json).toMatchObject({ log_error: false });
  expect((await post('/v2/trace/setting', { trace_rate: '10' })).json).toMatchObject({ trace_rate: '10' });
  expect((await call(`${url}/v2/trace/setting`)).json).toMatchObject({ trace_rate: '10', trace_level: ['OFF'] });
  expect((await post('/v2/models/scale/trace/setting', { trace_rate: '7' })).json).toMatchObject({ trace_rate: '7' });
  expect((await call(`${url}/v2/models/scale/trace/setting`)).json).toMatchObject({ trace_rate: '7' });
  expect((await call(`${url}/v2/trace/setting`)).json).toMatchObject({ trace_rate: '10' });
  expect((await call(`${url}/v2/models/nobody/trace/setting`)).status).toBe(404);
  expect(await call(`${url}/v2/logging`, { method: 'DELETE' })).toMatchObject({
    status: 405,
    headers: { allow: 'GET, POST' },
  });
});

describe('parameters', () => {
  test('classes instead of values', async () => {
    const outputs = [{ name: 'Y', parameters: { classification: 2 } }];
    const answer = await infer(url, 'scale', { ...x, outputs });
    expect(answer.json.outputs).toEqual([
      { name: 'Y', datatype: 'BYTES', shape: [1, 2], data: ['8.000000:3', '6.000000:2'] },
    ]);
    expect(await infer(url, 'scale', { ...x, parameters: { priority: 1, timeout: 10_000_000 } })).toMatchObject({
      status: 200,
    });
  });

  test.each<[object, number, string]>([
    [{ triton_x: 1 }, 400, 'request parameters: "triton_x" is reserved'],
    [{ sequence_id: 1 }, 501, 'request parameters: "sequence_id" is not supported'],
    [{ priority: -1 }, 400, '"priority" is no whole number from 0 on'],
    [{ timeout: 'soon' }, 400, '"timeout" is no whole number from 0 on'],
    [
      { other: null },
      400,
      'request body: parameter "other" is not acceptable, because parameters are strings, numbers, true or false; correct it, or leave it out.',
    ],
    [{ binary_data_output: 1 }, 400, 'request body: "binary_data_output" is not true or false'],
  ])('%j', async (parameters, status, message) => {
    const answer = await infer(url, 'scale', { ...x, parameters });
    expect(answer.json.error).toContain(message);
    expect(answer.status).toBe(status);
  });

  test.each<[object, string]>([
    [{ classification: 'two' }, 'outputs[0]: "classification" is not a number'],
    [{ classification: 0 }, '"classification" is 0'],
    [{ binary_data: 'yes' }, 'outputs[0]: "binary_data" is not true or false'],
  ])('of an output: %j', async (parameters, message) => {
    const answer = await infer(url, 'scale', { ...x, outputs: [{ name: 'Y', parameters }] });
    expect(answer.json.error).toContain(message);
    expect(answer.status).toBe(400);
  });

  test('a client says how long it waits', async () => {
    const at = (timeout: string): Promise<Answer> =>
      call(`${url}/v2/models/scale/infer`, {
        method: 'POST',
        headers: { 'plinth-timeout': timeout },
        body: JSON.stringify(x),
      });
    expect((await at('60000')).status).toBe(200);
    expect((await at('0.000001')).status).toBe(504);
    expect(await at('soon')).toMatchObject({
      status: 400,
      json: {
        error:
          'plinth-timeout: "soon" is no time, because it is in milliseconds; give a number above 0, or leave the header out.',
      },
    });
  });
});

test('every path asks for what it needs before it reads a body, and health asks for nothing', async () => {
  const asked: Need[] = [];
  const before = (_: unknown, need: Need): never => {
    asked.push(need);
    const finding = { code: 'no', what: 'no', where: 'here', why: 'so', cure: 'ask' };
    throw new RequestError('unauthenticated', finding, { challenge: 'Bearer' });
  };
  const plane = { draining: false, unready: () => undefined, checkReady: () => undefined } as unknown as DataPlane;
  const { url: at } = await tidy.http(
    restHandler(plane, {
      before,
      maxRequestBytes: 1,
      maxJsonDepth: 1,
      logs: new LogSettings({ level: 'info' }),
      traces: new TraceSettings(undefined),
    }),
  );
  const needs: [string, string, Need][] = [
    ['GET', '/v2', 'metadata'],
    ['GET', '/v2/models/m', 'metadata'],
    ['GET', '/v2/models/m/config', 'metadata'],
    ['POST', '/v2/models/m/infer', 'infer'],
    ['GET', '/v2/models/stats', 'read'],
    ['GET', '/v2/models/m/versions/1/stats', 'read'],
    ['POST', '/v2/repository/index', 'read'],
    ['POST', '/v2/repository/models/m/load', 'control'],
    ['POST', '/v2/repository/models/m/unload', 'control'],
    ['GET', '/v2/logging', 'read'],
    ['POST', '/v2/logging', 'control'],
    ['GET', '/v2/models/m/trace/setting', 'read'],
    ['POST', '/v2/trace/setting', 'control'],
  ];
  for (const [method, path, need] of needs) {
    const answer = await call(at + path, { method, ...(method === 'POST' ? { body: 'too large' } : {}) });
    expect([path, answer.status, answer.headers['www-authenticate']]).toEqual([path, 401, 'Bearer']);
    expect([path, asked.pop()]).toEqual([path, need]);
  }
  for (const path of ['/v2/health/live', '/v2/health/ready', '/v2/models/m/ready'])
    expect((await call(at + path)).status).toBe(200);
  expect(asked).toEqual([]);
});
