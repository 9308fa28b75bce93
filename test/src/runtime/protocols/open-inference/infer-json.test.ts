import { inferAnswerJson, readInferRequest } from '../../../../../src/runtime/protocols/open-inference/infer-json';
import { input } from '../../support/serving';

const read = (value: unknown): ReturnType<typeof readInferRequest> =>
  readInferRequest(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), 64);
const x = input('X', 'FP32', [1, 2], [1, 2]);

test('reads id, parameters, inputs and outputs, and leaves the rest aside', () => {
  const outputs = [{ name: 'Y', parameters: { binary_data: true } }];
  const request = read({
    id: 'a',
    inputs: [x],
    outputs,
    parameters: { priority: 1, binary_data_output: false },
    other: [],
  });
  expect(request).toMatchObject({
    id: 'a',
    parameters: { priority: 1 },
    outputs: [{ name: 'Y' }],
    inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 2] }],
  });
  expect(request.inputs[0]?.values('FP32', 2, 'here')).toEqual(Float32Array.of(1, 2));
  expect(read({ inputs: [] })).toMatchObject({ id: undefined, outputs: undefined });
});

test('long integers come from the text of the request, whichever input they are in', () => {
  const request = read(
    `{"inputs":[${JSON.stringify(x)},{"name":"L","datatype":"INT64","shape":[1],"data":[9007199254740993]}]}`,
  );
  expect(request.inputs[1]?.values('INT64', 1, 'here')).toEqual(BigInt64Array.of(9007199254740993n));
});

test.each<[string, unknown, string]>([
  [
    'not an object',
    '[]',
    'request body: it is not a JSON object, because a request is one; send { "inputs": [ ... ] }.',
  ],
  [
    'no inputs',
    {},
    'request body: "inputs" is not an array, because the Open Inference Protocol says so; send an array.',
  ],
  [
    'id',
    { id: 1, inputs: [] },
    'request body: "id" is not a string, because the Open Inference Protocol says so; send a string.',
  ],
  ['outputs', { inputs: [x], outputs: 'Y' }, 'request body: "outputs" is not an array'],
  [
    'an output',
    { inputs: [x], outputs: ['Y'] },
    'outputs[0]: it is not an object, because outputs are asked for by name; send { "name": ... }.',
  ],
  ["an output's name", { inputs: [x], outputs: [{}] }, 'outputs[0]: "name" is not a string'],
  [
    'an input',
    { inputs: [1] },
    'inputs[0]: it is not an object, because inputs are objects; send { "name", "shape", "datatype", "data" }.',
  ],
  ["an input's name", { inputs: [x, {}] }, 'inputs[1]: "name" is not a string'],
  ["an input's datatype", { inputs: [{ name: 'X' }] }, 'inputs[0]: "datatype" is not a string'],
  [
    "an input's shape",
    { inputs: [{ name: 'X', datatype: 'FP32', shape: ['a'] }] },
    'inputs[0]: "shape" is not an array of numbers',
  ],
  [
    'more inputs than any model has',
    { inputs: Array.from({ length: 4097 }, () => x) },
    'request body: "inputs" has 4097 entries, because 4096 is the most; send those of the model.',
  ],
])('%s that is wrong gets its sentence', (_, value, message) => {
  expect(() => read(value)).toThrow(message);
});

test('FP16 outputs are refused before anything is computed', () => {
  const { checkOutput } = read({ inputs: [] });
  const spec = { name: 'Y', shape: [1] };
  expect(() => checkOutput?.({ ...spec, datatype: 'FP32' }, 'here')).not.toThrow();
  expect(() => checkOutput?.({ ...spec, datatype: 'FP16' }, 'here')).toThrow('here: FP16 cannot be sent as JSON');
});

test('an answer is one document, with an id only where the request had one', () => {
  const outputs = [{ name: 'Y', datatype: 'FP32' as const, shape: [1], data: Float32Array.of(0.5) }];
  const answer = { id: undefined, model: 'm"', version: '3', outputs };
  const document = {
    model_name: 'm"',
    model_version: '3',
    outputs: [{ name: 'Y', datatype: 'FP32', shape: [1], data: [0.5] }],
  };
  expect(JSON.parse(inferAnswerJson(answer))).toEqual(document);
  expect(JSON.parse(inferAnswerJson({ ...answer, id: '' }))).toEqual({ id: '', ...document });
});
