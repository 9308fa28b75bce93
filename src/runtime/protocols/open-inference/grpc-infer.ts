import protobuf from 'protobufjs';
import { invalid, RequestError } from '../../engine/errors.js';
import type { InferAnswer, InferRequest, ParameterValue, Parameters, RequestedOutput } from '../../engine/inference.js';
import { checkParameters } from '../../engine/parameters.js';
import { decodeBytes, encodeBytes } from '../../engine/tensor-bytes.js';
import type { Tensor } from '../../engine/tensors.js';
import type { RequestTensor } from '../../engine/validation.js';
import { decodeContents, readContents, type Contents } from './grpc-contents.js';

// ModelInferRequest and ModelInferResponse are read and written by hand (proto/inference.proto has their fields): through
// protobufjs's objects each value of a tensor would become a JavaScript value, and each length of a shape a Long.

/** A ModelInferRequest whose values are not read yet. */
export interface WireRequest {
  readonly model: string;
  /** undefined is the newest. */
  readonly version: string | undefined;
  readonly id: string | undefined;
  /** Decodes the rest. @param ignored a parameter that is not the engine's @throws RequestError */
  read(ignored?: string): InferRequest;
}

interface WireInput {
  name: string;
  datatype: string;
  shape: number[];
  contents: Contents | undefined;
}

interface WireOutput {
  name: string;
  parameters: Parameters;
}

/** @throws RequestError `invalid` */
export function readInferRequest(message: Buffer): WireRequest {
  try {
    return parse(protobuf.Reader.create(message));
  } catch (error) {
    throw error instanceof RequestError ? error : unreadable('ModelInferRequest', error);
  }
}

/** What is sent is not the message that the call takes. */
export function unreadable(message: string, error: unknown): RequestError {
  return invalid(
    'request message',
    `it is no ${message}`,
    (error as Error).message,
    'send a message of the published protocol',
  );
}

/** Versions are numbers, sent as text. @throws RequestError `invalid` */
export function readVersion(model: string, version: string): string | undefined {
  if (version === '') return undefined;
  if (!/^\d+$/.test(version))
    throw invalid(
      `model "${model}"`,
      `the version "${version}" is none`,
      'versions are whole numbers',
      'send a number, or an empty text for the newest version',
    );
  return version;
}

function parse(reader: protobuf.Reader): WireRequest {
  let [model, version, id] = ['', '', ''];
  const parameters: Record<string, ParameterValue> = {};
  const inputs: WireInput[] = [];
  const outputs: WireOutput[] = [];
  const raw: Buffer[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    // Every field has a length: tags are the number times 8 plus 2.
    if (tag === 10) model = text(reader);
    else if (tag === 18) version = text(reader);
    else if (tag === 26) id = text(reader);
    else if (tag === 34) readParameter(reader, parameters);
    else if (tag === 42) inputs.push(readInput(reader));
    else if (tag === 50) outputs.push(readOutput(reader));
    else if (tag === 58) raw.push(reader.bytes() as Buffer);
    else skip(reader, tag, 7);
  }
  if (model === '')
    throw invalid('request message', 'model_name is missing', 'a request is for a model', 'send its name');
  const name = id === '' ? undefined : id;
  const read = (ignored?: string): InferRequest => {
    if (ignored !== undefined) delete parameters[ignored];
    checkParameters(parameters);
    return { id: name, parameters, inputs: tensors(inputs, raw), outputs: requested(outputs) };
  };
  return { model, version: readVersion(model, version), id: name, read };
}

/** A field that the message does not have, or one of the wrong wire type. */
function skip(reader: protobuf.Reader, tag: number, known: number): void {
  if (tag >>> 3 <= known) throw new Error(`field ${tag >>> 3} has the wire type ${tag & 7}`);
  reader.skipType(tag & 7);
}

// The reader's own string() takes what is cut off for whole.
const text = (reader: protobuf.Reader): string => (reader.bytes() as Buffer).toString('utf8');

function endOf(reader: protobuf.Reader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError('it is cut off');
  return end;
}

function readInput(reader: protobuf.Reader): WireInput {
  const end = endOf(reader);
  const input: WireInput = { name: '', datatype: '', shape: [], contents: undefined };
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 10) input.name = text(reader);
    else if (tag === 18) input.datatype = text(reader);
    else if (tag === 26) {
      const last = endOf(reader);
      while (reader.pos < last) input.shape.push(length(reader));
    } else if (tag === 24) input.shape.push(length(reader));
    // An input's parameters are those of shared memory, which this server does not have.
    else if (tag === 34) refuseSharedMemory(input.name, readParameter(reader, {}));
    else if (tag === 42) input.contents = readContents(reader, endOf(reader));
    else skip(reader, tag, 5);
  }
  if (reader.pos !== end) throw new RangeError('an input is cut off');
  return input;
}

function readOutput(reader: protobuf.Reader): WireOutput {
  const end = endOf(reader);
  const parameters: Record<string, ParameterValue> = {};
  let name = '';
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 10) name = text(reader);
    else if (tag === 18) refuseSharedMemory(name, readParameter(reader, parameters));
    else skip(reader, tag, 2);
  }
  if (reader.pos !== end) throw new RangeError('an output is cut off');
  return { name, parameters };
}

function refuseSharedMemory(tensor: string, parameter: string): void {
  if (parameter.startsWith('shared_memory'))
    throw new RequestError('unsupported', sharedMemoryFinding(`tensor "${tensor}", parameter "${parameter}"`));
}

/** Clients and server do not share a machine. */
export const sharedMemoryFinding = (
  where: string,
): { code: string; what: string; where: string; why: string; cure: string } => ({
  code: 'shared-memory-unsupported',
  what: 'shared memory is not supported',
  where,
  why: 'this server reads tensors from messages only',
  cure: 'send them in raw_input_contents',
});

/** Adds an entry of `map<string, InferParameter>`. @returns its name */
function readParameter(reader: protobuf.Reader, into: Record<string, ParameterValue>): string {
  const end = endOf(reader);
  let name = '';
  let value: ParameterValue | undefined;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 10) name = text(reader);
    else if (tag === 18) {
      const last = endOf(reader);
      while (reader.pos < last) value = readChoice(reader) ?? value;
    } else skip(reader, tag, 2);
  }
  if (reader.pos !== end) throw new RangeError('a parameter is cut off');
  if (value !== undefined) Object.defineProperty(into, name, { value, enumerable: true, configurable: true });
  return name;
}

function readChoice(reader: protobuf.Reader): ParameterValue | undefined {
  const tag = reader.uint32();
  if (tag === 8) return reader.bool();
  if (tag === 16) return exact(reader.int64());
  if (tag === 26) return text(reader);
  if (tag === 33) return reader.double();
  if (tag === 40) return exact(reader.uint64());
  skip(reader, tag, 5);
  return undefined;
}

function exact(value: protobuf.Long | number): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value.toString());
}

/** A length of a shape. Most are a byte or two. */
function length(reader: protobuf.Reader): number {
  const first = reader.buf[reader.pos] as number;
  if (first < 128 && reader.pos < reader.len) {
    reader.pos++;
    return first;
  }
  return Number(reader.int64());
}

function tensors(inputs: readonly WireInput[], raw: readonly Buffer[]): RequestTensor[] {
  if (raw.length === 0)
    return inputs.map(({ name, datatype, shape, contents }) => ({
      name,
      datatype,
      shape,
      values: (type, count, where) => decodeContents(contents ?? none, type, count, where),
    }));
  if (raw.length !== inputs.length)
    throw invalid(
      'raw_input_contents',
      `it has ${raw.length} entries`,
      `there are ${inputs.length} inputs, and each has one`,
      'send the values of each input, in the order of the inputs',
    );
  return inputs.map(({ name, datatype, shape, contents }, index) => {
    if (contents !== undefined)
      throw invalid(
        `input "${name}"`,
        'it has contents and raw_input_contents',
        'a request has one or the other',
        'leave contents out',
      );
    const bytes = raw[index] as Buffer;
    return {
      name,
      datatype,
      shape,
      // Not the Buffer itself, whose slice() is no copy.
      values: (type, count, where) =>
        decodeBytes(type, count, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), where),
    };
  });
}

const none: Contents = new Map();

function requested(outputs: readonly WireOutput[]): RequestedOutput[] | undefined {
  if (outputs.length === 0) return undefined;
  return outputs.map(({ name, parameters }) => {
    const classes = parameters['classification'];
    if (classes === undefined) return { name };
    if (typeof classes !== 'number')
      throw invalid(`output "${name}"`, '"classification" is no number', 'it counts classes', 'send an int64_param');
    return { name, classification: classes };
  });
}

/** Larger tensors are sent from where they lie; copying smaller ones is cheaper than another piece. Bytes. */
const smallTensor = 16 * 1024;

/** ModelInferResponse in pieces, its values raw. */
export function writeInferResponse(answer: InferAnswer, finalOfStream = false): Uint8Array[] {
  const writer = protobuf.Writer.create();
  writer.uint32(10).string(answer.model).uint32(18).string(answer.version);
  if (answer.id !== undefined) writer.uint32(26).string(answer.id);
  // A model answers each request once: every answer in a stream is the last of its request.
  if (finalOfStream) {
    writer.uint32(34).fork().uint32(10).string('triton_final_response');
    writer.uint32(18).fork().uint32(8).bool(true).ldelim().ldelim();
  }
  for (const output of answer.outputs) writeTensor(writer, output);
  const pieces: Uint8Array[] = [];
  let open = writer;
  for (const output of answer.outputs) {
    const raw = encodeBytes(output);
    if (raw.length <= smallTensor) open.uint32(50).bytes(raw);
    else {
      pieces.push(open.uint32(50).uint32(raw.length).finish(), raw);
      open = protobuf.Writer.create();
    }
  }
  const rest = open.finish();
  if (rest.length > 0) pieces.push(rest);
  return pieces;
}

function writeTensor(writer: protobuf.Writer, { name, datatype, shape }: Tensor): void {
  writer.uint32(42).fork().uint32(10).string(name).uint32(18).string(datatype);
  if (shape.length > 0) {
    writer.uint32(26).fork();
    for (const each of shape) writer.int64(each);
    writer.ldelim();
  }
  writer.ldelim();
}

/** ModelStreamInferResponse with an answer, in pieces. */
export function writeStreamResponse(answer: InferAnswer): Uint8Array[] {
  const inner = writeInferResponse(answer, true);
  const length = inner.reduce((sum, piece) => sum + piece.length, 0);
  return [protobuf.Writer.create().uint32(18).uint32(length).finish(), ...inner];
}

/** ModelStreamInferResponse with a failure, and the request's id, by which a client finds it. */
export function writeStreamError(sentence: string, id: string | undefined): Buffer {
  const writer = protobuf.Writer.create().uint32(10).string(sentence);
  if (id !== undefined) writer.uint32(18).fork().uint32(26).string(id).ldelim();
  return writer.finish() as Buffer;
}
