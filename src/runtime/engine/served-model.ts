import type { ModelConfig, ServedSignature } from './model-config.js';
import type { QueueOptions } from './batcher.js';
import { Statistics, type Lane } from './statistics.js';
import type { Tensor } from './tensors.js';

/** What came of a request to a model. Milliseconds. */
export interface ServedResult {
  readonly outputs: readonly Tensor[];
  readonly queueMs: number;
  readonly inferMs: number;
  /** Rows of the batch that it was computed in; undefined where it was computed by itself, or not at all. */
  readonly batchRows?: number;
  /** Whether the answer came from the cache. */
  readonly cached: boolean;
  /** Where it was computed; undefined for what the cache or an ensemble answered. */
  readonly lane?: Lane;
}

export interface ServedOptions extends QueueOptions {
  /** Milliseconds that reading the request took, for the statistics. */
  readonly readMs: number;
}

/** A model version that answers. It is retired when another takes its place, and closed when its last request is answered. */
export abstract class ServedModel {
  readonly statistics = new Statistics();
  private running = 0;
  private idle: (() => void) | undefined;
  /** Of its files; what a budget of memory counts. */
  abstract readonly bytes: number;
  abstract readonly config: ModelConfig;
  abstract readonly signature: ServedSignature;

  /** Names of the classes of an output, by index; undefined where the model brings none. */
  abstract labels(output: string): readonly string[] | undefined;
  /** Models that it needs, by name. */
  abstract readonly needs: readonly string[];
  protected abstract compute(
    inputs: readonly Tensor[],
    outputs: readonly string[],
    options: ServedOptions,
  ): Promise<ServedResult>;
  protected abstract close(): Promise<void>;

  /**
   * @param inputs checked against the signature
   * @throws RequestError; Error with the engine's reason
   */
  async run(inputs: readonly Tensor[], outputs: readonly string[], options: ServedOptions): Promise<ServedResult> {
    const begin = performance.now();
    this.running++;
    try {
      const result = await this.compute(inputs, outputs, options);
      const total = performance.now() - begin;
      this.statistics.succeeded(options.rows, {
        total: total + options.readMs,
        queue: result.queueMs,
        input: options.readMs,
        infer: result.inferMs,
        output: Math.max(0, total - result.queueMs - result.inferMs),
      });
      return result;
    } catch (error) {
      this.statistics.failed(performance.now() - begin + options.readMs);
      throw error;
    } finally {
      if (--this.running === 0) this.idle?.();
    }
  }

  /** Waits for the requests in flight, and gives the memory back. */
  async retire(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    await this.close();
  }
}
