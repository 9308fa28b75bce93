import { nearest } from '@plinth/contract';
import { invalid, type RequestError } from './errors.js';
import {
  datatypes,
  elements,
  fits,
  type Datatype,
  type Signature,
  type Tensor,
  type TensorData,
  type TensorSpec,
} from './tensors.js';

/** An input as a protocol received it: what it claims to be, and how its values are had. */
export interface RequestTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  /**
   * Decodes exactly `count` values.
   * @param where names the input, for sentences
   * @throws RequestError `invalid` on values that are not of that type, too few or too many
   */
  values(datatype: Datatype, count: number, where: string): TensorData;
}

const shown = (shape: readonly number[]): string => `[${shape.join(',')}]`;
const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/**
 * The request's inputs as the model reads them, in the order of its signature.
 * @param model names the model, for sentences
 * @throws RequestError `invalid`
 */
export function readInputs(model: string, signature: Signature, given: readonly RequestTensor[]): Tensor[] {
  const names = signature.inputs.map(({ name }) => name);
  for (let i = 0; i < given.length; i++) {
    const { name } = given[i] as RequestTensor;
    if (!names.includes(name)) throw unknownName(model, 'input', name, names);
    for (let j = 0; j < i; j++)
      if (given[j]?.name === name)
        throw invalid(`model "${model}"`, `input "${name}" comes twice`, 'each input has one value', 'send it once');
  }
  return signature.inputs.map((spec) => {
    const tensor = given.find(({ name }) => name === spec.name);
    if (tensor === undefined)
      throw invalid(
        `model "${model}"`,
        `input "${spec.name}" is missing`,
        `the model reads ${quoted(names)}`,
        `send "${spec.name}" as ${spec.datatype} of shape ${shown(spec.shape)}`,
      );
    return readInput(`model "${model}", input "${spec.name}"`, spec, tensor);
  });
}

function readInput(where: string, spec: TensorSpec, tensor: RequestTensor): Tensor {
  if (tensor.datatype !== spec.datatype) throw wrongDatatype(where, spec, tensor.datatype);
  const { shape } = tensor;
  for (const length of shape)
    if (!Number.isSafeInteger(length) || length < 0)
      throw invalid(
        where,
        `the shape ${shown(shape)} is not a shape`,
        `${length} is not a length`,
        'give whole numbers from 0 on',
      );
  if (!fits(shape, spec.shape))
    throw invalid(
      where,
      `the shape ${shown(shape)} does not fit`,
      `the model reads ${shown(spec.shape)}${spec.shape.includes(-1) ? ', where -1 is any length' : ''}`,
      shape.length === spec.shape.length ? 'correct the lengths' : `send ${spec.shape.length} dimensions`,
    );
  return {
    name: spec.name,
    datatype: spec.datatype,
    shape,
    data: tensor.values(spec.datatype, elements(shape), where),
  };
}

function wrongDatatype(where: string, spec: TensorSpec, datatype: string): RequestError {
  if (datatype in datatypes)
    return invalid(where, `the datatype is ${datatype}`, `the model reads ${spec.datatype}`, `send ${spec.datatype}`);
  const near = nearest(datatype, Object.keys(datatypes));
  return invalid(
    where,
    `the datatype "${datatype}" is unknown`,
    `there are ${Object.keys(datatypes).join(', ')}`,
    `send ${spec.datatype}${near === undefined || near === spec.datatype ? '' : ` (and not ${near})`}`,
  );
}

/** Rows of a request: the common first length where the model leaves it open, otherwise one. */
export function rowsOf({ inputs: specs }: Signature, inputs: readonly Tensor[]): number {
  return specs.length > 0 && specs.every(({ shape }) => shape[0] === -1) ? (inputs[0]?.shape[0] ?? 1) : 1;
}

/**
 * Rows of a model that is configured with a largest batch: the same number in every input, and no more than that.
 * @throws RequestError `invalid`
 */
export function checkRows(model: string, most: number, inputs: readonly Tensor[]): void {
  const rows = inputs[0]?.shape[0] ?? 0;
  const where = `model "${model}"`;
  for (const { name, shape } of inputs)
    if (shape[0] !== rows)
      throw invalid(
        `${where}, input "${name}"`,
        `it has ${shape[0]} rows`,
        `input "${inputs[0]?.name}" has ${rows}`,
        'send the same number of rows in every input',
      );
  if (rows > most)
    throw invalid(where, `there are ${rows} rows`, `its max_batch_size is ${most}`, 'send fewer rows at once');
}

/**
 * The outputs to compute: those asked for, in that order, or all.
 * @throws RequestError `invalid`
 */
export function chooseOutputs(
  model: string,
  signature: Signature,
  wanted: readonly string[] | undefined,
): readonly TensorSpec[] {
  if (wanted === undefined || wanted.length === 0) return signature.outputs;
  return wanted.map((name, index) => {
    const spec = signature.outputs.find((output) => output.name === name);
    if (spec === undefined)
      throw unknownName(
        model,
        'output',
        name,
        signature.outputs.map((output) => output.name),
      );
    if (wanted.indexOf(name) !== index)
      throw invalid(
        `model "${model}"`,
        `output "${name}" is asked for twice`,
        'each output is sent once',
        'ask for it once',
      );
    return spec;
  });
}

function unknownName(model: string, what: 'input' | 'output', name: string, known: readonly string[]): RequestError {
  const near = nearest(name, known);
  return invalid(
    `model "${model}"`,
    `it has no ${what} "${name}"`,
    `its ${what}s are ${quoted(known)}`,
    near === undefined ? 'use one of these names' : `did you mean "${near}"`,
  );
}
