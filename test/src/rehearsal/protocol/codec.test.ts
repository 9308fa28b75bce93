import { encode, ExtData } from '@msgpack/msgpack';
import { decodeValue, encodeValue, isKnown, Unknown, type TfValue } from '../../../../src/rehearsal/protocol/codec';

test.each<[string, TfValue]>([
  ['null', null],
  ['numbers', [0, -1, 1.5, 2 ** 40]],
  ['text', 'plänth \u0000 ☃'],
  ['nested', { a: [{ b: true }], c: {} }],
  ['unknown inside', { known: 1, id: Unknown.value, list: [Unknown.value] }],
])('%s survives the wire', (_name, value) => {
  expect(decodeValue(encodeValue(value))).toEqual(value);
});

test('unknown is extension 0, as Terraform reads it', () => {
  expect([...encodeValue(Unknown.value).msgpack]).toEqual([0xd4, 0, 0]);
});

test('a refined unknown is an unknown', () => {
  const msgpack = encode([new ExtData(12, new Uint8Array([0x81, 1, 0xc2]))]);
  expect(decodeValue({ msgpack })).toEqual([Unknown.value]);
});

test('a value can come as JSON, and an absent one is null', () => {
  expect(decodeValue({ json: Buffer.from('{"a":[1]}') })).toEqual({ a: [1] });
  expect(decodeValue(undefined)).toBeNull();
  expect(decodeValue({ msgpack: new Uint8Array() })).toBeNull();
});

test('a value is known when all of it is', () => {
  expect(isKnown({ a: [1, { b: null }] })).toBe(true);
  expect(isKnown({ a: [1, { b: Unknown.value }] })).toBe(false);
});
