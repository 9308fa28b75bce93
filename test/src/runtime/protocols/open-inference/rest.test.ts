/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { createServer } from 'node:http';
import type { DataPlane } from '../../../../../src/runtime/engine/data-plane';
import { LogSettings, TraceSettings } from '../../../../../src/runtime/engine/settings';
import { restHandler } from '../../../../../src/runtime/protocols/open-inference/rest';
import { listen, type RunningProgram } from '../../../../../src/runtime/program';
import { breakModel, call, infer, input, untilReady, workshop, type Answer } from '../../support/serving';

const shop = workshop();
let program: RunningProgram;
let url: string;

beforeAll(async () => {
  const repository = shop.repository(
    'scale',
    'ratio',
    'halves',
    'lookup',
    'identity_int64',
    'identity_bytes',
    'identity_fp16',
    'identity_bf16',
  );
  breakModel(repository, 'broken');
  program = await shop.serve({ modelRepository: repository, maxRequestBytes: 4096, maxJsonDepth: 8 });
  url = program.urls.http;
  await untilReady(program);
});

const x = (data: unknown = [1, 2, 3, 4]): object => ({ inputs: [input('X', 'FP32', [1, 4], data)] });
const post = (body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> =>
  call(`${url}/v2/models/scale/infer`, { method: 'POST', body, headers });

test('health, server and model metadata', async () => {
  expect(await call(`${url}/v2/health/live`)).toMatchObject({ status: 200, json: { live: true } });
  expect(await call(`${url}/v2/health/ready?verbose`)).toMatchObject({ status: 200, json: { ready: true } });
  expect(await call(`${url}/v2`)).toMatchObject({
    status: 200,
    json: { name: 'plinth', version: '0.1.0', extensions: expect.arrayContaining(['binary_tensor_data']) as string[] },
  });
  const tensor = (name: string): object => ({ name, datatype: 'FP32', shape: [-1, 4] });
  expect((await call(`${url}/v2/models/scale`)).json).toEqual({
    name: 'scale',
    versions: ['2'],
    platform: 'onnxruntime_onnx',
    inputs: [tensor('X')],
    outputs: [tensor('Y')],
  });
  expect(await call(`${url}/v2/models/scale/versions/2/ready`)).toMatchObject({
    status: 200,
    json: { name: 'scale', ready: true },
  });
});

test('infers with the newest version, by default and by its number, and echoes the id', async () => {
  const answer = await infer(url, 'scale', { id: 'a"1', ...x() });
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
  expect(answer.json).toEqual({
    id: 'a"1',
    model_name: 'scale',
    model_version: '2',
    outputs: [{ name: 'Y', datatype: 'FP32', shape: [1, 4], data: [2, 4, 6, 8] }],
  });
  expect((await infer(url, 'scale/versions/2', x())).json.outputs?.[0]?.data).toEqual([2, 4, 6, 8]);
});

test('a model name is read percent-encoded', async () => {
  expect((await infer(url, '%73cale', x())).status).toBe(200);
  expect((await call(`${url}/v2/models/%E0%A4%A`)).status).toBe(404);
});

test('outputs are those asked for, in that order', async () => {
  const inputs = [input('B', 'FP32', [2], [2, 4]), input('A', 'FP32', [2], [1, 2])];
  const names = async (outputs?: object[]): Promise<unknown> => {
    const { json } = await infer(url, 'ratio', { inputs, outputs });
    return json.outputs?.map((output) => (output as unknown as { name: string }).name);
  };
  expect(await names()).toEqual(['quotient', 'sum']);
  expect(await names([])).toEqual(['quotient', 'sum']);
  expect(await names([{ name: 'sum' }, { name: 'quotient', parameters: {} }])).toEqual(['sum', 'quotient']);
});

test('nested data is read as flat data, and an empty batch is answered', async () => {
  const nested = {
    inputs: [
      input(
        'X',
        'FP32',
        [2, 4],
        [
          [1, 2, 3, 4],
          [5, 6, 7, 8],
        ],
      ),
    ],
  };
  expect((await infer(url, 'scale', nested)).json.outputs?.[0]?.data).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
  const none = await infer(url, 'scale', { inputs: [input('X', 'FP32', [0, 4], [])] });
  expect(none.json.outputs).toEqual([{ name: 'Y', datatype: 'FP32', shape: [0, 4], data: [] }]);
});

test('INT64 is exact in both directions', async () => {
  const body =
    '{"inputs":[{"name":"X","datatype":"INT64","shape":[2,2],"data":[9223372036854775807,-9223372036854775808,9007199254740993,1]}]}';
  const { text } = await infer(url, 'identity_int64', body);
  expect(text).toContain('"data":[9223372036854775807,-9223372036854775808,9007199254740993,1]');
});

test('NaN and Infinity are null in an answer', async () => {
  const inputs = [input('A', 'FP32', [3], [1, -1, 0]), input('B', 'FP32', [3], [0, 0, 0])];
  const { json } = await infer(url, 'ratio', { inputs });
  expect(json.outputs?.map(({ data }) => data)).toEqual([
    [null, null, null],
    [1, -1, 0],
  ]);
});

test('a model with an FP16 output answers when that output is left out', async () => {
  const inputs = [input('X', 'FP32', [1], [1.5])];
  expect((await infer(url, 'halves', { inputs, outputs: [{ name: 'full' }] })).json.outputs?.[0]?.data).toEqual([1.5]);
});

describe('every mistake of a client gets its sentence and no 5xx', () => {
  const deep = `{"inputs":${'['.repeat(9)}${']'.repeat(9)}}`;
  test.each<[string, string, string, unknown, number, string]>([
    [
      'unknown path',
      'GET',
      '/v3',
      undefined,
      404,
      '/v3: there is nothing here, because the server has no such path; use /v2, /v2/health/live, /v2/health/ready, or /v2/models/NAME with /versions/N, /ready or /infer.',
    ],
    ['trailing slash', 'GET', '/v2/models/scale/', undefined, 404, '/v2/models/scale/: there is nothing here'],
    ['version that is no number', 'GET', '/v2/models/scale/versions/abc', undefined, 404, 'there is nothing here'],
    [
      'wrong method',
      'POST',
      '/v2/health/live',
      '{}',
      405,
      '/v2/health/live: POST is not answered, because this path answers GET; use GET.',
    ],
    [
      'GET on infer',
      'GET',
      '/v2/models/scale/infer',
      undefined,
      405,
      '/v2/models/scale/infer: GET is not answered, because this path answers POST; use POST.',
    ],
    [
      'unknown model',
      'POST',
      '/v2/models/skale/infer',
      x(),
      404,
      'Request for unknown model: "skale" is not found, because the model repository holds "broken", "halves", "identity_bf16", "identity_bytes", "identity_fp16", "identity_int64", "lookup", "ratio", "scale"; use one of these names.',
    ],
    [
      'unknown model is not ready',
      'GET',
      '/v2/models/zz/ready',
      undefined,
      404,
      'Request for unknown model: "zz" is not found',
    ],
    [
      'version that is not served',
      'POST',
      '/v2/models/scale/versions/1/infer',
      x(),
      404,
      'model "scale": version 1 is not served, because 2 is; leave the version out, or name one that is.',
    ],
    [
      'not JSON',
      'POST',
      '/v2/models/scale/infer',
      '{"inputs":',
      400,
      'request body: it is not JSON, because Unexpected end of JSON input; correct the body.',
    ],
    ['no body', 'POST', '/v2/models/scale/infer', '', 400, 'request body: it is not JSON, because'],
    [
      'a bare NaN',
      'POST',
      '/v2/models/scale/infer',
      '{"inputs":[{"data":[NaN]}]}',
      400,
      '(JSON has no NaN and no Infinity); correct the body.',
    ],
    [
      'too deep',
      'POST',
      '/v2/models/scale/infer',
      deep,
      400,
      'request body: it nests deeper than 8, because deep nesting is how parsers are attacked; send flat data.',
    ],
    [
      'input without data',
      'POST',
      '/v2/models/scale/infer',
      x(null),
      400,
      'model "scale", input "X": "data" is not an array, because values come as an array, flat or nested; send "data": [ ... ].',
    ],
    [
      'wrong name',
      'POST',
      '/v2/models/scale/infer',
      { inputs: [input('x', 'FP32', [1, 4], [1, 2, 3, 4])] },
      400,
      'model "scale": it has no input "x", because its inputs are "X"; did you mean "X".',
    ],
    [
      'FP16 output',
      'POST',
      '/v2/models/halves/infer',
      { inputs: [input('X', 'FP32', [1], [1])] },
      400,
      'model "halves", output "half": FP16 cannot be sent as JSON, because the protocol has no JSON form for it; use the binary form (binary_data_size, binary_data), or leave that output out.',
    ],
    [
      'FP16 input',
      'POST',
      '/v2/models/identity_fp16/infer',
      { inputs: [input('X', 'FP16', [1, 2], [1, 2])], outputs: [] },
      400,
      'FP16 cannot be sent as JSON',
    ],
    [
      'NUL in BYTES',
      'POST',
      '/v2/models/identity_bytes/infer',
      { inputs: [input('X', 'BYTES', [1, 2], ['a', 'b\0'])] },
      400,
      'model "identity_bytes", input "X", data[1]: "b\\u0000" is not acceptable, because the engine would cut it at its NUL character; correct the value.',
    ],
  ])('%s', async (_, method, path, body, status, message) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await call(url + path, { method, ...(text === undefined ? {} : { body: text }) });
    expect(answer.json.error).toContain(message);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/json');
  });

  test('405 names the method that is allowed', async () => {
    expect((await call(`${url}/v2/models/scale/infer`)).headers.allow).toBe('POST');
  });

  test('a body that is not UTF-8', async () => {
    const answer = await post(Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]));
    expect(answer).toMatchObject({
      status: 400,
      json: { error: 'request body: it is not UTF-8, because JSON is UTF-8; encode it as UTF-8.' },
    });
  });
});

test('a model that was refused says why; a model that fails while it runs is the one 500', async () => {
  const broken = await infer(url, 'broken', x());
  expect(broken).toMatchObject({
    status: 503,
    json: {
      error: expect.stringMatching(
        /^model "broken", version 1: the model cannot be loaded, because Protobuf parsing failed; export it to ONNX again and store it under a new version\.$/,
      ) as string,
    },
  });
  const bf16 = await call(`${url}/v2/models/identity_bf16/ready`);
  expect(bf16).toMatchObject({
    status: 503,
    json: { error: expect.stringContaining('is BF16, which the engine does not compute on CPUs') as string },
  });
  const failed = await infer(url, 'lookup', { inputs: [input('index', 'INT64', [1], [9])] });
  expect(failed.status).toBe(500);
  expect(failed.json.error).toMatch(
    /^model "lookup": the model failed while it ran, because .*idx=9.*; check the values that were sent against what the model was trained on\.$/,
  );
});

test("a defect of the server's own is a 500 with a sentence, and not the end of the process", async () => {
  const plane = {
    draining: false,
    unready: () => {
      throw new TypeError('x is undefined');
    },
  } as unknown as DataPlane;
  const server = createServer(
    restHandler(plane, {
      maxRequestBytes: 1,
      maxJsonDepth: 1,
      logs: new LogSettings({ level: 'info' }),
      traces: new TraceSettings(undefined),
    }),
  );
  const at = await listen(server, '127.0.0.1', 0, '--http-port');
  expect(await call(`${at}/v2/health/ready`)).toMatchObject({
    status: 500,
    json: {
      error:
        'model server: the request could not be handled, because the server met a defect of its own (x is undefined); report it with the request that led to it.',
    },
  });
  server.close();
});
