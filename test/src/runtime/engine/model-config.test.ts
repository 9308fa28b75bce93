import {
  completeConfig,
  emptyConfig,
  isOn,
  parseConfig,
  parseConfigJson,
  wantedVersions,
} from '../../../../src/runtime/engine/model-config';
import type { Signature } from '../../../../src/runtime/engine/tensors';

const model: Signature = {
  inputs: [{ name: 'X', datatype: 'FP32', shape: [-1, 4] }],
  outputs: [
    { name: 'Y', datatype: 'FP32', shape: [-1, 2] },
    { name: 'label', datatype: 'BYTES', shape: [-1] },
  ],
};

test("reads Triton's text form, with comments, lists and repeated fields", () => {
  const config = parseConfig(
    'fraud',
    `# a comment
    name: "fraud" max_batch_size: 8
    input [ { name: "X", data_type: TYPE_FP32, dims: [ 4 ] } ]
    output { name: "Y" data_type: TYPE_FP32 dims: 2 label_filename: "labels.txt" }
    dynamic_batching { preferred_batch_size: [ 4, 8 ] max_queue_delay_microseconds: 100
      priority_levels: 2 priority_queue_policy { key: 1 value { max_queue_size: 5 } } }
    parameters { key: "isolated" value { string_value: "true" } }
    instance_group [ { count: 2 kind: KIND_CPU } ]
    response_cache { enable: true }`,
  );
  expect(config).toMatchObject({
    name: 'fraud',
    max_batch_size: 8,
    input: [{ name: 'X', data_type: 'TYPE_FP32', dims: [4] }],
    output: [{ name: 'Y', dims: [2], label_filename: 'labels.txt' }],
    dynamic_batching: {
      preferred_batch_size: [4, 8],
      max_queue_delay_microseconds: 100,
      priority_queue_policy: { '1': { max_queue_size: 5, timeout_action: 'REJECT' } },
    },
    instance_group: [{ count: 2, kind: 'KIND_CPU' }],
    response_cache: { enable: true },
  });
  expect(config.sequence_batching).toBeUndefined();
  expect(isOn(config, 'isolated')).toBe(true);
  expect(isOn(config, 'other')).toBe(false);
});

test('what a configuration omits is read from the model', () => {
  const { config, signature } = completeConfig(emptyConfig('m'), model);
  expect(config).toMatchObject({
    name: 'm',
    platform: 'onnxruntime_onnx',
    backend: 'onnxruntime',
    max_batch_size: 0,
    version_policy: { latest: { num_versions: 1 } },
    default_model_filename: 'model.onnx',
    input: [{ name: 'X', data_type: 'TYPE_FP32', dims: [-1, 4], optional: false }],
    output: [
      { name: 'Y', data_type: 'TYPE_FP32', dims: [-1, 2] },
      { name: 'label', data_type: 'TYPE_STRING', dims: [-1] },
    ],
  });
  expect(config.dynamic_batching).toBeUndefined();
  expect(signature.inputs).toEqual(model.inputs);
});

test('with max_batch_size the rows stand in front of the dims', () => {
  const batched = completeConfig(parseConfig('m', 'max_batch_size: 8'), model);
  expect(batched.config.input[0]?.dims).toEqual([4]);
  expect(batched.signature.inputs[0]?.shape).toEqual([-1, 4]);
  const fewer = completeConfig(
    parseConfig('m', 'max_batch_size: 8 output { name: "Y" data_type: TYPE_FP32 dims: 2 }'),
    model,
  );
  expect(fewer.signature.outputs.map(({ name }) => name)).toEqual(['Y']);
});

test('a reshaped tensor has one shape for requests and another for the engine', () => {
  const scalar: Signature = { ...model, inputs: [{ name: 'X', datatype: 'FP32', shape: [-1] }] };
  const { signature } = completeConfig(
    parseConfig('m', 'max_batch_size: 8 input { name: "X" data_type: TYPE_FP32 dims: 1 reshape { shape: [] } }'),
    scalar,
  );
  expect(signature.inputs[0]?.shape).toEqual([-1, 1]);
  expect(signature.reshape.get('X')).toEqual([-1]);
});

test('a version policy chooses among those that are there, newest first', () => {
  const policy = (text: string): Parameters<typeof wantedVersions>[0] => parseConfig('m', text).version_policy;
  const found = ['10', '9', '2'];
  expect(wantedVersions(undefined, found)).toEqual(['10']);
  expect(wantedVersions(policy('version_policy { latest { num_versions: 2 } }'), found)).toEqual(['10', '9']);
  expect(wantedVersions(policy('version_policy { all {} }'), found)).toEqual(found);
  expect(wantedVersions(policy('version_policy { specific { versions: [2, 3] } }'), found)).toEqual(['2']);
});

test.each<[string, string]>([
  ['max_batch_size: "a"', 'm/config.pbtxt: the configuration cannot be read, because'],
  ['nonsense: 1', "correct it (text form of Triton's ModelConfig), or remove it"],
  ['name: "other"', 'm/config.pbtxt: its name is "other", because the folder is "m"; make both the same'],
  ['backend: "tensorrt"', 'it wants the backend "tensorrt", because this server computes ONNX models'],
  ['sequence_batching {}', 'it wants sequence_batching, because this server keeps no state between requests'],
  ['model_transaction_policy { decoupled: true }', 'it wants a decoupled model'],
  ['instance_group { kind: KIND_GPU }', 'it wants GPUs, because this server computes on CPUs'],
  ['input { name: "X" optional: true }', 'input "X" is optional, ragged or a shape tensor'],
  [
    'dynamic_batching {}',
    'it has dynamic_batching without max_batch_size, because requests are put together along the rows',
  ],
  [
    'max_batch_size: 4 dynamic_batching { preferred_batch_size: 8 }',
    'preferred_batch_size 8 cannot be reached, because max_batch_size is 4',
  ],
])('refuses %s', (text, sentence) => {
  expect(() => parseConfig('m', text)).toThrow(sentence);
});

test.each<[string, string]>([
  [
    'input { name: "x" data_type: TYPE_FP32 dims: [-1, 4] }',
    'it has input "x", because the model\'s are "X"; did you mean "X".',
  ],
  [
    'input { name: "X" data_type: TYPE_INT32 dims: [-1, 4] }',
    'input "X" is TYPE_INT32, because the model\'s is FP32; say TYPE_FP32.',
  ],
  [
    'input { name: "X" data_type: TYPE_FP32 dims: 4 }',
    'input "X" has dims [4], because the model\'s shape is [-1,4]; say dims: [-1,4].',
  ],
  [
    'max_batch_size: 2 input { name: "X" data_type: TYPE_FP32 dims: [-1, 4] }',
    'input "X" has dims [-1,4] after the rows, because the model\'s shape is [-1,4]; say dims: [4].',
  ],
])('tells where configuration and model contradict each other: %s', (text, sentence) => {
  expect(() => completeConfig(parseConfig('m', text), model)).toThrow(sentence);
});

test('a model without rows cannot have a batch size; one input cannot be left out', () => {
  const fixed: Signature = { ...model, inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4] }] };
  expect(() => completeConfig(parseConfig('m', 'max_batch_size: 2'), fixed)).toThrow(
    'max_batch_size is 2, but input "X" has no rows, because its shape is [1,4], whose first length is fixed; export the model with a dynamic first axis, or say max_batch_size: 0.',
  );
  const two: Signature = { ...model, inputs: [...model.inputs, { name: 'Z', datatype: 'FP32', shape: [-1] }] };
  expect(() => completeConfig(parseConfig('m', 'input { name: "X" data_type: TYPE_FP32 dims: [-1, 4] }'), two)).toThrow(
    'it does not list input "Z", because the model reads it',
  );
});

test('a load request brings the same as JSON', () => {
  expect(parseConfigJson('m', '{"max_batch_size":4,"dynamic_batching":{}}')).toMatchObject({ max_batch_size: 4 });
  expect(() => parseConfigJson('m', '{"max_batch_size":')).toThrow(
    'model "m", parameter "config": the configuration cannot be read',
  );
  expect(() => parseConfigJson('m', '{"dynamic_batching":{}}')).toThrow('dynamic_batching without max_batch_size');
});
