import type { Tensor } from '../../../../../src/runtime/engine/tensors';
import { predictAnswerJson } from '../../../../../src/runtime/protocols/predict/answer';

const answer = (rows: number | undefined, ...outputs: Tensor[]): string =>
  predictAnswerJson(
    { id: undefined, model: 'm', version: '1', outputs },
    { id: undefined, inputs: [], outputs: undefined, rows },
  );

test('values are nested as the shape says, whatever its lengths are', () => {
  const y = (shape: number[], ...data: number[]): Tensor => ({
    name: 'y',
    datatype: 'FP32',
    shape,
    data: Float32Array.from(data),
  });
  expect(answer(undefined, y([2, 1, 2], 1, 2, 3, 4))).toBe('{"outputs":[[[1,2]],[[3,4]]]}');
  expect(answer(2, y([2, 1, 2], 1, 2, 3, 4))).toBe('{"predictions":[[[1,2]],[[3,4]]]}');
  expect(answer(undefined, y([], 7))).toBe('{"outputs":7}');
  expect(answer(undefined, y([0, 4]))).toBe('{"outputs":[]}');
  expect(answer(2, y([2, 0]))).toBe('{"predictions":[[],[]]}');
  expect(answer(undefined, y([3], NaN, Infinity, 0.5))).toBe('{"outputs":[null,null,0.5]}');
});

test('texts of an output whose name ends with _bytes are base64', () => {
  const text = (name: string): Tensor => ({ name, datatype: 'BYTES', shape: [1], data: ['é"'] });
  expect(answer(1, text('image_bytes'), text('label'))).toBe(
    `{"predictions":[{"image_bytes":{"b64":"${Buffer.from('é"').toString('base64')}"},"label":"é\\""}]}`,
  );
});
