import { env, Tensor as EngineTensor, type InferenceSession } from 'onnxruntime-node';
// The package's own session puts every run behind a setImmediate and runs it in the same thread all the same. The binding
// below it runs at once, so that a run's cost can be measured and costs no turn of the event loop.
import { binding, initOrt, type Binding } from 'onnxruntime-node/dist/binding.js';
import {
  datatypeOf,
  datatypes,
  elements,
  type Datatype,
  type Signature,
  type Tensor,
  type TensorData,
  type TensorSpec,
} from './tensors.js';

// The engine's own log lines are not JSON; what matters comes as an exception.
env.logLevel = 'fatal';

/** Single-threaded: parallelism comes from lanes, so that no request waits for another's threads and quotas are kept. */
const options: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 4,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};

/** ONNX's numbers of element types (TensorProto.DataType), as the engine's names. */
const elementTypes: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
};
const bfloat16 = 16;

/** Answers of a run, and the time that the engine took for it. */
export interface RunResult {
  readonly outputs: Tensor[];
  readonly nanoseconds: number;
}

/** One model version, loaded in the thread that made it. Loading and running block that thread. */
export class Session {
  private constructor(
    private readonly engine: Binding.InferenceSession,
    readonly signature: Signature,
  ) {}

  /**
   * @param path of the ONNX file; external data is found beside it
   * @throws Error whose message says why the engine refuses the model
   */
  static open(path: string): Session {
    initOrt();
    const engine = new binding.InferenceSession();
    engine.loadModel(path, options);
    const inputs = engine.inputMetadata.map((meta) => {
      const spec = specOf(meta);
      if (spec === undefined) throw new Error(`its input "${meta.name}" is not a tensor`);
      return spec;
    });
    // Classifiers converted with a ZipMap answer a list of maps beside their tensors: those outputs cannot be sent.
    const outputs = engine.outputMetadata.map(specOf).filter((spec) => spec !== undefined);
    if (outputs.length === 0)
      throw new Error('none of its outputs is a tensor (with skl2onnx, convert with zipmap=False)');
    return new Session(engine, { inputs, outputs });
  }

  /**
   * @param inputs checked against the signature before
   * @param outputs names of the outputs to compute
   * @throws Error with the engine's reason
   */
  run(inputs: readonly Tensor[], outputs: readonly string[]): RunResult {
    const feeds: Record<string, EngineTensor> = {};
    for (const input of inputs) feeds[input.name] = engineTensor(input);
    const fetches: Record<string, null> = {};
    for (const name of outputs) fetches[name] = null;
    const begin = performance.now();
    const fetched = this.engine.run(feeds, fetches, {});
    const nanoseconds = (performance.now() - begin) * 1e6;
    return { outputs: outputs.map((name) => tensorOf(name, fetched[name] as EngineTensor)), nanoseconds };
  }

  close(): void {
    this.engine.dispose();
  }
}

function specOf(meta: Binding.ValueMetadata): TensorSpec | undefined {
  if (!meta.isTensor) return undefined;
  if (meta.type === bfloat16) throw new Error(`"${meta.name}" is BF16, which the engine does not compute on CPUs`);
  const datatype = datatypeOf(elementTypes[meta.type] ?? '');
  if (datatype === undefined)
    throw new Error(`the element type ${meta.type} of "${meta.name}" has no name in the protocol`);
  return { name: meta.name, datatype, shape: meta.shape };
}

function engineTensor({ datatype, data, shape }: Tensor): EngineTensor {
  return new EngineTensor(datatypes[datatype].engine as 'float32', data as Float32Array, shape);
}

function tensorOf(name: string, value: EngineTensor): Tensor {
  return { name, datatype: datatypeOf(value.type) as Datatype, shape: value.dims, data: value.data as TensorData };
}

/** The number of values that a request brings. */
export function sizeOf(inputs: readonly Tensor[]): number {
  let sum = 0;
  for (const input of inputs) sum += elements(input.shape);
  return sum;
}
