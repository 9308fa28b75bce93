/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RequestError } from '../../../../../src/runtime/engine/errors';
import type { DataPlane } from '../../../../../src/runtime/engine/data-plane';
import { predictHandler } from '../../../../../src/runtime/protocols/predict/predict';
import { cleanup } from '../../support/cleanup';
import { breakModel, call, untilReady, workshop, type Answer } from '../../support/serving';

const shop = workshop();
const tidy = cleanup();
let url: string;

beforeAll(async () => {
  const models = [
    'scale',
    'ratio',
    'halves',
    'lookup',
    'identity_bytes',
    'identity_int64',
    'identity_bool',
    'identity_fp16',
  ];
  const repository = shop.repository(...models);
  breakModel(repository, 'broken');
  writeFileSync(join(repository, 'scale/config.pbtxt'), 'version_policy { all {} }');
  writeFileSync(join(repository, 'scale/traffic.json'), JSON.stringify({ aliases: { champion: '2', old: '1' } }));
  const program = await shop.serve({ modelRepository: repository, maxRequestBytes: 4096, maxJsonDepth: 8 });
  url = program.urls.http;
  await untilReady(program);
});

const predict = (model: string, body: unknown): Promise<Answer> =>
  call(`${url}/v1/models/${model}:predict`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const rows = [
  [1, 2, 3, 4],
  [5, 6, 7, 8],
];

test('rows come back as rows, columns as columns', async () => {
  expect(await predict('scale', { instances: rows })).toMatchObject({
    status: 200,
    headers: { 'content-type': 'application/json' },
    text: '{"predictions":[[2,4,6,8],[10,12,14,16]]}',
  });
  expect((await predict('scale', { inputs: rows, signature_name: 'serving_default' })).text).toBe(
    '{"outputs":[[2,4,6,8],[10,12,14,16]]}',
  );
  expect((await predict('scale', { inputs: { X: rows } })).text).toBe('{"outputs":[[2,4,6,8],[10,12,14,16]]}');
  expect((await predict('scale', { instances: [{ X: rows[0] }] })).text).toBe('{"predictions":[[2,4,6,8]]}');
});

test('several inputs and outputs have their names, in rows and in columns', async () => {
  const instances = [
    { A: 6, B: 2 },
    { B: 0, A: 1 },
  ];
  expect((await predict('ratio', { instances })).json).toEqual({
    predictions: [
      { quotient: 3, sum: 8 },
      { quotient: null, sum: 1 },
    ],
  });
  expect((await predict('ratio', { inputs: { A: [6], B: [2] } })).json).toEqual({
    outputs: { quotient: [3], sum: [8] },
  });
});

test('whole numbers are exact, texts may be base64, and BOOL is true or false', async () => {
  const long = '{"instances":[[9223372036854775807,-9223372036854775808]]}';
  expect((await predict('identity_int64', long)).text).toBe(
    '{"predictions":[[9223372036854775807,-9223372036854775808]]}',
  );
  expect((await predict('identity_int64', long.replace('instances', 'inputs'))).text).toContain('9223372036854775807');
  const named = '{"instances":[{"X":[9007199254740993,1]}]}';
  expect((await predict('identity_int64', named)).text).toBe('{"predictions":[[9007199254740993,1]]}');
  const text = { b64: Buffer.from('é').toString('base64') };
  expect((await predict('identity_bytes', { instances: [['a', text]] })).json).toEqual({ predictions: [['a', 'é']] });
  expect((await predict('identity_bool', { instances: [[true, false]] })).json).toEqual({
    predictions: [[true, false]],
  });
});

test('versions and labels choose, and labels are aliases', async () => {
  const first = async (model: string): Promise<unknown> =>
    ((await predict(model, { instances: rows })).json['predictions'] as number[][])[0]?.[0];
  expect(await first('scale')).toBe(2);
  expect(await first('scale/versions/1')).toBe(1);
  expect(await first('scale/labels/old')).toBe(1);
  expect(await first('scale@old')).toBe(1);
  expect(await first('scale/labels/champion')).toBe(2);
  expect((await predict('scale/labels/nobody', { instances: rows })).status).toBe(404);
});

test('the list, the state and the description of models', async () => {
  expect((await call(`${url}/v1/models`)).json).toEqual({
    models: [
      'halves',
      'identity_bool',
      'identity_bytes',
      'identity_fp16',
      'identity_int64',
      'lookup',
      'ratio',
      'scale',
    ],
  });
  const available = (version: string): object => ({
    version,
    state: 'AVAILABLE',
    status: { error_code: 'OK', error_message: '' },
  });
  const one = await call(`${url}/v1/models/scale`);
  expect(one).toMatchObject({ status: 200, json: { name: 'scale', ready: true } });
  const states = one.json['model_version_status'] as unknown[];
  expect(states).toHaveLength(2);
  expect(states).toEqual(expect.arrayContaining([available('1'), available('2')]));
  for (const path of ['scale/versions/1', 'scale/labels/old'])
    expect((await call(`${url}/v1/models/${path}`)).json).toMatchObject({ model_version_status: [available('1')] });
  const broken = await call(`${url}/v1/models/broken`);
  const message = expect.stringContaining('Protobuf parsing failed') as string;
  expect(broken).toMatchObject({
    status: 503,
    json: {
      name: 'broken',
      ready: false,
      error: message,
      model_version_status: [
        { version: '1', state: 'END', status: { error_code: 'UNAVAILABLE', error_message: message } },
      ],
    },
  });
  expect((await call(`${url}/v1/models/nobody`)).status).toBe(404);
  const dim = [
    { size: '-1', name: '' },
    { size: '4', name: '' },
  ];
  const info = (name: string): object => ({ dtype: 'DT_FLOAT', tensor_shape: { dim, unknown_rank: false }, name });
  const described = { inputs: { X: info('X') }, outputs: { Y: info('Y') }, method_name: 'tensorflow/serving/predict' };
  for (const [path, version] of [
    ['scale', '2'],
    ['scale/versions/1', '1'],
    ['scale/labels/old', '1'],
  ])
    expect((await call(`${url}/v1/models/${path}/metadata`)).json).toEqual({
      model_spec: { name: 'scale', signature_name: '', version },
      metadata: { signature_def: { signature_def: { serving_default: described } } },
    });
});

describe('every mistake of a client gets its sentence and no 5xx', () => {
  test.each<[string, string, unknown, string]>([
    [
      'no object',
      'scale',
      '[]',
      'request body: it is not a JSON object, because a request is one; send { "instances": [ ... ] }.',
    ],
    [
      'no values',
      'scale',
      {},
      'request body: it has neither "instances" nor "inputs", because values come in rows or in columns; send one of them.',
    ],
    ['values twice', 'scale', { instances: rows, inputs: rows }, 'it has "instances" and "inputs"'],
    [
      'no row',
      'scale',
      { instances: [] },
      'request body: "instances" holds no row, because it is an array of rows; send "instances": [ ... ].',
    ],
    ['rows that are no array', 'scale', { instances: 1 }, '"instances" holds no row'],
    [
      'another signature',
      'scale',
      { instances: rows, signature_name: 'x' },
      'request body: there is no signature "x", because an ONNX model has one; leave signature_name out, or send "serving_default".',
    ],
    [
      'rows of other inputs',
      'ratio',
      { instances: [{ A: 1, B: 2 }, { A: 1 }] },
      'instances[1]: it has "A", because the first row has "A", "B"; send the same inputs in every row.',
    ],
    ['a row that is a value', 'ratio', { instances: [{ A: 1, B: 2 }, 3] }, 'instances[1]: it is a value, because'],
    [
      'a row that has names',
      'scale',
      { instances: [rows[0], { X: rows[1] }] },
      'instances[1]: it has "X", because the first row is a value',
    ],
    [
      'values without names',
      'ratio',
      { instances: [1] },
      'request body: the values have no names, because model "ratio" reads "A", "B"; send an object with a value for each.',
    ],
    ['an unknown input', 'scale', { inputs: { Q: rows } }, 'model "scale": it has no input "Q"'],
    [
      'a shape that does not fit',
      'scale',
      { instances: [1, 2] },
      'the shape [2] does not fit, because the model reads [-1,4]',
    ],
    [
      'rows of unequal length',
      'scale',
      { instances: [rows[0], [1]] },
      'the nesting of "data" does not follow the shape',
    ],
    [
      'a text where numbers are',
      'scale',
      { instances: [[1, 2, 3, 'x']] },
      '"x" is not acceptable, because FP32 is a number',
    ],
    [
      'base64 where numbers are',
      'scale',
      { instances: [[1, 2, 3, { b64: 'AA==' }]] },
      'is not acceptable, because FP32 is a number',
    ],
    ['base64 with a NUL', 'identity_bytes', { instances: [['a', { b64: 'AA==' }]] }, 'it holds a NUL byte'],
    ['FP16 input', 'identity_fp16', { instances: [[1, 2]] }, 'FP16 cannot be sent as JSON'],
    ['FP16 output', 'halves', { instances: [1] }, 'FP16 cannot be sent as JSON'],
    ['a scalar', 'lookup', { inputs: 1 }, 'the shape [] does not fit'],
  ])('%s', async (_, model, body, message) => {
    const answer = await predict(model, body);
    expect(answer.json.error).toContain(message);
    expect(answer.status).toBe(400);
  });

  test('paths and methods', async () => {
    const at = (path: string, method = 'GET'): Promise<Answer> => call(url + path, { method });
    expect(await at('/v1/models/scale/')).toMatchObject({
      status: 404,
      json: {
        error:
          '/v1/models/scale/: there is nothing here, because the server has no such path; use /v1/models or /v1/models/NAME with /versions/N or /labels/LABEL, and then :predict or /metadata.',
      },
    });
    expect((await at('/v1/models/%E0%A4%A')).status).toBe(404);
    expect(await at('/v1/models/scale:predict')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(await at('/v1/models', 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    expect(await at('/v1/models/scale:explain', 'POST')).toMatchObject({
      status: 501,
      json: {
        error:
          '/v1/models/scale:explain: this is not supported, because models of this server predict, and neither explain, classify nor regress by themselves; use :predict.',
      },
    });
    expect((await predict('nobody', { instances: rows })).status).toBe(404);
    expect((await predict('broken', { instances: rows })).status).toBe(503);
    expect((await predict('scale', ' '.repeat(5000))).status).toBe(413);
  });
});

test('an output with other rows than the request is told to come in columns', async () => {
  const plane = {
    draining: false,
    describe: () => ({ name: 'm', signature: { inputs: [{ name: 'X', datatype: 'FP32', shape: [-1] }], outputs: [] } }),
    infer: (_model: string, _version: string, read: () => { checkOutput?: (spec: object, where: string) => void }) => {
      const request = read();
      expect(() => request.checkOutput?.({ name: 'Y', datatype: 'FP32', shape: [3] }, 'here')).toThrow(
        'here: its shape [3]',
      );
      expect(() => request.checkOutput?.({ name: 'Y', datatype: 'FP32', shape: [] }, 'here')).toThrow(
        'here: its shape []',
      );
      const outputs = [{ name: 'Y', datatype: 'FP32', shape: [1], data: Float32Array.of(1) }];
      return Promise.resolve({ id: undefined, model: 'm', version: '1', outputs });
    },
  } as unknown as DataPlane;
  const { url: at } = await tidy.http(predictHandler(plane, { maxRequestBytes: 100, maxJsonDepth: 8 }));
  const answer = await call(`${at}/v1/models/m:predict`, { method: 'POST', body: '{"instances":[1,2]}' });
  expect(answer).toMatchObject({
    status: 400,
    json: {
      error:
        'model "m", output "Y": its shape [1] does not fit the request, because "instances" has 2 rows, and the answer has one part for each; send columns ("inputs").',
    },
  });
});

test('who may not ask is told so before the body is read; the state is for everybody', async () => {
  const before = (): never => {
    throw new RequestError('forbidden', { code: 'no', what: 'no', where: 'here', why: 'so', cure: 'ask' });
  };
  const plane = { draining: true, checkReady: () => undefined, index: () => [] } as unknown as DataPlane;
  const { url: at } = await tidy.http(predictHandler(plane, { maxRequestBytes: 1, maxJsonDepth: 8, before }));
  expect((await call(`${at}/v1/models/m:predict`, { method: 'POST', body: 'too large' })).status).toBe(403);
  expect((await call(`${at}/v1/models`)).status).toBe(403);
  expect(await call(`${at}/v1/models/m`)).toMatchObject({ status: 200, headers: { connection: 'close' } });
});
