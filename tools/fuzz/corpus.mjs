// Valid requests of every kind, over REST and gRPC: what the fuzzer begins with.
import { gzipSync } from 'node:zlib';

const input = (name, datatype, shape, data) => ({ name, datatype, shape, data });
const scale = { inputs: [input('X', 'FP32', [1, 4], [1, 2, 3, 4])] };
const infer = (model, body) => ({ method: 'POST', path: `/v2/models/${model}/infer`, body });
const identity = (short, data) =>
  infer(`identity_${short}`, { inputs: [input('X', short.toUpperCase(), [1, 2], data)] });

const binaryHead = JSON.stringify({
  inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4], parameters: { binary_data_size: 16 } }],
  parameters: { binary_data_output: true },
});
const binaryBody = Buffer.concat([Buffer.from(binaryHead), Buffer.from(Float32Array.of(1, 2, 3, 4).buffer)]);

export const rest = [
  infer('scale', scale),
  infer('scale', {
    id: 'a',
    parameters: { priority: 1, timeout: 1000 },
    ...scale,
    outputs: [{ name: 'Y', parameters: { classification: 2 } }],
  }),
  infer('scale', { ...scale, outputs: [{ name: 'Y', parameters: { binary_data: true } }] }),
  infer('batched', scale),
  infer('chain', { inputs: [input('in', 'FP32', [1, 4], [1, 2, 3, 4])] }),
  infer('ratio', { inputs: [input('A', 'FP32', [2], [1, 0]), input('B', 'FP32', [2], [0, 0])] }),
  infer('halves', { inputs: [input('X', 'FP32', [1], [1])], outputs: [{ name: 'full' }] }),
  identity('int64', [1, -9007199254740991]),
  identity('uint64', [1, 2]),
  identity('int8', [1, -128]),
  identity('bool', [true, false]),
  identity('bytes', ['a', 'b']),
  {
    ...infer('scale', undefined),
    body: binaryBody,
    headers: { 'inference-header-content-length': String(binaryHead.length) },
  },
  { ...infer('scale', undefined), body: Buffer.alloc(16), headers: { 'inference-header-content-length': '0' } },
  { ...infer('scale', undefined), body: gzipSync(JSON.stringify(scale)), headers: { 'content-encoding': 'gzip' } },
  { ...infer('scale', scale), headers: { 'accept-encoding': 'gzip;q=1, deflate;q=0.5', traceparent: '00-1-2-01' } },
  { ...infer('scale', scale), headers: { 'plinth-sticky': 'x', 'plinth-timeout': '1000', expect: '' } },
  { method: 'POST', path: '/v1/models/scale:predict', body: { instances: [[1, 2, 3, 4]] } },
  { method: 'POST', path: '/v1/models/scale/versions/2:predict', body: { inputs: { X: [[1, 2, 3, 4]] } } },
  { method: 'POST', path: '/v1/models/identity_bytes:predict', body: { instances: [{ X: [{ b64: 'YQ==' }, 'b'] }] } },
  { method: 'POST', path: '/v2/repository/index', body: { ready: true } },
  {
    method: 'POST',
    path: '/v2/repository/models/scale/load',
    body: { parameters: { config: '{"max_batch_size":4}' } },
  },
  { method: 'POST', path: '/v2/repository/models/scale/unload', body: { parameters: { unload_dependents: true } } },
  { method: 'POST', path: '/v2/logging', body: { log_verbose_level: 0 } },
  { method: 'POST', path: '/v2/trace/setting', body: { trace_rate: '1000' } },
  ...[
    '/v2', '/v2/health/live', '/v2/health/ready', '/v2/models/scale', '/v2/models/scale/versions/2/ready', '/v2/models/chain/config',
    '/v2/models/scale/stats', '/v2/models/stats', '/v2/logging', '/v2/trace/setting', '/v1/models', '/v1/models/scale',
    '/v1/models/scale/metadata', '/v2/systemsharedmemory/status',
  ].map((path) => ({ method: 'GET', path })), // prettier-ignore
];

const raw = Buffer.from(Float32Array.of(1, 2, 3, 4).buffer);
/** Messages by method of `inference.GRPCInferenceService`. */
export const grpc = [
  ['ModelInfer', 'ModelInferRequest', { model_name: 'scale', inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4] }], raw_input_contents: [raw] }],
  ['ModelInfer', 'ModelInferRequest', { model_name: 'scale', inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4], contents: { fp32_contents: [1, 2, 3, 4] } }], outputs: [{ name: 'Y', parameters: { classification: { int64_param: 2 } } }] }],
  ['ModelInfer', 'ModelInferRequest', { model_name: 'identity_bytes', inputs: [{ name: 'X', datatype: 'BYTES', shape: [1, 2], contents: { bytes_contents: [Buffer.from('a'), Buffer.from('b')] } }] }],
  ['ModelStreamInfer', 'ModelInferRequest', { model_name: 'batched', inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4] }], raw_input_contents: [raw] }],
  ['ServerLive', 'ServerLiveRequest', {}],
  ['ServerReady', 'ServerReadyRequest', {}],
  ['ModelReady', 'ModelReadyRequest', { name: 'scale', version: '2' }],
  ['ServerMetadata', 'ServerMetadataRequest', {}],
  ['ModelMetadata', 'ModelMetadataRequest', { name: 'scale' }],
  ['ModelConfig', 'ModelConfigRequest', { name: 'chain' }],
  ['ModelStatistics', 'ModelStatisticsRequest', { name: 'scale' }],
  ['RepositoryIndex', 'RepositoryIndexRequest', { ready: true }],
  ['RepositoryModelLoad', 'RepositoryModelLoadRequest', { model_name: 'scale', parameters: { config: { string_param: '{}' } } }],
  ['RepositoryModelUnload', 'RepositoryModelUnloadRequest', { model_name: 'scale' }],
  ['TraceSetting', 'TraceSettingRequest', { settings: { trace_rate: { value: ['1000'] } } }],
  ['LogSettings', 'LogSettingsRequest', { settings: { log_verbose_level: { uint32_param: 0 } } }],
]; // prettier-ignore
