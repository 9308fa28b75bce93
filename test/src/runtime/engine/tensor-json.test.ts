import { tensorJson } from '../../../../src/runtime/engine/tensor-json';
import type { Datatype, TensorData } from '../../../../src/runtime/engine/tensors';

const data = (datatype: Datatype, values: TensorData): string =>
  /"data":(.*)\}$/.exec(tensorJson({ name: 'Y', datatype, shape: [values.length], data: values }))?.[1] ?? '';

test('names are quoted and shapes written, a scalar as []', () => {
  expect(tensorJson({ name: 'a"b', datatype: 'FP32', shape: [], data: Float32Array.of(0.5) })).toBe(
    '{"name":"a\\"b","datatype":"FP32","shape":[],"data":[0.5]}',
  );
});

test('values have their JSON form', () => {
  expect(data('FP32', Float32Array.of(1, 0.1, -1e-30))).toBe('[1,0.10000000149011612,-1.0000000031710769e-30]');
  expect(data('FP64', Float64Array.of(0.1))).toBe('[0.1]');
  expect(data('BOOL', Uint8Array.of(1, 0))).toBe('[true,false]');
  expect(data('INT64', BigInt64Array.of(9223372036854775807n, -1n))).toBe('[9223372036854775807,-1]');
  expect(data('UINT64', BigUint64Array.of(18446744073709551615n))).toBe('[18446744073709551615]');
  expect(data('BYTES', ['a"', 'NaN'])).toBe('["a\\"","NaN"]');
  expect(data('INT8', new Int8Array())).toBe('[]');
});

test('NaN and Infinity are null', () => {
  expect(data('FP32', Float32Array.of(NaN, 1, Infinity, -Infinity))).toBe('[null,1,null,null]');
  expect(data('FP64', Float64Array.of(-Infinity))).toBe('[null]');
});

test('FP16 is written as the numbers that its bits stand for', () => {
  // One, minus two, the largest, the smallest, zero, and what JSON has no word for.
  const bits = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00, 0x7e00);
  expect(data('FP16', bits)).toBe('[1,-2,65504,5.960464477539063e-8,0,null,null]');
});

test('the text is made once', () => {
  const tensor = { name: 'Y', datatype: 'FP32' as const, shape: [1], data: Float32Array.of(1) };
  const first = tensorJson(tensor);
  tensor.data[0] = 2;
  expect(tensorJson(tensor)).toBe(first);
});
