/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import type { RunningProgram } from '../../../../../src/runtime/program';
import { floats, GrpcClient, refusal } from '../../support/grpc';
import { breakModel, modelFile, until, untilReady, workshop } from '../../support/serving';

const shop = workshop();
let [polled, explicit]: [GrpcClient, GrpcClient] = [] as never;

const open = async (program: RunningProgram): Promise<GrpcClient> => {
  await untilReady(program);
  return new GrpcClient(program.urls.grpc as string);
};

beforeAll(async () => {
  const repository = shop.repository('scale', 'identity_int64');
  writeFileSync(join(repository, 'scale/config.pbtxt'), 'version_policy { all {} } max_batch_size: 8');
  polled = await open(await shop.serve({ modelRepository: repository }));
  const other = shop.repository('scale', 'ratio');
  breakModel(other, 'broken');
  explicit = await open(
    await shop.serve({
      modelRepository: other,
      modelControl: 'explicit',
      scratch: shop.folder(),
      readyWhenEmpty: true,
    }),
  );
});
afterAll(() => {
  polled.close();
  explicit.close();
});

test('health, and readiness of models; one that there is not is not ready', async () => {
  expect(await polled.call('ServerLive')).toEqual({ live: true });
  expect(await polled.call('ServerReady')).toEqual({ ready: true });
  expect(await polled.call('ModelReady', { name: 'scale' })).toEqual({ ready: true });
  expect(await polled.call('ModelReady', { name: 'scale', version: '1' })).toEqual({ ready: true });
  expect(await polled.call('ModelReady', { name: 'scale', version: '9' })).toEqual({ ready: false });
  expect(await polled.call('ModelReady', { name: 'other' })).toEqual({ ready: false });
  expect(await refusal(polled.call('ModelReady'))).toEqual({
    code: status.INVALID_ARGUMENT,
    details: "request message: the model's name is missing, because the call is about one; send it.",
  });
});

test('metadata of the server and of a model', async () => {
  expect(await polled.call('ServerMetadata')).toMatchObject({
    name: 'plinth',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    extensions: expect.arrayContaining(['model_repository', 'statistics']) as string[],
  });
  expect(await polled.call('ModelMetadata', { name: 'scale' })).toEqual({
    name: 'scale',
    versions: ['1', '2'],
    platform: 'onnxruntime_onnx',
    inputs: [{ name: 'X', datatype: 'FP32', shape: ['-1', '4'] }],
    outputs: [{ name: 'Y', datatype: 'FP32', shape: ['-1', '4'] }],
  });
  expect((await refusal(polled.call('ModelMetadata', { name: 'scale', version: '1.0' }))).code).toBe(
    status.INVALID_ARGUMENT,
  );
  expect((await refusal(polled.call('ModelMetadata', { name: 'other' }))).code).toBe(status.NOT_FOUND);
});

test('the configuration of a model, what it omits filled in', async () => {
  const { config } = await polled.call('ModelConfig', { name: 'scale' });
  expect(config).toMatchObject({
    name: 'scale',
    platform: 'onnxruntime_onnx',
    backend: 'onnxruntime',
    max_batch_size: 8,
    version_policy: { all: {} },
    input: [{ name: 'X', data_type: 'TYPE_FP32', dims: ['4'] }],
    output: [{ name: 'Y', data_type: 'TYPE_FP32', dims: ['4'] }],
  });
});

test('statistics of a model, of a version, and of all', async () => {
  await polled.infer({
    model_name: 'scale',
    model_version: '1',
    inputs: [{ name: 'X', datatype: 'FP32', shape: [3, 4] }],
    raw_input_contents: [floats(new Array<number>(12).fill(1))],
  });
  const { model_stats } = await polled.call('ModelStatistics', { name: 'scale', version: '1' });
  expect(model_stats).toMatchObject([
    {
      name: 'scale',
      version: '1',
      inference_count: '3',
      execution_count: '1',
      inference_stats: { success: { count: '1' }, fail: { count: '0' } },
      batch_stats: [{ batch_size: '3', compute_infer: { count: '1' } }],
    },
  ]);
  const stats = async (request: object): Promise<unknown[]> =>
    (await polled.call('ModelStatistics', request))['model_stats'] as unknown[];
  expect(await stats({ name: 'scale' })).toHaveLength(2);
  expect(await stats({})).toHaveLength(3);
  expect((await refusal(stats({ name: 'other' }))).code).toBe(status.NOT_FOUND);
});

test('the index of the repository', async () => {
  const { models } = await polled.call('RepositoryIndex');
  const row = (name: string, version: string): object => ({ name, version, state: 'READY', reason: '' });
  expect(new Set(models as object[])).toEqual(
    new Set([row('identity_int64', '1'), row('scale', '1'), row('scale', '2')]),
  );
  expect(await explicit.call('RepositoryIndex', { ready: true })).toEqual({ models: [] });
  expect(await refusal(polled.call('RepositoryIndex', { repository_name: 'r' }))).toEqual({
    code: status.UNIMPLEMENTED,
    details:
      'repository_name: the repository "r" cannot be chosen, because this server has one repository, without a name; leave repository_name empty.',
  });
});

test("models are loaded and unloaded on request, by Triton's clients and by KServe's", async () => {
  const ready = async (): Promise<unknown> => (await explicit.call('ModelReady', { name: 'scale' }))['ready'];
  expect(await explicit.call('RepositoryModelLoad', { model_name: 'scale' })).toEqual({
    model_name: '',
    isLoaded: false,
  });
  expect(await ready()).toBe(true);
  await explicit.call('RepositoryModelUnload', {
    model_name: 'scale',
    parameters: { unload_dependents: { bool_param: true } },
  });
  await until(async () => (await ready()) === false);
  // Their field 1 is what Triton calls repository_name.
  expect(await explicit.call('RepositoryModelLoad', { repository_name: 'scale' })).toEqual({
    model_name: 'scale',
    isLoaded: true,
  });
  expect(await ready()).toBe(true);
  expect(await explicit.call('RepositoryModelUnload', { repository_name: 'scale' })).toEqual({
    model_name: 'scale',
    isUnloaded: true,
  });
  await until(async () => (await ready()) === false);
});

test('a model may be sent with the request, with its configuration', async () => {
  const files = { 'file:3/model.onnx': { bytes_param: readFileSync(modelFile('scale', '2')) } };
  const config = { config: { string_param: JSON.stringify({ max_batch_size: 4 }) } };
  await explicit.call('RepositoryModelLoad', { model_name: 'sent', parameters: { ...files, ...config } });
  expect(await explicit.call('ModelConfig', { name: 'sent' })).toMatchObject({ config: { max_batch_size: 4 } });
  expect(await explicit.call('ModelMetadata', { name: 'sent' })).toMatchObject({ versions: ['3'] });
});

test('a load that fails says why: the fault of the client where it sent the model, otherwise not', async () => {
  const load = (model_name: string, parameters: object = {}): Promise<{ code: number; details: string }> =>
    refusal(explicit.call('RepositoryModelLoad', { model_name, parameters }));
  expect((await load('nothing')).code).toBe(status.NOT_FOUND);
  expect((await load('broken')).code).toBe(status.UNAVAILABLE);
  const noModel = { 'file:1/model.onnx': { bytes_param: Buffer.from('no model') } };
  expect((await load('mine', noModel)).code).toBe(status.INVALID_ARGUMENT);
  expect((await load('scale', { config: { string_param: '{' } })).code).toBe(status.INVALID_ARGUMENT);
  expect((await load('scale', { 'file:../x': { bytes_param: Buffer.from('a') } })).code).toBe(status.INVALID_ARGUMENT);
  expect((await load('scale', { config: { int64_param: 1 } })).details).toContain('parameter "config": it is no text');
  expect((await load('scale', { 'file:1/a': { bool_param: true } })).details).toContain('it has no bytes');
  expect((await load('scale', { colour: { string_param: 'red' } })).details).toContain(
    'parameter "colour": it is unknown, because there are "config" and "file:<path>"',
  );
  expect((await load('')).code).toBe(status.INVALID_ARGUMENT);
  const both = explicit.call('RepositoryModelLoad', { repository_name: 'r', model_name: 'scale' });
  expect((await refusal(both)).code).toBe(status.UNIMPLEMENTED);
  expect((await refusal(polled.call('RepositoryModelLoad', { model_name: 'scale' }))).code).toBe(status.UNAVAILABLE);
});

test('settings of logs are read and changed, and refused with a sentence', async () => {
  const all = {
    log_file: { string_param: '' },
    log_info: { bool_param: false },
    log_warning: { bool_param: false },
    log_error: { bool_param: false },
    log_verbose_level: { uint32_param: 0 },
    log_format: { string_param: 'ISO8601' },
  };
  expect((await polled.call('LogSettings'))['settings']).toEqual(all);
  const changed = await polled.call('LogSettings', { settings: { log_error: { bool_param: true } } });
  expect(changed['settings']).toEqual({ ...all, log_error: { bool_param: true } });
  await polled.call('LogSettings', { settings: { log_error: { bool_param: false } } });
  expect(await refusal(polled.call('LogSettings', { settings: { log_eror: { bool_param: true } } }))).toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: expect.stringContaining('did you mean "log_error"') as string,
  });
});

test('settings of traces are read and changed, for all and for a model, and are the default again when they are empty', async () => {
  const rate = async (request: object): Promise<unknown> =>
    ((await polled.call('TraceSetting', request))['settings'] as Record<string, unknown>)['trace_rate'];
  const first = await rate({});
  expect(await rate({ model_name: 'scale', settings: { trace_rate: { value: ['10'] } } })).toEqual({ value: ['10'] });
  expect(await rate({ model_name: 'scale' })).toEqual({ value: ['10'] });
  expect(await rate({})).toEqual(first);
  expect(await rate({ model_name: 'scale', settings: { trace_rate: {} } })).toEqual(first);
  expect((await polled.call('TraceSetting'))['settings']).toMatchObject({ trace_level: { value: ['OFF'] } });
  expect((await refusal(rate({ model_name: 'nothing' }))).code).toBe(status.NOT_FOUND);
  expect((await refusal(rate({ settings: { trace_rate: { value: ['often'] } } }))).code).toBe(status.INVALID_ARGUMENT);
});
