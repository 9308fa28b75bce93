/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import type { InferAnswer, InferRequest } from '../../../../../src/runtime/engine/inference';
import { datatypes, type Datatype, type TensorData } from '../../../../../src/runtime/engine/tensors';
import {
  readInferRequest,
  writeInferResponse,
  writeStreamError,
  writeStreamResponse,
} from '../../../../../src/runtime/protocols/open-inference/grpc-infer';
import { decode, encode, floats } from '../../support/grpc';

const read = (fields: object): InferRequest =>
  readInferRequest(encode('ModelInferRequest', { model_name: 'm', ...fields })).read();
const values = (fields: object, datatype: Datatype, count: number): TensorData | undefined =>
  read(fields).inputs[0]?.values(datatype, count, 'input "X"');
const typed = (datatype: Datatype, contents: object, count: number): TensorData | undefined =>
  values({ inputs: [{ name: 'X', datatype, shape: [count], contents }] }, datatype, count);
const raw = (datatype: Datatype, bytes: Buffer, count: number): TensorData | undefined =>
  values({ inputs: [{ name: 'X', datatype, shape: [count] }], raw_input_contents: [bytes] }, datatype, count);

test('reads what the published message holds', () => {
  const wire = readInferRequest(
    encode('ModelInferRequest', {
      model_name: 'größe',
      model_version: '3',
      id: 'ü',
      parameters: {
        priority: { uint64_param: 2 },
        timeout: { int64_param: 5000 },
        big: { uint64_param: '18446744073709551615' },
        small: { int64_param: '-9223372036854775808' },
        flag: { bool_param: true },
        text: { string_param: 'a' },
        half: { double_param: 0.5 },
        ['__proto__']: { bool_param: true },
      },
      inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 300, -1, '9007199254740993'] }],
      outputs: [{ name: 'Y', parameters: { classification: { int64_param: 3 } } }, { name: 'Z' }],
    }),
  );
  expect(wire).toMatchObject({ model: 'größe', version: '3', id: 'ü' });
  const { parameters, inputs, outputs, id } = wire.read();
  expect(id).toBe('ü');
  expect(Object.entries(parameters ?? {})).toEqual(
    expect.arrayContaining([
      ['priority', 2],
      ['timeout', 5000],
      ['big', 18446744073709551615n],
      ['small', -9223372036854775808n],
      ['flag', true],
      ['text', 'a'],
      ['half', 0.5],
    ]),
  );
  expect(Object.getPrototypeOf(parameters)).toBe(Object.prototype);
  expect(inputs[0]).toMatchObject({ name: 'X', datatype: 'FP32', shape: [1, 300, -1, 9007199254740992] });
  expect(outputs).toEqual([{ name: 'Y', classification: 3 }, { name: 'Z' }]);
});

test('without outputs all are wanted; without a version the newest; without an id none', () => {
  const wire = readInferRequest(encode('ModelInferRequest', { model_name: 'm' }));
  expect(wire).toMatchObject({ version: undefined, id: undefined });
  expect(wire.read()).toMatchObject({ outputs: undefined, inputs: [] });
});

test('typed contents of every type, with their extremes', () => {
  expect(typed('BOOL', { bool_contents: [true, false] }, 2)).toEqual(Uint8Array.of(1, 0));
  expect(typed('INT8', { int_contents: [-128, 127] }, 2)).toEqual(Int8Array.of(-128, 127));
  expect(typed('INT16', { int_contents: [-32768, 32767] }, 2)).toEqual(Int16Array.of(-32768, 32767));
  expect(typed('INT32', { int_contents: [-2147483648, 2147483647] }, 2)).toEqual(
    Int32Array.of(-2147483648, 2147483647),
  );
  expect(typed('INT64', { int64_contents: ['-9223372036854775808', '9223372036854775807', 0] }, 3)).toEqual(
    BigInt64Array.of(-9223372036854775808n, 9223372036854775807n, 0n),
  );
  expect(typed('UINT8', { uint_contents: [0, 255] }, 2)).toEqual(Uint8Array.of(0, 255));
  expect(typed('UINT16', { uint_contents: [65535] }, 1)).toEqual(Uint16Array.of(65535));
  expect(typed('UINT32', { uint_contents: [4294967295] }, 1)).toEqual(Uint32Array.of(4294967295));
  expect(typed('UINT64', { uint64_contents: ['18446744073709551615'] }, 1)).toEqual(
    BigUint64Array.of(18446744073709551615n),
  );
  expect(typed('FP32', { fp32_contents: [0.5, -Infinity] }, 2)).toEqual(Float32Array.of(0.5, -Infinity));
  expect(typed('FP64', { fp64_contents: [0.1, NaN] }, 2)).toEqual(Float64Array.of(0.1, NaN));
  expect(typed('BYTES', { bytes_contents: [Buffer.from('ä'), Buffer.alloc(0)] }, 2)).toEqual(['ä', '']);
  expect(typed('FP32', {}, 0)).toEqual(new Float32Array(0));
});

test('contents that are not packed, or packed in pieces, are read as well', () => {
  // InferTensorContents: fp32_contents once as a single value and once packed; then an unknown field.
  const one = Buffer.concat([Buffer.from([0x35]), floats([1])]);
  const rest = Buffer.concat([Buffer.from([0x32, 8]), floats([2, 3]), Buffer.from([0x48, 7])]);
  const contents = Buffer.concat([one, rest]);
  const input = Buffer.concat([Buffer.from([10, 1, 88, 0x2a, contents.length]), contents]);
  const message = Buffer.concat([Buffer.from([10, 1, 109, 0x2a, input.length]), input]);
  expect(readInferRequest(message).read().inputs[0]?.values('FP32', 3, 'X')).toEqual(Float32Array.of(1, 2, 3));
  const ints = Buffer.from([0x10, 5, 0x12, 2, 6, 7]);
  const other = Buffer.concat([Buffer.from([10, 1, 88, 0x2a, ints.length]), ints]);
  const small = Buffer.concat([Buffer.from([10, 1, 109, 0x2a, other.length]), other]);
  expect(readInferRequest(small).read().inputs[0]?.values('INT32', 3, 'X')).toEqual(Int32Array.of(5, 6, 7));
});

test('typed contents that do not fit are refused with a sentence', () => {
  const cases: [Datatype, object, number, string][] = [
    ['FP16', { fp32_contents: [1] }, 1, 'FP16 is sent as contents, because the message has no field for its values'],
    ['INT8', { int_contents: [128] }, 1, 'value 0: 128 is no INT8, because it is out of range'],
    ['UINT8', { uint_contents: [256] }, 1, 'value 0: 256 is no UINT8'],
    [
      'INT32',
      { int64_contents: [1] },
      1,
      'its values are in int64_contents, because values of INT32 are in int_contents',
    ],
    ['INT32', { int_contents: [1] }, 2, 'there are 1 values, because the shape holds 2'],
    ['INT64', {}, 1e9, 'there are 0 values, because the shape holds 1000000000'],
    ['BYTES', { bytes_contents: [Buffer.from('a')] }, 2, 'there are 1 values, because the shape holds 2'],
    ['BYTES', { bytes_contents: [Buffer.from('a\0b')] }, 1, 'value 0: it holds a NUL byte'],
    ['FP32', { fp32_contents: [1] }, 2, 'there are 4 bytes, because the shape holds 2 values of 4 bytes each'],
  ];
  for (const [datatype, contents, count, sentence] of cases)
    expect(() => typed(datatype, contents, count)).toThrow(sentence);
});

test('raw values of every type are those bytes, wherever they lie in the message', () => {
  for (const [name, { array }] of Object.entries(datatypes)) {
    if (array === undefined) continue;
    const bytes = Buffer.alloc(3 * array.BYTES_PER_ELEMENT, 1);
    for (let shift = 0; shift < 8; shift++) {
      const fields = { id: 'i'.repeat(shift), inputs: [{ name: 'X', datatype: name }], raw_input_contents: [bytes] };
      const got = values(fields, name as Datatype, 3) as Exclude<TensorData, string[]>;
      expect(Buffer.from(got.buffer, got.byteOffset, got.byteLength)).toEqual(bytes);
    }
  }
  const text = Buffer.from([2, 0, 0, 0, 104, 105, 0, 0, 0, 0]);
  expect(raw('BYTES', text, 2)).toEqual(['hi', '']);
});

test('large raw values are a view of the message where they lie aligned in it, not a copy', () => {
  const bytes = Buffer.alloc(600_000, 1);
  const message = encode('ModelInferRequest', {
    model_name: 'm',
    inputs: [{ name: 'X', datatype: 'UINT8' }],
    raw_input_contents: [bytes],
  });
  const got = readInferRequest(message).read().inputs[0]?.values('UINT8', 600_000, 'X') as Uint8Array;
  expect(got.buffer).toBe(message.buffer);
});

test('raw and typed contents exclude each other, and there is a raw entry for each input', () => {
  const X = { name: 'X', datatype: 'FP32', shape: [1] };
  expect(() =>
    read({ inputs: [{ ...X, contents: { fp32_contents: [1] } }], raw_input_contents: [floats([1])] }),
  ).toThrow(
    'input "X": it has contents and raw_input_contents, because a request has one or the other; leave contents out.',
  );
  expect(() => read({ inputs: [X], raw_input_contents: [floats([1]), floats([1])] })).toThrow(
    'raw_input_contents: it has 2 entries, because there are 1 inputs, and each has one; send the values of each input, in the order of the inputs.',
  );
});

test('parameters that would be ignored although they mean something are refused', () => {
  expect(() => read({ parameters: { triton_x: { bool_param: true } } })).toThrow('"triton_x" is reserved');
  expect(() => read({ parameters: { sequence_id: { int64_param: 1 } } })).toThrow('"sequence_id" is not supported');
  expect(() => read({ outputs: [{ name: 'Y', parameters: { classification: { string_param: '3' } } }] })).toThrow(
    'output "Y": "classification" is no number',
  );
  const shared = { shared_memory_region: { string_param: 'r' } };
  expect(() => read({ inputs: [{ name: 'X', parameters: shared }] })).toThrow('shared memory is not supported');
  expect(() => read({ outputs: [{ name: 'Y', parameters: shared }] })).toThrow('shared memory is not supported');
});

test('a message that is cut off anywhere is refused, or holds less; it never breaks the reader', () => {
  const whole = encode('ModelInferRequest', {
    model_name: 'model',
    parameters: { priority: { int64_param: 300 } },
    inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 300], contents: { fp32_contents: [1, 2], int_contents: [1] } }],
    outputs: [{ name: 'Y', parameters: { classification: { int64_param: 1 } } }],
    raw_input_contents: [floats([1])],
  });
  let refused = 0;
  for (let length = 0; length < whole.length; length++) {
    try {
      readInferRequest(whole.subarray(0, length));
    } catch (error) {
      refused++;
      expect(error).toMatchObject({ kind: 'invalid' });
    }
  }
  // Only where a field ends is the beginning a message of its own.
  expect(refused).toBe(whole.length - 4);
});

test('random bytes, and messages with random bytes in them, are read or refused as the fault of the client', () => {
  const whole = encode('ModelInferRequest', {
    model_name: 'model',
    parameters: { priority: { int64_param: 300 }, d: { double_param: 1 } },
    inputs: [
      { name: 'X', datatype: 'INT64', shape: [1, 2], contents: { int64_contents: [1, 2], bytes_contents: [whole8()] } },
    ],
    outputs: [{ name: 'Y', parameters: { classification: { int64_param: 1 } } }],
  });
  let seed = 42;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let round = 0; round < 20_000; round++) {
    const bytes = round % 2 === 0 ? Buffer.from(whole) : Buffer.alloc(random(64));
    const changes = round % 2 === 0 ? 1 + random(4) : bytes.length;
    for (let i = 0; i < changes; i++) bytes[random(bytes.length)] = random(256);
    try {
      const request = readInferRequest(bytes).read();
      for (const input of request.inputs) input.values('INT64', 2, 'X');
    } catch (error) {
      if (!['invalid', 'unsupported'].includes((error as { kind: string }).kind)) throw error;
    }
  }
});

const whole8 = (): Buffer => Buffer.alloc(8, 7);

test('answers are the published message, raw, with long tensors, texts and scalars', () => {
  const answer: InferAnswer = {
    id: 'ü',
    model: 'größe',
    version: '12',
    outputs: [
      { name: 'Y', datatype: 'FP32', shape: [1, 300], data: new Float32Array(300).fill(2) },
      { name: 'T', datatype: 'BYTES', shape: [2], data: ['ä', ''] },
      { name: 'S', datatype: 'INT64', shape: [], data: BigInt64Array.of(-1n) },
      { name: 'E', datatype: 'UINT8', shape: [0], data: new Uint8Array(0) },
      { name: 'L', datatype: 'UINT8', shape: [3_000_000], data: new Uint8Array(3_000_000).fill(9) },
    ],
  };
  const got = decode('ModelInferResponse', Buffer.concat(writeInferResponse(answer)));
  expect(got).toMatchObject({
    id: 'ü',
    model_name: 'größe',
    model_version: '12',
    parameters: {},
    outputs: [
      { name: 'Y', datatype: 'FP32', shape: ['1', '300'] },
      { name: 'T', datatype: 'BYTES', shape: ['2'] },
      { name: 'S', datatype: 'INT64', shape: [] },
      { name: 'E', datatype: 'UINT8', shape: ['0'] },
      { name: 'L', datatype: 'UINT8', shape: ['3000000'] },
    ],
  });
  const raws = got['raw_output_contents'] as Buffer[];
  expect(raws.map(({ length }) => length)).toEqual([1200, 10, 8, 0, 3_000_000]);
  expect(raws[0]).toEqual(floats(new Array<number>(300).fill(2)));
  expect(raws[1]).toEqual(Buffer.from([2, 0, 0, 0, 0xc3, 0xa4, 0, 0, 0, 0]));
  expect(raws[2]).toEqual(Buffer.alloc(8, 255));
});

test('answers in a stream say that they are the last of their request; failures carry its id', () => {
  const answer = { id: undefined, model: 'm', version: '1', outputs: [] };
  expect(decode('ModelStreamInferResponse', Buffer.concat(writeStreamResponse(answer)))).toMatchObject({
    error_message: '',
    infer_response: { model_name: 'm', parameters: { triton_final_response: { bool_param: true } } },
  });
  expect(decode('ModelStreamInferResponse', writeStreamError('no', 'a'))).toMatchObject({
    error_message: 'no',
    infer_response: { id: 'a' },
  });
  expect(decode('ModelStreamInferResponse', writeStreamError('no', undefined))).toMatchObject({ infer_response: null });
});
