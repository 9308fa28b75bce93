import { invalid, type RequestError } from '../../engine/errors.js';
import type { InferAnswer, InferRequest, ModelDescription } from '../../engine/inference.js';
import { byteWidth, decodeBytes, decodeText, encodeBytes } from '../../engine/tensor-bytes.js';
import { tensorJson } from '../../engine/tensor-json.js';
import type { Datatype, Tensor, TensorData } from '../../engine/tensors.js';

// The binary tensor data extension: the JSON document, and after it the tensors' bytes in the order of their inputs or outputs
// (https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/extension_binary_tensor_data.md).

/** Bytes of the JSON document in front of the tensors, in requests and answers. */
export const lengthHeader = 'Inference-Header-Content-Length';

/**
 * A body's JSON document and the tensors after it.
 * @param length the value of the header; undefined where all of the body is JSON
 * @returns tensors undefined where there is no header; json undefined where it is 0, and the body is one tensor
 * @throws RequestError `invalid`
 */
export function splitBody(
  body: Buffer,
  length: string | undefined,
): { readonly json: Buffer | undefined; readonly tensors: Buffer | undefined } {
  if (length === undefined) return { json: body, tensors: undefined };
  const bytes = /^\d{1,15}$/.test(length) ? Number(length) : Infinity;
  if (bytes > body.length)
    throw invalid(
      lengthHeader,
      `it is ${length.slice(0, 40)}`,
      `the body has ${body.length} bytes`,
      'give the length of the JSON document in bytes',
    );
  return bytes === 0
    ? { json: undefined, tensors: body }
    : { json: body.subarray(0, bytes), tensors: body.subarray(bytes) };
}

/** What decodes the values of one input, as the engine asks for them. */
type Values = (datatype: Datatype, count: number, where: string) => TensorData;

/** Hands the tensors' bytes out, input after input. */
export class TensorBytes {
  private at = 0;

  /** @param bytes undefined where the request has none */
  constructor(private readonly bytes: Buffer | undefined) {}

  /** @param size the input's `binary_data_size` @throws RequestError `invalid` */
  take(size: unknown, where: string): Values {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
      throw invalid(where, '"binary_data_size" is no length', 'it counts bytes', 'send a whole number from 0 on');
    const { bytes, at } = this;
    if (bytes === undefined)
      throw invalid(
        where,
        'its binary data is not there',
        `the request has no header ${lengthHeader}`,
        'send the header, and the bytes after the JSON document',
      );
    if (size > bytes.length - at)
      throw invalid(
        where,
        `"binary_data_size" is ${size}`,
        `${bytes.length - at} bytes are left in the body`,
        'send all bytes of every input',
      );
    this.at += size;
    // Not the Buffer itself, whose slice() is no copy.
    const own = new Uint8Array(bytes.buffer, bytes.byteOffset + at, size);
    return (datatype, count, label) => decodeBytes(datatype, count, own, label);
  }

  /** @throws RequestError `invalid` where bytes are left */
  end(): void {
    const left = (this.bytes?.length ?? 0) - this.at;
    if (left > 0)
      throw invalid(
        'request body',
        `${left} bytes are left over`,
        'no input has them as its "binary_data_size"',
        `correct the sizes, or ${lengthHeader}`,
      );
  }
}

/**
 * A request that is nothing but the values of a model's only input. One length of its shape may be open, and follows from the
 * bytes; a model with a largest batch gets a batch of one. BYTES is a single value, without its length in front.
 * @throws RequestError `invalid`
 */
export function rawRequest(bytes: Buffer, { name, signature }: ModelDescription, batched: boolean): InferRequest {
  const [input, ...others] = signature.inputs;
  const where = `model "${name}"`;
  if (input === undefined || others.length > 0)
    throw invalid(where, 'the body has no JSON document', 'only models of one input can do without', 'send one');
  const own = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const fixed = batched ? [1, ...input.shape.slice(1)] : [...input.shape];
  const open = fixed.filter((length) => length === -1).length;
  const width = byteWidth(input.datatype);
  const text = width === undefined;
  const known = fixed.reduce((product, length) => (length === -1 ? product : product * length), 1);
  if (text ? known !== 1 : open > 1)
    throw invalid(
      `${where}, input "${input.name}"`,
      `its shape [${input.shape.join(',')}] does not follow from the body`,
      text ? 'a body without a JSON document is a single text' : 'more than one length is open',
      'send a JSON document with the shape',
    );
  const row = known * (width ?? 1);
  const shape = fixed.map((length) => (length !== -1 ? length : text ? 1 : Math.floor(bytes.length / (row || 1))));
  const values: Values = (datatype, count, label) =>
    text ? [decodeText(bytes, label)] : decodeBytes(datatype, count, own, label);
  return {
    id: undefined,
    inputs: [{ name: input.name, datatype: input.datatype, shape, values }],
    outputs: undefined,
  };
}

/** @param tensorAsJson writes an output */
export function answerJson(
  { id, model, version, outputs }: InferAnswer,
  tensorAsJson: (tensor: Tensor) => string,
): string {
  const head = id === undefined ? '' : `"id":${JSON.stringify(id)},`;
  return `{${head}"model_name":${JSON.stringify(model)},"model_version":"${version}","outputs":[${outputs.map(tensorAsJson).join(',')}]}`;
}

/** An answer's JSON document, and the bytes that follow it. */
export interface BinaryAnswer {
  readonly json: string;
  readonly tensors: readonly Uint8Array[];
}

/** @param wanted whether an output is asked for in binary form */
export function binaryAnswer(answer: InferAnswer, wanted: (output: string) => boolean): BinaryAnswer {
  const tensors: Uint8Array[] = [];
  const json = answerJson(answer, (tensor) => {
    if (!wanted(tensor.name)) return tensorJson(tensor);
    const bytes = encodeBytes(tensor);
    tensors.push(bytes);
    const { name, datatype, shape } = tensor;
    return JSON.stringify({ name, datatype, shape, parameters: { binary_data_size: bytes.length } });
  });
  return { json, tensors };
}

/** One of `data`, `binary_data_size` and shared memory. */
export function wrongData(where: string, sources: readonly string[]): RequestError {
  return sources.length === 0
    ? invalid(where, 'it has no values', 'they come as "data", or in binary form', 'send "data": [ ... ]')
    : invalid(where, `it has ${sources.join(' and ')}`, 'values come once', 'leave one of them out');
}
