import { datatypes, type Tensor, type TensorData } from './tensors.js';

/** Requests with the same key can be computed together: same tensors, same shapes but for the rows. */
export function batchKey(inputs: readonly Tensor[]): string {
  let key = '';
  for (const { name, shape } of inputs) key += `${name}:${shape.slice(1).join(',')};`;
  return key;
}

/** One set of inputs with the rows of all, in order. */
export function concatenate(requests: readonly (readonly Tensor[])[]): Tensor[] {
  const [first = []] = requests;
  return first.map(({ name, datatype, shape }, index) => {
    const parts = requests.map((inputs) => inputs[index] as Tensor);
    const rows = parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0);
    return { name, datatype, shape: [rows, ...shape.slice(1)], data: joined(datatype, parts) };
  });
}

function joined(datatype: Tensor['datatype'], parts: readonly Tensor[]): TensorData {
  const { array } = datatypes[datatype];
  if (array === undefined) return parts.flatMap(({ data }) => data as string[]);
  const size = parts.reduce((sum, { data }) => sum + data.length, 0);
  const data = new array(size);
  let at = 0;
  for (const part of parts) {
    data.set(part.data as never, at);
    at += part.data.length;
  }
  return data;
}

/**
 * A batch's outputs, request by request; numbers are views of the same memory.
 * @returns a reason where the model did not answer row by row
 */
export function split(outputs: readonly Tensor[], rows: readonly number[]): Tensor[][] | string {
  const total = rows.reduce((sum, each) => sum + each, 0);
  for (const { name, shape } of outputs)
    if (shape[0] !== total) return `output "${name}" has the shape [${shape.join(',')}] for ${total} rows`;
  let at = 0;
  return rows.map((count) => {
    const own = outputs.map(({ name, datatype, shape, data }): Tensor => {
      const perRow = data.length / total;
      const [from, to] = [at * perRow, (at + count) * perRow];
      return {
        name,
        datatype,
        shape: [count, ...shape.slice(1)],
        data: Array.isArray(data) ? data.slice(from, to) : data.subarray(from, to),
      };
    });
    at += count;
    return own;
  });
}
