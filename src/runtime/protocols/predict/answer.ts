import type { InferAnswer } from '../../engine/inference.js';
import type { Tensor } from '../../engine/tensors.js';
import { noRows, type PredictRequest } from './request.js';

/**
 * An answer in the form of its request: `{"predictions": [...]}` with a value per row, or `{"outputs": ...}`; objects by name
 * where there are several outputs. Whole numbers have all their digits, NaN and Infinity are `null`, and texts of outputs whose
 * names end with `_bytes` are `{"b64": "..."}`, as TensorFlow Serving has them.
 * @throws RequestError `invalid` where an output has other rows than the request
 */
export function predictAnswerJson({ model, outputs }: InferAnswer, { rows }: PredictRequest): string {
  const [only, ...others] = outputs;
  const named = only === undefined || others.length > 0;
  if (rows === undefined) {
    const columns = outputs.map((tensor) => nested(tensor, 0)[0] as string);
    return `{"outputs":${named ? objectOf(outputs, columns) : columns[0]}}`;
  }
  const parts = outputs.map((tensor) => {
    if (tensor.shape[0] !== rows) throw noRows(`model "${model}", output "${tensor.name}"`, tensor.shape, rows);
    return nested(tensor, 1);
  });
  const predictions = Array.from({ length: rows }, (_, row) => {
    const values = parts.map((part) => part[row] as string);
    return named ? objectOf(outputs, values) : values[0];
  });
  return `{"predictions":[${predictions.join(',')}]}`;
}

const objectOf = (outputs: readonly Tensor[], values: readonly string[]): string =>
  `{${outputs.map(({ name }, index) => `${JSON.stringify(name)}:${values[index]}`).join(',')}}`;

/** The values as JSON, nested as the shape says. @param from the first axis that is nested: 1 gives one text per row */
function nested(tensor: Tensor, from: number): readonly string[] {
  let parts: readonly string[] = texts(tensor);
  for (let axis = tensor.shape.length - 1; axis >= from; axis--) {
    const length = tensor.shape[axis] as number;
    const groups = tensor.shape.slice(0, axis).reduce((product, each) => product * each, 1);
    const inner = parts;
    parts = Array.from(
      { length: groups },
      (_, group) => `[${inner.slice(group * length, (group + 1) * length).join(',')}]`,
    );
  }
  return parts;
}

function texts({ name, datatype, data }: Tensor): readonly string[] {
  if (Array.isArray(data)) {
    if (!name.endsWith('_bytes')) return data.map((text) => JSON.stringify(text));
    return data.map((text) => `{"b64":"${Buffer.from(text, 'utf8').toString('base64')}"}`);
  }
  if (datatype === 'BOOL') return Array.from(data as Uint8Array, (bit) => (bit === 0 ? 'false' : 'true'));
  if (datatype === 'FP32' || datatype === 'FP64')
    return Array.from(data as Float32Array, (value) => (Number.isFinite(value) ? String(value) : 'null'));
  return Array.from(data as BigInt64Array, String);
}
