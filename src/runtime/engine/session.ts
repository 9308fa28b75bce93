import { env, InferenceSession, Tensor as EngineTensor } from 'onnxruntime-node';
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

/** Answers of a run, and the time that the engine took for it. */
export interface RunResult {
  readonly outputs: Tensor[];
  readonly nanoseconds: number;
}

/** One model version, loaded in the thread that made it. Loading and running block that thread. */
export class Session {
  private constructor(
    private readonly engine: InferenceSession,
    readonly signature: Signature,
  ) {}

  /**
   * @param path of the ONNX file; external data is found beside it
   * @throws Error whose message says why the engine refuses the model
   */
  static async open(path: string): Promise<Session> {
    const engine = await InferenceSession.create(path, options);
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
   */
  async run(inputs: readonly Tensor[], outputs: readonly string[]): Promise<RunResult> {
    const feeds: Record<string, EngineTensor> = {};
    for (const input of inputs) feeds[input.name] = engineTensor(input);
    const begin = process.hrtime.bigint();
    const fetched = await this.engine.run(feeds, outputs);
    const nanoseconds = Number(process.hrtime.bigint() - begin);
    return { outputs: outputs.map((name) => tensorOf(name, fetched[name])), nanoseconds };
  }

  close(): Promise<void> {
    return this.engine.release();
  }
}

function specOf(meta: InferenceSession.ValueMetadata): TensorSpec | undefined {
  if (!meta.isTensor) return undefined;
  const datatype = datatypeOf(meta.type);
  if (datatype === undefined) throw new Error(`the type ${meta.type} of "${meta.name}" has no place in the protocol`);
  return { name: meta.name, datatype, shape: meta.shape.map((length) => (typeof length === 'number' ? length : -1)) };
}

function engineTensor({ datatype, data, shape }: Tensor): EngineTensor {
  return new EngineTensor(datatypes[datatype].engine as 'float32', data as Float32Array, shape);
}

function tensorOf(name: string, value: EngineTensor | undefined): Tensor {
  if (value === undefined) throw new Error(`the model gave no output "${name}"`);
  const datatype = datatypeOf(value.type) as Datatype;
  return { name, datatype, shape: value.dims, data: value.data as TensorData };
}

/** Zero-size guard for cost classes: the number of values a request brings. */
export function sizeOf(inputs: readonly Tensor[]): number {
  let sum = 0;
  for (const input of inputs) sum += elements(input.shape);
  return sum;
}
