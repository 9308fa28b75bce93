import type { InferAnswer, InferRequest, ParameterValue, Parameters, RequestedOutput } from '../../engine/inference.js';
import { invalid, RequestError } from '../../engine/errors.js';
import { checkParameters } from '../../engine/parameters.js';
import { tensorJson } from '../../engine/tensor-json.js';
import type { RequestTensor } from '../../engine/validation.js';
import { answerJson, TensorBytes, wrongData } from './binary.js';
import { parseExact, parseJson } from './json-text.js';
import { decodeValues, flatten, halfAsJson } from './json-values.js';

const body = 'request body';

/** Inputs, and outputs, of one request: more than any model has, and few enough to be looked at one by one. */
const maxTensors = 4096;

/** An inference request that came over REST. */
export interface RestInferRequest extends InferRequest {
  /** Whether an output is asked for in binary form; undefined where none is. */
  readonly binary: ((output: string) => boolean) | undefined;
}

function wrongField(where: string, field: string, wanted: string): RequestError {
  return invalid(where, `"${field}" is not ${wanted}`, 'the Open Inference Protocol says so', `send ${wanted}`);
}

export type Fields = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * An inference request of the Open Inference Protocol in JSON. Fields that the protocol does not name are ignored, and so are
 * parameters that neither it nor the engine knows.
 * @param tensors the bytes after the JSON document, where the request has any
 * @throws RequestError `invalid`, `unsupported`
 */
export function readInferRequest(bytes: Buffer, maxDepth: number, tensors?: Buffer): RestInferRequest {
  const { text, value } = parseJson(bytes, maxDepth);
  if (!isObject(value))
    throw invalid(body, 'it is not a JSON object', 'a request is one', 'send { "inputs": [ ... ] }');
  const { id, inputs, outputs } = value;
  if (id !== undefined && typeof id !== 'string') throw wrongField(body, 'id', 'a string');
  if (!Array.isArray(inputs)) throw wrongField(body, 'inputs', 'an array');
  if (outputs !== undefined && !Array.isArray(outputs)) throw wrongField(body, 'outputs', 'an array');
  checkLength('inputs', inputs);
  if (outputs !== undefined) checkLength('outputs', outputs);
  const parameters = readParameters(value['parameters'], body);
  if (parameters !== undefined) checkParameters(parameters);
  const bytesOf = new TensorBytes(tensors);
  let exact: { inputs: { data: unknown }[] } | undefined;
  const again = (index: number): unknown =>
    (exact ??= parseExact(text) as NonNullable<typeof exact>).inputs[index]?.data;
  const read = inputs.map((input, index) => readTensor(input, index, bytesOf, again));
  bytesOf.end();
  const asked = outputs?.map(readOutput);
  const binary = binaryOutputs(parameters?.['binary_data_output'], asked);
  return {
    id,
    ...(parameters === undefined ? {} : { parameters }),
    inputs: read,
    outputs: asked,
    binary,
    checkOutput: (spec, where) => {
      if (spec.datatype === 'FP16' && binary?.(spec.name) !== true) throw halfAsJson(where);
    },
  };
}

function checkLength(name: string, { length }: readonly unknown[]): void {
  if (length > maxTensors)
    throw invalid(body, `"${name}" has ${length} entries`, `${maxTensors} is the most`, 'send those of the model');
}

function readParameters(value: unknown, where: string): Parameters | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) throw wrongField(where, 'parameters', 'an object');
  for (const [name, each] of Object.entries(value))
    if (typeof each !== 'boolean' && typeof each !== 'number' && typeof each !== 'string')
      throw invalid(
        where,
        `parameter "${name}" is not acceptable`,
        'parameters are strings, numbers, true or false',
        'correct it, or leave it out',
      );
  return value as Record<string, ParameterValue>;
}

type AskedOutput = RequestedOutput & { readonly binary: boolean | undefined };

function readOutput(output: unknown, index: number): AskedOutput {
  const where = `outputs[${index}]`;
  if (!isObject(output))
    throw invalid(where, 'it is not an object', 'outputs are asked for by name', 'send { "name": ... }');
  const { name } = output;
  if (typeof name !== 'string') throw wrongField(where, 'name', 'a string');
  const { binary_data: binary, classification, ...others } = readParameters(output['parameters'], where) ?? {};
  refuseSharedMemory(others, where);
  if (binary !== undefined && typeof binary !== 'boolean') throw wrongField(where, 'binary_data', 'true or false');
  if (classification !== undefined && typeof classification !== 'number')
    throw wrongField(where, 'classification', 'a number');
  return { name, binary, ...(classification === undefined ? {} : { classification }) };
}

function binaryOutputs(
  all: ParameterValue | undefined,
  asked: readonly AskedOutput[] | undefined,
): ((output: string) => boolean) | undefined {
  if (all !== undefined && typeof all !== 'boolean') throw wrongField(body, 'binary_data_output', 'true or false');
  if (all !== true && asked?.some(({ binary }) => binary === true) !== true) return undefined;
  return (output) => asked?.find(({ name }) => name === output)?.binary ?? all === true;
}

/** Clients and server do not share a machine. */
function refuseSharedMemory(parameters: Fields, where: string): void {
  if (parameters['shared_memory_region'] !== undefined)
    throw new RequestError('unsupported', {
      code: 'shared-memory-unsupported',
      what: 'shared memory is not supported',
      where,
      why: 'this server reads tensors from requests only',
      cure: 'send them as "data", or in binary form',
    });
}

function readTensor(
  input: unknown,
  index: number,
  bytes: TensorBytes,
  again: (index: number) => unknown,
): RequestTensor {
  const where = `inputs[${index}]`;
  if (!isObject(input))
    throw invalid(where, 'it is not an object', 'inputs are objects', 'send { "name", "shape", "datatype", "data" }');
  const { name, datatype, shape, data } = input;
  if (typeof name !== 'string') throw wrongField(where, 'name', 'a string');
  if (typeof datatype !== 'string') throw wrongField(where, 'datatype', 'a string');
  if (!Array.isArray(shape) || !shape.every((length) => typeof length === 'number'))
    throw wrongField(where, 'shape', 'an array of numbers');
  const lengths = shape as number[];
  const parameters = input['parameters'] === undefined ? undefined : readParameters(input['parameters'], where);
  if (parameters !== undefined) refuseSharedMemory(parameters, where);
  const size = parameters?.['binary_data_size'];
  if (size !== undefined) {
    if (data !== undefined) throw wrongData(where, ['"data"', '"binary_data_size"']);
    return { name, datatype, shape: lengths, values: bytes.take(size, where) };
  }
  if (data === undefined) throw wrongData(where, []);
  return {
    name,
    datatype,
    shape: lengths,
    values: (type, count, label) =>
      decodeValues(type, flatten(data, lengths, count, label), label, () =>
        flatten(again(index), lengths, count, label),
      ),
  };
}

/** The answer in JSON; data is flat, and NaN and Infinity are `null`. */
export const inferAnswerJson = (answer: InferAnswer): string => answerJson(answer, tensorJson);
