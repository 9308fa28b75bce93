import { checkParameters, readPriority, readTimeout } from '../../../../src/runtime/engine/parameters';

test('priority and timeout are read, microseconds as milliseconds', () => {
  expect(readPriority({ priority: 2 })).toBe(2);
  expect(readPriority({ priority: 3n })).toBe(3);
  expect(readPriority(undefined)).toBeUndefined();
  expect(readTimeout({ timeout: 1500 })).toBe(1.5);
  expect(readTimeout({ timeout: 0 })).toBeUndefined();
});

test('what they cannot be is refused', () => {
  expect(() => readPriority({ priority: -1 })).toThrow(
    'request parameters: "priority" is no whole number from 0 on, because 1 is the highest, 0 the default; correct it, or leave it out.',
  );
  expect(() => readTimeout({ timeout: '5' })).toThrow(
    '"timeout" is no whole number from 0 on, because it is in microseconds',
  );
});

test('reserved names and sequences are refused, others pass', () => {
  expect(() => checkParameters({ 'my-header': 'x' })).not.toThrow();
  expect(() => checkParameters({ triton_final_response: true })).toThrow('"triton_final_response" is reserved');
  expect(() => checkParameters({ sequence_id: 1 })).toThrow(
    '"sequence_id" is not supported, because this server keeps no state between requests; send each request with all that it needs.',
  );
});
