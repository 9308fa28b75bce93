import protobuf from 'protobufjs';
import { invalid } from '../../engine/errors.js';
import { decodeBytes, decodeText } from '../../engine/tensor-bytes.js';
import { datatypes, type Datatype, type TensorData } from '../../engine/tensors.js';

/** The values of `InferTensorContents` as they came: by field number, the encoded values piece by piece. */
export type Contents = ReadonlyMap<number, readonly Buffer[]>;

/** Fields of `InferTensorContents` by the datatypes whose values they hold. FP16 has none. */
const fieldOf: Partial<Record<Datatype, number>> = {
  BOOL: 1,
  INT8: 2,
  INT16: 2,
  INT32: 2,
  INT64: 3,
  UINT8: 4,
  UINT16: 4,
  UINT32: 4,
  UINT64: 5,
  FP32: 6,
  FP64: 7,
  BYTES: 8,
};

const names = [
  '',
  'bool_contents',
  'int_contents',
  'int64_contents',
  'uint_contents',
  'uint64_contents',
  'fp32_contents',
  'fp64_contents',
  'bytes_contents',
];

/** Wire types of single values of the fields; packed ones and bytes have a length (2). */
const singles = [-1, 0, 0, 0, 0, 0, 5, 1, 2];

/**
 * Splits `InferTensorContents` into its fields without reading the values: how many there may be is known from the shape.
 * @param end where the message ends in the reader
 * @throws Error for what is no such message
 */
export function readContents(reader: protobuf.Reader, end: number): Contents {
  const found = new Map<number, Buffer[]>();
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    const wire = tag & 7;
    if (field < 1 || field > 8) {
      reader.skipType(wire);
      continue;
    }
    let piece: Buffer;
    if (wire === 2) piece = reader.bytes() as Buffer;
    else {
      if (wire !== singles[field]) throw new Error(`${names[field]} has the wire type ${wire}`);
      const start = reader.pos;
      reader.skipType(wire);
      piece = (reader.buf as Buffer).subarray(start, reader.pos);
    }
    const pieces = found.get(field);
    if (pieces === undefined) found.set(field, [piece]);
    else pieces.push(piece);
  }
  return found;
}

/**
 * Exactly `count` values of a datatype.
 * @param where names the input, for sentences
 * @throws RequestError `invalid`
 */
export function decodeContents(contents: Contents, datatype: Datatype, count: number, where: string): TensorData {
  const field = fieldOf[datatype];
  if (field === undefined)
    throw invalid(
      where,
      `${datatype} is sent as contents`,
      'the message has no field for its values',
      'send it in raw_input_contents',
    );
  for (const [other, pieces] of contents)
    if (other !== field && pieces.some(({ length }) => length > 0))
      throw invalid(
        where,
        `its values are in ${names[other]}`,
        `values of ${datatype} are in ${names[field]}`,
        'send them there, or in raw_input_contents',
      );
  const pieces = contents.get(field) ?? [];
  if (datatype === 'BYTES') {
    if (pieces.length !== count) throw wrongCount(where, pieces.length, count);
    return pieces.map((piece, index) => decodeText(piece, `${where}, value ${index}`));
  }
  const bytes = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  if (datatype === 'FP32' || datatype === 'FP64')
    return decodeBytes(datatype, count, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), where);
  return decodeVarints(bytes, datatype, count, where);
}

/** Each value is a varint of at least a byte, so that a large shape without values takes no memory. */
function decodeVarints(bytes: Buffer, datatype: Exclude<Datatype, 'BYTES'>, count: number, where: string): TensorData {
  let ends = 0;
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) < 128) ends++;
  if (ends !== count) throw wrongCount(where, ends, count);
  const data = new datatypes[datatype].array(count);
  const reader = protobuf.Reader.create(bytes);
  try {
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      // Halves instead of bigints: the platform is little-endian, as the protocol is.
      const halves = new Int32Array(data.buffer);
      for (let i = 0; i < count; i++) {
        const value = reader.uint64() as unknown as { low: number; high: number };
        halves[2 * i] = value.low;
        halves[2 * i + 1] = value.high;
      }
      return data;
    }
    const signed = data instanceof Int8Array || data instanceof Int16Array || data instanceof Int32Array;
    const bool = datatype === 'BOOL';
    for (let i = 0; i < count; i++) {
      const value = bool ? Number(reader.bool()) : signed ? reader.int32() : reader.uint32();
      data[i] = value;
      if (data[i] !== value)
        throw invalid(`${where}, value ${i}`, `${value} is no ${datatype}`, 'it is out of range', 'correct the value');
    }
    return data;
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof Error && error.message.startsWith('invalid varint')))
      throw error;
    throw invalid(where, 'its values cannot be read', error.message, 'send a message of the published protocol');
  }
}

function wrongCount(where: string, got: number, count: number): Error {
  return invalid(where, `there are ${got} values`, `the shape holds ${count}`, 'make shape and data agree');
}
