import { invalid } from '../../engine/errors.js';
import type { InferRequest } from '../../engine/inference.js';
import { decodeText } from '../../engine/tensor-bytes.js';
import type { Signature } from '../../engine/tensors.js';
import type { RequestTensor } from '../../engine/validation.js';
import { isObject, type Fields } from '../open-inference/infer-json.js';
import { parseExact, parseJson } from '../open-inference/json-text.js';
import { decodeValues, flatten, halfAsJson } from '../open-inference/json-values.js';

const body = 'request body';

/** The only signature that an ONNX model has, by TensorFlow Serving's name for it. */
export const defaultSignature = 'serving_default';

/** A predict request; its answer has the same form. */
export interface PredictRequest extends InferRequest {
  /**
   * How many rows it has, and its answer must have: `instances` is a value, or an object of values, per row. undefined for
   * columns: `inputs` is a tensor, or an object of tensors.
   */
  readonly rows: number | undefined;
}

/**
 * A request of KServe's V1 protocol (`instances`) or of TensorFlow Serving (`instances` or `inputs`,
 * https://www.tensorflow.org/tfx/serving/api_rest). Shapes follow from the nesting, datatypes from the model.
 * @throws RequestError `invalid`
 */
export function readPredictRequest(
  bytes: Buffer,
  maxDepth: number,
  model: string,
  signature: Signature,
): PredictRequest {
  const { text, value } = parseJson(bytes, maxDepth);
  if (!isObject(value))
    throw invalid(body, 'it is not a JSON object', 'a request is one', 'send { "instances": [ ... ] }');
  const { signature_name: name = defaultSignature, instances, inputs } = value;
  if (name !== defaultSignature && name !== '')
    throw invalid(
      body,
      `there is no signature ${JSON.stringify(name).slice(0, 100)}`,
      'an ONNX model has one',
      `leave signature_name out, or send "${defaultSignature}"`,
    );
  if ((instances === undefined) === (inputs === undefined))
    throw invalid(
      body,
      instances === undefined ? 'it has neither "instances" nor "inputs"' : 'it has "instances" and "inputs"',
      'values come in rows or in columns',
      'send one of them',
    );
  let exact: Fields | undefined;
  const again = (): Fields => (exact ??= parseExact(text) as Fields);
  const rows = instances === undefined ? undefined : readRows(instances);
  const names = rows === undefined ? namesOf(inputs) : namesOfRows(rows);
  const gather = (from: Fields, key: string | undefined): unknown => {
    if (rows === undefined) return key === undefined ? from['inputs'] : (from['inputs'] as Fields)[key];
    const list = from['instances'] as readonly unknown[];
    return key === undefined ? list : list.map((row) => (row as Fields)[key]);
  };
  return {
    id: undefined,
    rows: rows?.length,
    inputs:
      names === undefined
        ? [tensor(signature, onlyInput(model, signature), (from) => gather(from, undefined), value, again)]
        : names.map((key) => tensor(signature, key, (from) => gather(from, key), value, again)),
    outputs: undefined,
    checkOutput: ({ datatype, shape }, where) => {
      if (datatype === 'FP16') throw halfAsJson(where);
      const first = shape[0] ?? 0;
      if (rows !== undefined && first !== -1 && first !== rows.length) throw noRows(where, shape, rows.length);
    },
  };
}

/** An output that cannot be told in rows. */
export function noRows(where: string, shape: readonly number[], rows: number): Error {
  return invalid(
    where,
    `its shape [${shape.join(',')}] does not fit the request`,
    `"instances" has ${rows} rows, and the answer has one part for each`,
    'send columns ("inputs")',
  );
}

function readRows(instances: unknown): readonly unknown[] {
  if (!Array.isArray(instances) || instances.length === 0)
    throw invalid(body, '"instances" holds no row', 'it is an array of rows', 'send "instances": [ ... ]');
  return instances as unknown[];
}

/** `{"b64": "..."}` stands for bytes. */
const isBase64 = (value: unknown): value is { readonly b64: string } =>
  isObject(value) && typeof value['b64'] === 'string' && Object.keys(value).length === 1;

/** Names of the inputs; undefined where there is a value alone. */
const namesOf = (value: unknown): readonly string[] | undefined =>
  isObject(value) && !isBase64(value) ? Object.keys(value) : undefined;

function namesOfRows(rows: readonly unknown[]): readonly string[] | undefined {
  const names = namesOf(rows[0]);
  rows.forEach((row, index) => {
    const own = namesOf(row);
    if (own?.length !== names?.length || !(names ?? []).every((name) => Object.hasOwn(row as Fields, name)))
      throw invalid(
        `instances[${index}]`,
        own === undefined ? 'it is a value' : `it has ${own.map((name) => `"${name}"`).join(', ') || 'no inputs'}`,
        names === undefined
          ? 'the first row is a value'
          : `the first row has ${names.map((name) => `"${name}"`).join(', ')}`,
        'send the same inputs in every row',
      );
  });
  return names;
}

function onlyInput(model: string, { inputs }: Signature): string {
  const [first, ...others] = inputs;
  if (first === undefined || others.length > 0)
    throw invalid(
      body,
      'the values have no names',
      `model "${model}" reads ${inputs.map(({ name }) => `"${name}"`).join(', ')}`,
      'send an object with a value for each',
    );
  return first.name;
}

function tensor(
  { inputs }: Signature,
  name: string,
  gather: (from: Fields) => unknown,
  document: Fields,
  again: () => Fields,
): RequestTensor {
  // A name that the model does not have is refused by the engine.
  const datatype = inputs.find((spec) => spec.name === name)?.datatype ?? '';
  const data = gather(document);
  const shape = shapeOf(data);
  return {
    name,
    datatype,
    shape,
    values: (type, count, where) => {
      const flat = flatten(listed(data), shape, count, where);
      const values = type === 'BYTES' ? flat.map((value, index) => plain(value, `${where}, data[${index}]`)) : flat;
      return decodeValues(type, values, where, () => flatten(listed(gather(again())), shape, count, where));
    },
  };
}

/** A scalar as the array that it would be flat. */
const listed = (data: unknown): unknown => (Array.isArray(data) ? data : [data]);

/** Lengths along the first elements; that the others agree is checked where they are read. */
function shapeOf(data: unknown): number[] {
  const shape: number[] = [];
  for (let at = data; Array.isArray(at); at = (at as unknown[])[0]) shape.push(at.length);
  return shape;
}

function plain(value: unknown, where: string): unknown {
  return isBase64(value) ? decodeText(Buffer.from(value.b64, 'base64'), where) : value;
}
