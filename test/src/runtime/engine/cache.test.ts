import { ResponseCache } from '../../../../src/runtime/engine/cache';
import type { Tensor } from '../../../../src/runtime/engine/tensors';

const x = (...values: number[]): Tensor[] => [
  { name: 'x', datatype: 'FP32', shape: [values.length], data: Float32Array.from(values) },
];

test('the key is made of all that decides the answer, and of nothing else', () => {
  const cache = new ResponseCache(1000);
  const key = cache.key('m', '1', x(1, 2), ['y']);
  expect(cache.key('m', '1', x(1, 2), ['y'])).toBe(key);
  const others = [
    cache.key('n', '1', x(1, 2), ['y']),
    cache.key('m', '2', x(1, 2), ['y']),
    cache.key('m', '1', x(1, 3), ['y']),
    cache.key('m', '1', x(1, 2), ['z']),
    cache.key('m', '1', [{ ...(x(1, 2)[0] as Tensor), shape: [1, 2] }], ['y']),
    cache.key('m', '1', [{ name: 'x', datatype: 'BYTES', shape: [2], data: ['a', 'bc'] }], ['y']),
    cache.key('m', '1', [{ name: 'x', datatype: 'BYTES', shape: [2], data: ['ab', 'c'] }], ['y']),
  ];
  expect(new Set([key, ...others]).size).toBe(8);
});

test('what was used longest ago goes when the bytes are used up; what is kept has memory of its own', () => {
  const cache = new ResponseCache(300);
  const batch = new Float32Array(1000);
  const outputs = (at: number): Tensor[] => [
    { name: 'y', datatype: 'FP32', shape: [20], data: batch.subarray(at, at + 20) },
  ];
  cache.set('a', outputs(0));
  cache.set('b', outputs(20));
  expect(cache.get('a')?.[0]?.data.length).toBe(20);
  expect((cache.get('a')?.[0]?.data as Float32Array).buffer.byteLength).toBe(80);
  cache.set('c', outputs(40));
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toBeDefined();
});
