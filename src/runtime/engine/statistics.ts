import type { ModelStatistics } from './inference.js';

type Mutable = { count: number; ns: number };
const zero = (): Mutable => ({ count: 0, ns: 0 });

function add(to: Mutable, ns: number): void {
  to.count++;
  to.ns += ns;
}

/** Where a run happened. */
export type Lane = 'inline' | 'worker' | 'process';

/** The counts of one loaded model version, in nanoseconds as Triton's statistics are. */
export class Statistics {
  private lastInference = 0;
  private inferences = 0;
  private executions = 0;
  private readonly durations = {
    success: zero(),
    fail: zero(),
    queue: zero(),
    compute_input: zero(),
    compute_infer: zero(),
    compute_output: zero(),
    cache_hit: zero(),
    cache_miss: zero(),
  };
  private readonly batches = new Map<number, Record<'compute_input' | 'compute_infer' | 'compute_output', Mutable>>();
  private readonly lanes: Record<Lane, number> = { inline: 0, worker: 0, process: 0 };

  /** A request that was answered. Milliseconds; the parts of a request that came from the cache are zero. */
  succeeded(rows: number, ms: { total: number; queue: number; input: number; infer: number; output: number }): void {
    const { durations } = this;
    this.lastInference = Date.now();
    this.inferences += rows;
    add(durations.success, ms.total * 1e6);
    add(durations.queue, ms.queue * 1e6);
    add(durations.compute_input, ms.input * 1e6);
    add(durations.compute_infer, ms.infer * 1e6);
    add(durations.compute_output, ms.output * 1e6);
  }

  failed(ms: number): void {
    add(this.durations.fail, ms * 1e6);
  }

  cached(hit: boolean, ms: number): void {
    add(hit ? this.durations.cache_hit : this.durations.cache_miss, ms * 1e6);
  }

  /** A run of the engine. */
  ran(rows: number, lane: Lane, ms: { input: number; infer: number; output: number }): void {
    this.executions++;
    this.lanes[lane]++;
    let batch = this.batches.get(rows);
    if (batch === undefined) {
      // Rows are the client's to choose: a model without a largest batch must not fill the memory with sizes.
      if (this.batches.size >= 256) return;
      this.batches.set(rows, (batch = { compute_input: zero(), compute_infer: zero(), compute_output: zero() }));
    }
    add(batch.compute_input, ms.input * 1e6);
    add(batch.compute_infer, ms.infer * 1e6);
    add(batch.compute_output, ms.output * 1e6);
  }

  /** In Triton's structure, whole nanoseconds. */
  report(name: string, version: string, bytes: number): ModelStatistics {
    const whole = <K extends string>(record: Record<K, Mutable>): Record<K, Mutable> =>
      Object.fromEntries(
        Object.entries<Mutable>(record).map(([key, { count, ns }]) => [key, { count, ns: Math.round(ns) }]),
      ) as Record<K, Mutable>;
    return {
      name,
      version,
      last_inference: this.lastInference,
      inference_count: this.inferences,
      execution_count: this.executions,
      inference_stats: whole(this.durations),
      response_stats: {},
      batch_stats: [...this.batches]
        .sort(([a], [b]) => a - b)
        .map(([batch_size, parts]) => ({ batch_size, ...whole(parts) })),
      memory_usage: [{ type: 'CPU', id: 0, byte_size: bytes }],
      lanes: { ...this.lanes },
    };
  }
}
