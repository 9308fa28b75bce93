import { chooseOutputs, readInputs, type RequestTensor } from '../../../../src/runtime/engine/validation';
import type { Signature } from '../../../../src/runtime/engine/tensors';

const signature: Signature = {
  inputs: [
    { name: 'amount', datatype: 'FP32', shape: [-1, 4] },
    { name: 'country', datatype: 'BYTES', shape: [2] },
  ],
  outputs: [
    { name: 'score', datatype: 'FP32', shape: [-1] },
    { name: 'label', datatype: 'INT64', shape: [-1] },
  ],
};

const tensor = (name: string, datatype: string, shape: number[]): RequestTensor => ({
  name,
  datatype,
  shape,
  values: (_, count) => new Float32Array(count),
});
const amount = tensor('amount', 'FP32', [3, 4]);
const country = tensor('country', 'BYTES', [2]);

test('inputs come in the order of the signature, and each decodes as many values as its shape holds', () => {
  const inputs = readInputs('fraud', signature, [country, amount]);
  expect(inputs.map(({ name, data }) => [name, data.length])).toEqual([
    ['amount', 12],
    ['country', 2],
  ]);
});

test.each<[string, RequestTensor[], string]>([
  [
    'a missing input',
    [amount],
    'model "fraud": input "country" is missing, because the model reads "amount", "country"; send "country" as BYTES of shape [2].',
  ],
  [
    'an unknown input',
    [tensor('zzzzzzzz', 'FP32', [1])],
    'model "fraud": it has no input "zzzzzzzz", because its inputs are "amount", "country"; use one of these names.',
  ],
  [
    'a misspelt input',
    [tensor('amuont', 'FP32', [1])],
    'model "fraud": it has no input "amuont", because its inputs are "amount", "country"; did you mean "amount".',
  ],
  [
    'the same input twice',
    [amount, country, amount],
    'model "fraud": input "amount" comes twice, because each input has one value; send it once.',
  ],
  [
    'another datatype',
    [tensor('amount', 'FP64', [3, 4]), country],
    'model "fraud", input "amount": the datatype is FP64, because the model reads FP32; send FP32.',
  ],
  [
    'an unknown datatype',
    [tensor('amount', 'FLOAT', [3, 4]), country],
    'model "fraud", input "amount": the datatype "FLOAT" is unknown, because there are BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, FP32, FP64, BYTES; send FP32.',
  ],
  [
    'a datatype like another',
    [tensor('amount', 'fp64', [3, 4]), country],
    'is unknown, because there are BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, FP32, FP64, BYTES; send FP32 (and not FP64).',
  ],
  [
    'a wrong length',
    [tensor('amount', 'FP32', [3, 5]), country],
    'model "fraud", input "amount": the shape [3,5] does not fit, because the model reads [-1,4], where -1 is any length; correct the lengths.',
  ],
  [
    'a wrong number of dimensions',
    [amount, tensor('country', 'BYTES', [1, 2])],
    'model "fraud", input "country": the shape [1,2] does not fit, because the model reads [2]; send 1 dimensions.',
  ],
  [
    'a negative length',
    [tensor('amount', 'FP32', [-1, 4]), country],
    'model "fraud", input "amount": the shape [-1,4] is not a shape, because -1 is not a length; give whole numbers from 0 on.',
  ],
  ['half a length', [tensor('amount', 'FP32', [1.5, 4]), country], 'because 1.5 is not a length'],
])('%s gets its sentence', (_, given, message) => {
  expect(() => readInputs('fraud', signature, given)).toThrow(message);
});

test('outputs are all, or those asked for', () => {
  const names = (wanted?: string[]): string[] => chooseOutputs('fraud', signature, wanted).map(({ name }) => name);
  expect(names()).toEqual(['score', 'label']);
  expect(names([])).toEqual(['score', 'label']);
  expect(names(['label'])).toEqual(['label']);
  expect(() => names(['scores'])).toThrow(
    'model "fraud": it has no output "scores", because its outputs are "score", "label"; did you mean "score".',
  );
  expect(() => names(['score', 'score'])).toThrow(
    'model "fraud": output "score" is asked for twice, because each output is sent once; ask for it once.',
  );
});
