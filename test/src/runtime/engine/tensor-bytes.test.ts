import { byteWidth, decodeBytes, encodeBytes } from '../../../../src/runtime/engine/tensor-bytes';
import type { Datatype, TensorData } from '../../../../src/runtime/engine/tensors';

const where = 'model "m", input "x"';
const back = (datatype: Datatype, data: TensorData, count = data.length): TensorData =>
  decodeBytes(datatype, count, encodeBytes({ name: 'x', datatype, shape: [count], data }), where);

test('every datatype comes back as it went', () => {
  const values: [Datatype, TensorData][] = [
    ['BOOL', new Uint8Array([0, 1])],
    ['UINT8', new Uint8Array([0, 255])],
    ['INT8', new Int8Array([-128, 127])],
    ['UINT16', new Uint16Array([65535])],
    ['INT16', new Int16Array([-32768])],
    ['UINT32', new Uint32Array([4294967295])],
    ['INT32', new Int32Array([-2147483648])],
    ['UINT64', new BigUint64Array([18446744073709551615n])],
    ['INT64', new BigInt64Array([-9223372036854775808n])],
    ['FP16', new Uint16Array([0x3c00])],
    ['FP32', new Float32Array([0.1, NaN, -Infinity])],
    ['FP64', new Float64Array([0.1])],
    ['BYTES', ['', 'ä', 'two words']],
  ];
  for (const [datatype, data] of values) expect(back(datatype, data)).toEqual(data);
});

test('the form is little-endian, with lengths before texts', () => {
  expect([...encodeBytes({ name: 'x', datatype: 'INT32', shape: [1], data: new Int32Array([258]) })]).toEqual([
    2, 1, 0, 0,
  ]);
  expect([...encodeBytes({ name: 'x', datatype: 'BYTES', shape: [1], data: ['ab'] })]).toEqual([2, 0, 0, 0, 97, 98]);
  expect(byteWidth('BYTES')).toBeUndefined();
  expect(byteWidth('FP16')).toBe(2);
});

test('numbers are a view where they lie aligned, and right where they do not', () => {
  const memory = new Uint8Array(12);
  new DataView(memory.buffer).setFloat32(4, 1.5, true);
  const aligned = decodeBytes('FP32', 1, memory.subarray(4, 8), where) as Float32Array;
  expect(aligned.buffer).toBe(memory.buffer);
  expect(aligned[0]).toBe(1.5);
  new DataView(memory.buffer).setFloat32(5, 2.5, true);
  expect((decodeBytes('FP32', 1, memory.subarray(5, 9), where) as Float32Array)[0]).toBe(2.5);
  const buffer = Buffer.from(memory.buffer).subarray(5, 9);
  expect((decodeBytes('FP32', 1, buffer, where) as Float32Array)[0]).toBe(2.5);
});

test.each<[string, Datatype, number, number[], string]>([
  ['too few bytes', 'FP32', 2, [0, 0, 0, 0], 'there are 4 bytes, because the shape holds 2 values of 4 bytes each'],
  ['a BOOL of 2', 'BOOL', 1, [2], '2 is not acceptable, because BOOL is 0 or 1'],
  ['a text cut off', 'BYTES', 1, [3, 0, 0, 0, 97], 'value 0 is cut off'],
  ['a length cut off', 'BYTES', 1, [3, 0], 'value 0 is cut off'],
  ['too few texts', 'BYTES', 2, [0, 0, 0, 0], 'there are 1 values, because the shape holds 2'],
  ['too many texts', 'BYTES', 1, [0, 0, 0, 0, 0, 0, 0, 0], 'there are more than 1 values'],
  ['a NUL', 'BYTES', 1, [1, 0, 0, 0, 0], 'it holds a NUL byte, because the engine would cut the text there'],
  ['no UTF-8', 'BYTES', 1, [1, 0, 0, 0, 0xff], 'it is not UTF-8, because the engine computes with text'],
])('refuses %s', (_what, datatype, count, bytes, sentence) => {
  expect(() => decodeBytes(datatype, count, Uint8Array.from(bytes), where)).toThrow(sentence);
});
