import { Batcher, type Runner } from './batcher.js';
import type { ResponseCache } from './cache.js';
import { LoadedModel } from './lanes.js';
import { instances, type ModelConfig, type ServedSignature } from './model-config.js';
import { ServedModel, type ServedOptions, type ServedResult } from './served-model.js';
import { sizeOf } from './session.js';
import type { Lane } from './statistics.js';
import type { Tensor } from './tensors.js';

/** What an ONNX model is opened with. */
export interface OnnxModelOptions {
  readonly version: string;
  readonly bytes: number;
  readonly config: ModelConfig;
  readonly signature: ServedSignature;
  readonly classes: ReadonlyMap<string, readonly string[]>;
  readonly lanes: LoadedModel;
  /** Ends what only this model used. */
  readonly release: () => Promise<void>;
  readonly cache: ResponseCache | undefined;
  readonly onIndivisible: (why: string) => void;
}

/** A version of an ONNX model with its queue, its lanes and, where the configuration says so, its share of the cache. */
export class OnnxModel extends ServedModel {
  readonly needs = [];
  readonly bytes: number;
  readonly config: ModelConfig;
  readonly signature: ServedSignature;
  private readonly batcher: Batcher;
  private readonly cache: ResponseCache | undefined;
  private lastLane: Lane = 'worker';

  constructor(private readonly options: OnnxModelOptions) {
    super();
    const { bytes, config, signature, lanes, cache, onIndivisible } = options;
    this.bytes = bytes;
    this.config = config;
    this.signature = signature;
    this.cache = config.response_cache?.enable === true ? cache : undefined;
    const wanted = instances(config);
    this.batcher = new Batcher(
      {
        model: config.name,
        maxRows: Math.max(1, config.max_batch_size),
        batching: config.dynamic_batching,
        concurrency: wanted === 0 ? lanes.concurrency : Math.min(wanted, lanes.concurrency),
      },
      this.engine,
      onIndivisible,
    );
  }

  labels(output: string): readonly string[] | undefined {
    return this.options.classes.get(output);
  }

  private readonly engine: Runner = async (inputs, outputs, options) => {
    const begin = performance.now();
    const { lanes, config } = this.options;
    const result = await lanes.run(inputs, outputs, options);
    this.lastLane = result.lane;
    const infer = result.nanoseconds / 1e6;
    const rows = config.max_batch_size > 0 ? (inputs[0]?.shape[0] ?? 1) : 1;
    this.statistics.ran(rows, result.lane, { input: 0, infer, output: Math.max(0, performance.now() - begin - infer) });
    return result;
  };

  protected async compute(
    given: readonly Tensor[],
    outputs: readonly string[],
    options: ServedOptions,
  ): Promise<ServedResult> {
    const { cache } = this;
    if (cache === undefined) return this.answer(given, outputs, options);
    const begin = performance.now();
    const key = cache.key(this.config.name, this.options.version, given, outputs);
    const known = cache.get(key);
    this.statistics.cached(known !== undefined, performance.now() - begin);
    if (known !== undefined) return { outputs: known, queueMs: 0, inferMs: 0, cached: true };
    const result = await this.answer(given, outputs, options);
    cache.set(key, result.outputs);
    return result;
  }

  private async answer(
    given: readonly Tensor[],
    outputs: readonly string[],
    options: ServedOptions,
  ): Promise<ServedResult> {
    const inputs = this.toEngine(given);
    // A cheap run by itself needs no queue: it is over before anything else could happen.
    const direct =
      this.config.dynamic_batching === undefined && this.options.lanes.laneFor(sizeOf(inputs)) === 'inline';
    if (direct) {
      const { outputs: answered, nanoseconds } = await this.engine(inputs, outputs, options);
      return {
        outputs: this.fromEngine(answered),
        queueMs: 0,
        inferMs: nanoseconds / 1e6,
        cached: false,
        lane: 'inline',
      };
    }
    const { outputs: answered, nanoseconds, queueMs, batchRows } = await this.batcher.submit(inputs, outputs, options);
    return {
      outputs: this.fromEngine(answered),
      queueMs,
      batchRows,
      inferMs: nanoseconds / 1e6,
      cached: false,
      lane: this.lastLane,
    };
  }

  private toEngine(inputs: readonly Tensor[]): readonly Tensor[] {
    const { reshape } = this.signature;
    if (reshape.size === 0) return inputs;
    return inputs.map((tensor) => {
      const wanted = reshape.get(tensor.name);
      if (wanted === undefined) return tensor;
      return { ...tensor, shape: filled(wanted, tensor.shape, tensor.data.length) };
    });
  }

  private fromEngine(outputs: readonly Tensor[]): readonly Tensor[] {
    const { reshape } = this.signature;
    if (reshape.size === 0) return outputs;
    return outputs.map((tensor) => {
      const spec = reshape.has(tensor.name) && this.signature.outputs.find(({ name }) => name === tensor.name);
      return spec ? { ...tensor, shape: filled(spec.shape, tensor.shape, tensor.data.length) } : tensor;
    });
  }

  protected async close(): Promise<void> {
    await this.options.lanes.close();
    await this.options.release();
  }
}

/** A shape with its open lengths filled: the rows in front from the tensor, one other from the number of values. */
function filled(wanted: readonly number[], given: readonly number[], size: number): number[] {
  const shape = wanted.map((length, axis) => (axis === 0 && length === -1 ? (given[0] ?? 1) : length));
  const known = shape.reduce((product, length) => (length === -1 ? product : product * length), 1);
  return shape.map((length) => (length === -1 ? (known === 0 ? 0 : size / known) : length));
}
