import { isUtf8 } from 'node:buffer';
import { invalid } from './errors.js';
import { datatypes, type Datatype, type Tensor, type TensorData } from './tensors.js';

/** Bytes of one value; undefined for BYTES, whose values have lengths of their own. */
export function byteWidth(datatype: Datatype): number | undefined {
  return datatypes[datatype].array?.BYTES_PER_ELEMENT;
}

/**
 * A tensor's data from the protocol's binary form: row-major, little-endian, BOOL one byte, BYTES each a length (uint32) and
 * its bytes (https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/extension_binary_tensor_data.md).
 * Numbers are a view of `bytes` where they lie aligned in it, and a copy where not.
 * @param where names the input, for sentences
 * @throws RequestError `invalid`
 */
export function decodeBytes(datatype: Datatype, count: number, bytes: Uint8Array, where: string): TensorData {
  const { array } = datatypes[datatype];
  if (array === undefined) return decodeTexts(count, bytes, where);
  const width = array.BYTES_PER_ELEMENT;
  if (bytes.byteLength !== count * width)
    throw invalid(
      where,
      `there are ${bytes.byteLength} bytes`,
      `the shape holds ${count} values of ${width} bytes each`,
      'make shape and data agree',
    );
  if (datatype === 'BOOL') {
    for (let i = 0; i < bytes.length; i++)
      if ((bytes[i] as number) > 1)
        throw invalid(`${where}, byte ${i}`, `${bytes[i]} is not acceptable`, 'BOOL is 0 or 1', 'correct the value');
  }
  const aligned = bytes.byteOffset % width === 0;
  // A Buffer's own slice would be a view again.
  const memory = aligned ? bytes : Uint8Array.prototype.slice.call(bytes);
  return new array(memory.buffer as ArrayBuffer, memory.byteOffset, count);
}

function decodeTexts(count: number, bytes: Uint8Array, where: string): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  let at = 0;
  while (at < buffer.length) {
    if (texts.length === count) throw wrongCount(where, `more than ${count}`, count);
    const length = at + 4 <= buffer.length ? buffer.readUInt32LE(at) : Infinity;
    at += 4;
    if (at + length > buffer.length)
      throw invalid(
        where,
        `value ${texts.length} is cut off`,
        'each BYTES value is its length in four bytes and then that many bytes',
        'send all of it',
      );
    texts.push(decodeText(buffer.subarray(at, at + length), `${where}, value ${texts.length}`));
    at += length;
  }
  if (texts.length !== count) throw wrongCount(where, String(texts.length), count);
  return texts;
}

/**
 * One value of BYTES. The engine keeps text as C strings and as UTF-8: what these cannot hold would come back changed.
 * @throws RequestError `invalid`
 */
export function decodeText(bytes: Buffer, where: string): string {
  if (bytes.includes(0))
    throw invalid(where, 'it holds a NUL byte', 'the engine would cut the text there', 'send text without NUL');
  if (!isUtf8(bytes))
    throw invalid(where, 'it is not UTF-8', 'the engine computes with text', 'send text, or numbers as UINT8');
  return bytes.toString('utf8');
}

function wrongCount(where: string, got: string, count: number): Error {
  return invalid(where, `there are ${got} values`, `the shape holds ${count}`, 'make shape and data agree');
}

/** A tensor's data in the protocol's binary form; numbers are a view of the same memory. */
export function encodeBytes({ data }: Tensor): Uint8Array {
  if (!Array.isArray(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const texts = data.map((text) => Buffer.from(text, 'utf8'));
  const bytes = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + 4 + text.length, 0));
  let at = 0;
  for (const text of texts) {
    at = bytes.writeUInt32LE(text.length, at);
    at += text.copy(bytes, at);
  }
  return bytes;
}
