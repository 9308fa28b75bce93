import { decodeValues, flatten } from '../../../../../src/runtime/protocols/open-inference/json-values';
import type { Datatype } from '../../../../../src/runtime/engine/tensors';

const where = 'model "m", input "X"';
const decode = (datatype: Datatype, values: unknown[], exact: unknown[] = values): unknown =>
  decodeValues(datatype, values, where, () => exact);

test.each<[Datatype, unknown[], unknown]>([
  ['BOOL', [true, false], Uint8Array.of(1, 0)],
  ['UINT8', [0, 255], Uint8Array.of(0, 255)],
  ['UINT16', [0, 65535], Uint16Array.of(0, 65535)],
  ['UINT32', [0, 4294967295], Uint32Array.of(0, 4294967295)],
  ['INT8', [-128, 127], Int8Array.of(-128, 127)],
  ['INT16', [-32768, 32767], Int16Array.of(-32768, 32767)],
  ['INT32', [-2147483648, 2147483647], Int32Array.of(-2147483648, 2147483647)],
  ['INT64', [-5, 1.0], BigInt64Array.of(-5n, 1n)],
  ['UINT64', [0, 5], BigUint64Array.of(0n, 5n)],
  ['FP32', [0.5, -3.4028234663852886e38], Float32Array.of(0.5, -3.4028234663852886e38)],
  ['FP64', [1e308], Float64Array.of(1e308)],
  ['BYTES', ['', 'ü', '😀'], ['', 'ü', '😀']],
])('%s holds its smallest and largest values', (datatype, values, data) => {
  expect(decode(datatype, values)).toEqual(data);
});

test.each<[Datatype, unknown, string]>([
  ['BOOL', 1, '1 is not acceptable, because BOOL is true or false; correct the value.'],
  ['UINT8', 256, '256 is not acceptable, because UINT8 is a whole number from 0 to 255; correct the value.'],
  ['INT8', -129, '-129 is not acceptable, because INT8 is a whole number from -128 to 127; correct the value.'],
  [
    'INT32',
    1.5,
    '1.5 is not acceptable, because INT32 is a whole number from -2147483648 to 2147483647; correct the value.',
  ],
  ['INT32', '1', '"1" is not acceptable'],
  ['INT64', 0.5, '0.5 is not acceptable, because INT64 is a whole number from -2^63 to 2^63-1; correct the value.'],
  ['UINT64', -1, '-1 is not acceptable, because UINT64 is a whole number from 0 to 2^64-1; correct the value.'],
  [
    'INT64',
    1e300,
    '1e+300 is not acceptable, because a whole number beyond 2^53 is exact only in full digits, without point and exponent; correct the value.',
  ],
  ['FP32', 'a', '"a" is not acceptable, because FP32 is a number; correct the value.'],
  ['FP32', null, 'null is not acceptable, because FP32 is a number, and JSON has no NaN; correct the value.'],
  ['FP32', 3.5e38, '3.5e+38 is not acceptable, because it is beyond what FP32 holds; correct the value.'],
  ['FP64', Infinity, 'Infinity is not acceptable, because it is beyond what FP64 holds; correct the value.'],
  ['BYTES', 5, '5 is not acceptable, because BYTES is a string; correct the value.'],
  [
    'BYTES',
    'a\0',
    '"a\\u0000" is not acceptable, because the engine would cut it at its NUL character; correct the value.',
  ],
  [
    'BYTES',
    '\ud800',
    '"\\ud800" is not acceptable, because half of a surrogate pair is not a character; correct the value.',
  ],
])('%s refuses %p', (datatype, value, message) => {
  expect(() => decode(datatype, [value])).toThrow(`${where}, data[0]: ${message}`);
});

test('long integers are read from their digits, and refused beyond 64 bits', () => {
  expect(decode('INT64', [2 ** 63, 1], ['9223372036854775807', 1])).toEqual(BigInt64Array.of(9223372036854775807n, 1n));
  expect(decode('UINT64', [2 ** 64], ['18446744073709551615'])).toEqual(BigUint64Array.of(18446744073709551615n));
  expect(() => decode('INT64', [2 ** 63], ['9223372036854775808'])).toThrow('"9223372036854775808" is not acceptable');
  expect(() => decode('UINT64', [-(2 ** 60)], ['-1152921504606846976'])).toThrow(
    'UINT64 is a whole number from 0 to 2^64-1',
  );
});

test('a long value is shown in part', () => {
  expect(() => decode('FP32', ['x'.repeat(99)])).toThrow(`data[0]: "${'x'.repeat(39)}... is not acceptable`);
});

test('data is taken flat, or nested as the shape says', () => {
  expect(flatten([1, 2, 3, 4], [2, 2], 4, where)).toEqual([1, 2, 3, 4]);
  expect(
    flatten(
      [
        [[1], [2]],
        [[3], [4]],
      ],
      [2, 2, 1],
      4,
      where,
    ),
  ).toEqual([1, 2, 3, 4]);
  expect(flatten([[], []], [2, 0], 0, where)).toEqual([]);
  expect(() => flatten([1, 2, 3], [2, 2], 4, where)).toThrow(
    `${where}: there are 3 values, because the shape holds 4; make shape and data agree.`,
  );
  const wrong = `${where}: the nesting of "data" does not follow the shape, because on axis 1 the shape [2,2] wants arrays of 2; nest as the shape says, or send flat data.`;
  expect(() => flatten([[1, 2], [3]], [2, 2], 4, where)).toThrow(wrong);
  expect(() => flatten([[1, 2], 3], [2, 2], 4, where)).toThrow(wrong);
  expect(() => flatten('12', [2], 2, where)).toThrow(`${where}: "data" is not an array`);
});

test('a value nested deeper than its shape is no value', () => {
  const flat = flatten([[1], [[2]]], [2, 1], 2, where);
  expect(() => decode('FP32', [...flat])).toThrow('data[1]: [2] is not acceptable');
});
