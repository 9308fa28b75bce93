import { invalid, RequestError } from '../../engine/errors.js';
import { datatypes, type Datatype, type TensorData } from '../../engine/tensors.js';

/** Numbers of larger magnitude would become Infinity in FP32: halfway from its largest value to the next power of two. */
const fp32Bound = 3.4028235677973366e38;

/** FP16 travels only in the binary form of the protocol, as in Triton. */
export function halfAsJson(where: string): RequestError {
  return invalid(
    where,
    'FP16 cannot be sent as JSON',
    'the protocol has no JSON form for it',
    'use the binary form (binary_data_size, binary_data), or leave that output out',
  );
}

/** What a value is, in a few characters, for a sentence. */
function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

function wrongValue(where: string, index: number, value: unknown, why: string): RequestError {
  return invalid(`${where}, data[${index}]`, `${shown(value)} is not acceptable`, why, 'correct the value');
}

function wrongCount(where: string, got: number, count: number): RequestError {
  return invalid(where, `there are ${got} values`, `the shape holds ${count}`, 'make shape and data agree');
}

/**
 * Data that may be nested as flat values. Nested data must be nested as the shape says.
 * @throws RequestError `invalid`
 */
export function flatten(data: unknown, shape: readonly number[], count: number, where: string): readonly unknown[] {
  if (!Array.isArray(data))
    throw invalid(where, '"data" is not an array', 'values come as an array, flat or nested', 'send "data": [ ... ]');
  const values = data as readonly unknown[];
  if (!values.some(Array.isArray)) {
    if (values.length !== count) throw wrongCount(where, values.length, count);
    return values;
  }
  const flat: unknown[] = [];
  const walk = (part: unknown, axis: number): void => {
    if (axis === shape.length) {
      flat.push(part);
      return;
    }
    if (!Array.isArray(part) || part.length !== shape[axis])
      throw invalid(
        where,
        'the nesting of "data" does not follow the shape',
        `on axis ${axis} the shape [${shape.join(',')}] wants arrays of ${shape[axis]}`,
        'nest as the shape says, or send flat data',
      );
    for (const each of part as unknown[]) walk(each, axis + 1);
  };
  walk(values, 0);
  return flat;
}

/**
 * Flat JSON values as a tensor's data.
 * @param exact the same values with integers beyond 2^53 as strings of their digits, made only when one is met
 * @throws RequestError `invalid` on the first value that the type does not hold
 */
export function decodeValues(
  datatype: Datatype,
  values: readonly unknown[],
  where: string,
  exact: () => readonly unknown[],
): TensorData {
  switch (datatype) {
    case 'FP32': {
      const data = new Float32Array(values.length);
      for (let i = 0; i < values.length; i++) {
        const value = values[i];
        if (typeof value !== 'number' || !(value < fp32Bound && value > -fp32Bound))
          throw notFloat(where, i, value, 'FP32');
        data[i] = value;
      }
      return data;
    }
    case 'FP64': {
      const data = new Float64Array(values.length);
      for (let i = 0; i < values.length; i++) {
        const value = values[i];
        if (typeof value !== 'number' || !Number.isFinite(value)) throw notFloat(where, i, value, 'FP64');
        data[i] = value;
      }
      return data;
    }
    case 'BOOL':
      return Uint8Array.from(values, (value, i) => {
        if (typeof value !== 'boolean') throw wrongValue(where, i, value, 'BOOL is true or false');
        return value ? 1 : 0;
      });
    case 'BYTES':
      return values.map((value, i) => readText(value, i, where));
    case 'INT64':
    case 'UINT64':
      return readLong(datatype, values, where, exact);
    case 'FP16':
      throw halfAsJson(where);
    default: {
      const { array, range } = datatypes[datatype];
      const [low, high] = range;
      const data = new array(values.length);
      for (let i = 0; i < values.length; i++) {
        const value = values[i];
        if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high)
          throw wrongValue(where, i, value, `${datatype} is a whole number from ${low} to ${high}`);
        data[i] = value;
      }
      return data;
    }
  }
}

function notFloat(where: string, index: number, value: unknown, datatype: string): RequestError {
  const why =
    typeof value === 'number'
      ? `it is beyond what ${datatype} holds`
      : value === null
        ? `${datatype} is a number, and JSON has no NaN`
        : `${datatype} is a number`;
  return wrongValue(where, index, value, why);
}

/** The engine keeps text as C strings and as UTF-8: what these cannot hold would come back changed. */
function readText(value: unknown, index: number, where: string): string {
  if (typeof value !== 'string') throw wrongValue(where, index, value, 'BYTES is a string');
  if (value.includes('\0')) throw wrongValue(where, index, value, 'the engine would cut it at its NUL character');
  if (/\p{Surrogate}/u.test(value))
    throw wrongValue(where, index, value, 'half of a surrogate pair is not a character');
  return value;
}

function readLong(
  datatype: 'INT64' | 'UINT64',
  values: readonly unknown[],
  where: string,
  exact: () => readonly unknown[],
): BigInt64Array | BigUint64Array {
  const data = new datatypes[datatype].array(values.length);
  const why =
    datatype === 'INT64' ? 'INT64 is a whole number from -2^63 to 2^63-1' : 'UINT64 is a whole number from 0 to 2^64-1';
  let digits: readonly unknown[] | undefined;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongValue(where, i, value, why);
    if (Number.isSafeInteger(value)) {
      if (datatype === 'UINT64' && value < 0) throw wrongValue(where, i, value, why);
      data[i] = BigInt(value);
      continue;
    }
    const text = (digits ??= exact())[i];
    if (typeof text !== 'string')
      throw wrongValue(
        where,
        i,
        value,
        'a whole number beyond 2^53 is exact only in full digits, without point and exponent',
      );
    const long = BigInt(text);
    if (datatype === 'INT64' ? BigInt.asIntN(64, long) !== long : BigInt.asUintN(64, long) !== long)
      throw wrongValue(where, i, text, why);
    data[i] = long;
  }
  return data;
}
