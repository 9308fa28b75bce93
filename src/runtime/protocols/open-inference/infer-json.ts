import type { InferAnswer, InferRequest } from '../../engine/inference.js';
import { invalid, type RequestError } from '../../engine/errors.js';
import { tensorJson } from '../../engine/tensor-json.js';
import type { RequestTensor } from '../../engine/validation.js';
import { parseExact, parseJson } from './json-text.js';
import { decodeValues, flatten, halfAsJson } from './json-values.js';

const body = 'request body';

function wrongField(where: string, field: string, wanted: string): RequestError {
  return invalid(where, `"${field}" is not ${wanted}`, 'the Open Inference Protocol says so', `send ${wanted}`);
}

type Fields = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * An inference request of the Open Inference Protocol in JSON. Fields that the protocol does not name are ignored, as are
 * parameters.
 * @throws RequestError `invalid`
 */
export function readInferRequest(bytes: Buffer, maxDepth: number): InferRequest {
  const { text, value } = parseJson(bytes, maxDepth);
  if (!isObject(value))
    throw invalid(body, 'it is not a JSON object', 'a request is one', 'send { "inputs": [ ... ] }');
  const { id, inputs, outputs } = value;
  if (id !== undefined && typeof id !== 'string') throw wrongField(body, 'id', 'a string');
  if (!Array.isArray(inputs)) throw wrongField(body, 'inputs', 'an array');
  if (outputs !== undefined && !Array.isArray(outputs)) throw wrongField(body, 'outputs', 'an array');
  return {
    id,
    inputs: inputs.map((input, index) => readTensor(input, index, text)),
    outputs: outputs?.map((output, index) => ({ name: readOutputName(output, index) })),
    checkOutput: (spec, where) => {
      if (spec.datatype === 'FP16') throw halfAsJson(where);
    },
  };
}

function readOutputName(output: unknown, index: number): string {
  const where = `outputs[${index}]`;
  if (!isObject(output))
    throw invalid(where, 'it is not an object', 'outputs are asked for by name', 'send { "name": ... }');
  if (typeof output['name'] !== 'string') throw wrongField(where, 'name', 'a string');
  return output['name'];
}

function readTensor(input: unknown, index: number, text: string): RequestTensor {
  const where = `inputs[${index}]`;
  if (!isObject(input))
    throw invalid(where, 'it is not an object', 'inputs are objects', 'send { "name", "shape", "datatype", "data" }');
  const { name, datatype, shape, data } = input;
  if (typeof name !== 'string') throw wrongField(where, 'name', 'a string');
  if (typeof datatype !== 'string') throw wrongField(where, 'datatype', 'a string');
  if (!Array.isArray(shape) || !shape.every((length) => typeof length === 'number'))
    throw wrongField(where, 'shape', 'an array of numbers');
  return {
    name,
    datatype,
    shape: shape as number[],
    values: (type, count, label) =>
      decodeValues(type, flatten(data, shape as number[], count, label), label, () => {
        const again = parseExact(text) as { inputs: { data: unknown }[] };
        return flatten(again.inputs[index]?.data, shape as number[], count, label);
      }),
  };
}

/** The answer in JSON; data is flat, and NaN and Infinity are `null`. */
export function inferAnswerJson({ id, model, version, outputs }: InferAnswer): string {
  const head = id === undefined ? '' : `"id":${JSON.stringify(id)},`;
  return `{${head}"model_name":${JSON.stringify(model)},"model_version":"${version}","outputs":[${outputs.map(tensorJson).join(',')}]}`;
}
