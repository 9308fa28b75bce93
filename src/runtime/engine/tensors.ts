/** Data of a tensor as the inference engine holds it: FP16 as its bits, BOOL as 0 and 1. */
export type TensorData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array
  | string[];

type NumberArrayClass = new (length: number) => Exclude<TensorData, string[]>;

interface DatatypeFacts {
  /** What onnxruntime calls it. */
  readonly engine: string;
  /** undefined for BYTES, whose data is strings. */
  readonly array: NumberArrayClass | undefined;
  /** Smallest and largest value of an integer type that JavaScript's numbers hold. */
  readonly range?: readonly [number, number];
}

/** The data types of the Open Inference Protocol that the engine computes with. BF16 it cannot. */
export const datatypes = {
  BOOL: { engine: 'bool', array: Uint8Array },
  UINT8: { engine: 'uint8', array: Uint8Array, range: [0, 255] },
  UINT16: { engine: 'uint16', array: Uint16Array, range: [0, 65535] },
  UINT32: { engine: 'uint32', array: Uint32Array, range: [0, 4294967295] },
  UINT64: { engine: 'uint64', array: BigUint64Array },
  INT8: { engine: 'int8', array: Int8Array, range: [-128, 127] },
  INT16: { engine: 'int16', array: Int16Array, range: [-32768, 32767] },
  INT32: { engine: 'int32', array: Int32Array, range: [-2147483648, 2147483647] },
  INT64: { engine: 'int64', array: BigInt64Array },
  FP16: { engine: 'float16', array: Uint16Array },
  FP32: { engine: 'float32', array: Float32Array },
  FP64: { engine: 'float64', array: Float64Array },
  BYTES: { engine: 'string', array: undefined },
} as const satisfies Record<string, DatatypeFacts>;

export type Datatype = keyof typeof datatypes;

const byEngineName = new Map<string, Datatype>(
  Object.entries(datatypes).map(([name, facts]) => [facts.engine, name as Datatype]),
);

/** The protocol's name of an engine's type, or undefined where the protocol has none. */
export const datatypeOf = (engineName: string): Datatype | undefined => byEngineName.get(engineName);

/** A tensor with its values, row-major. */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: TensorData;
  /** The tensor as JSON, kept once somebody needed it: the answer and the payload log say the same. */
  json?: string;
}

/** What a model reads or answers under a name. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: Datatype;
  /** -1 is any length. */
  readonly shape: readonly number[];
}

/** What a model reads and what it answers. */
export interface Signature {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** How many values a shape holds; 1 for a scalar's empty shape. */
export function elements(shape: readonly number[]): number {
  let product = 1;
  for (const length of shape) product *= length;
  return product;
}

/** Whether a shape is one that the specification allows. */
export function fits(shape: readonly number[], spec: readonly number[]): boolean {
  if (shape.length !== spec.length) return false;
  for (let axis = 0; axis < shape.length; axis++) {
    const wanted = spec[axis];
    if (wanted !== -1 && wanted !== shape[axis]) return false;
  }
  return true;
}

/** Zeros (empty strings for BYTES) in the smallest shape that the specification allows: what a model is warmed up with. */
export function zeros(spec: TensorSpec): Tensor {
  const shape = spec.shape.map((length) => (length === -1 ? 1 : length));
  const { array } = datatypes[spec.datatype];
  const size = elements(shape);
  const data: TensorData = array === undefined ? new Array<string>(size).fill('') : new array(size);
  return { name: spec.name, datatype: spec.datatype, shape, data };
}

/** Bytes that tensors hold; of text, what its characters take in memory. */
export function bytesOf(tensors: readonly Tensor[]): number {
  let sum = 0;
  for (const { data } of tensors)
    sum += Array.isArray(data) ? data.reduce((total, text) => total + 2 * text.length, 0) : data.byteLength;
  return sum;
}
