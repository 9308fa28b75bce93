import type { RequestTensor } from './validation.js';
import type { Signature, Tensor, TensorSpec } from './tensors.js';

/** A parameter's value; a bigint only beyond 2^53. */
export type ParameterValue = boolean | number | bigint | string;
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** An output that a request asks for. */
export interface RequestedOutput {
  readonly name: string;
  /** Answer this many best classes as text, `value:index[:label]`, instead of the values (Triton's classification extension). */
  readonly classification?: number;
}

/** An inference request as any protocol hands it over. */
export interface InferRequest {
  readonly id: string | undefined;
  /**
   * As sent. The engine reads `priority` (1 is the highest, 0 the model's default) and `timeout` (microseconds in the queue),
   * as Triton does; it ignores others, and refuses names that begin with `triton_` and those of sequences.
   */
  readonly parameters?: Parameters | undefined;
  readonly inputs: readonly RequestTensor[];
  /** undefined is all. */
  readonly outputs: readonly RequestedOutput[] | undefined;
  /** Refuses an output that the protocol could not send. @throws RequestError */
  checkOutput?(spec: TensorSpec, where: string): void;
}

/** What is known of a request beside what it asks. */
export interface InferCall {
  /** Whether the client has gone. */
  abandoned?(): boolean;
  /** The `performance.now()` after which nobody wants the answer. */
  readonly deadline?: number;
  /** Who asks, for quotas; undefined is nobody in particular. */
  readonly tenant?: string;
  /** Requests of the same key meet the same arm of a canary. */
  readonly sticky?: string;
  /** W3C `traceparent`. */
  readonly traceparent?: string;
}

export interface InferAnswer {
  readonly id: string | undefined;
  readonly model: string;
  readonly version: string;
  readonly outputs: readonly Tensor[];
}

/** What a protocol tells of a model. */
export interface ModelDescription {
  readonly name: string;
  /** Those that can answer, in ascending order. */
  readonly versions: readonly string[];
  readonly platform: string;
  readonly signature: Signature;
}

/** The names are those of Triton's repository index. */
export type ModelState = 'UNKNOWN' | 'READY' | 'UNAVAILABLE' | 'LOADING' | 'UNLOADING';

/** A row of the repository's index; a model that was never loaded has its name only. */
export interface IndexEntry {
  readonly name: string;
  readonly version?: string;
  readonly state?: ModelState;
  readonly reason?: string;
}

/** How often something happened, and the nanoseconds that it took in total. */
export interface StatisticDuration {
  readonly count: number;
  readonly ns: number;
}

/** Statistics of a model version since it was loaded, in the structure and with the names of Triton's statistics extension. */
export interface ModelStatistics {
  readonly name: string;
  readonly version: string;
  /** Milliseconds since 1970; 0 is never. */
  readonly last_inference: number;
  /** Rows. */
  readonly inference_count: number;
  /** Runs of the engine. */
  readonly execution_count: number;
  readonly inference_stats: Readonly<
    Record<
      'success' | 'fail' | 'queue' | 'compute_input' | 'compute_infer' | 'compute_output' | 'cache_hit' | 'cache_miss',
      StatisticDuration
    >
  >;
  readonly response_stats: Readonly<Record<string, never>>;
  readonly batch_stats: readonly ({ readonly batch_size: number } & Readonly<
    Record<'compute_input' | 'compute_infer' | 'compute_output', StatisticDuration>
  >)[];
  readonly memory_usage: readonly { readonly type: string; readonly id: number; readonly byte_size: number }[];
  /** Plinth's own: runs by lane, so that the choice can be seen. */
  readonly lanes: Readonly<Record<'inline' | 'worker' | 'process', number>>;
}
