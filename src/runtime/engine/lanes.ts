import { stat } from 'node:fs/promises';
import { CostModel } from './cost.js';
import { Session, sizeOf, type RunResult } from './session.js';
import { elements, zeros, type Signature, type Tensor } from './tensors.js';
import type { Lane } from './statistics.js';
import type { LanePool } from './lane-pool.js';

/**
 * A run blocks the thread that it is in. Below this many nanoseconds the hop to another thread and back costs more than it
 * saves; above it the event loop, with every health probe, would wait noticeably.
 */
const inlineNanoseconds = 300_000;
/** Loading blocks too, so models with larger files are never loaded into the main thread. */
const inlineFileBytes = 8 * 1024 * 1024;
/** Values in the largest warm-up: a model that wants more is warmed up by its first request. */
const warmUpValues = 16 * 1024 * 1024;
const warmUpRounds = 6;
/** A slow model is not kept from serving for long. */
const warmUpMilliseconds = 1000;
/** Real requests that worker threads compute before the main thread does: what zeros cost need not be what values cost. */
const provingRuns = 32;

/** A model version in its lanes: cheap runs happen at once in the main thread, all others in worker threads or, for isolated
 * models, in processes of its own. */
export class LoadedModel {
  /** Runs by lane, for whoever wants to see the choice. */
  readonly runs: Record<Lane, number> = { inline: 0, worker: 0, process: 0 };

  private constructor(
    readonly signature: Signature,
    private readonly pool: LanePool,
    private readonly session: number,
    private readonly cost: CostModel,
    private readonly inline: Session | undefined,
    private readonly away: 'worker' | 'process',
  ) {}

  /** Runs at once. */
  get concurrency(): number {
    return this.pool.size;
  }

  /**
   * Loads in the worker threads, warms up and measures there, and, where that showed it to be cheap, also loads inline.
   * @throws Error with the engine's reason
   */
  static async open(path: string, pool: LanePool, { isolated = false } = {}): Promise<LoadedModel> {
    const { session, signature } = await pool.open(path);
    const cost = new CostModel();
    const inputs = signature.inputs.map(zeros);
    if (signature.inputs.every(({ shape }) => elements(shape.map(Math.abs)) <= warmUpValues)) {
      const outputs = signature.outputs.map(({ name }) => name);
      const begin = performance.now();
      for (let round = 0; round < warmUpRounds && performance.now() - begin < warmUpMilliseconds; round++) {
        // As many at once as there are threads, so that each thread has its share.
        const runs = Array.from({ length: pool.size }, () => pool.run(session, inputs, outputs, { transfer: false }));
        for (const run of await Promise.allSettled(runs)) {
          // Zeros may be what a model cannot take: that is no reason not to serve it. And the first run in each thread
          // sets memory up and says nothing about the next ones.
          if (run.status === 'fulfilled' && round > 0) cost.learn(sizeOf(inputs), run.value.nanoseconds, false);
        }
      }
    }
    const small = (await stat(path)).size <= inlineFileBytes;
    const cheap = cost.expect(sizeOf(inputs)) < inlineNanoseconds;
    const inline = small && cheap && !isolated ? Session.open(path) : undefined;
    return new LoadedModel(signature, pool, session, cost, inline, isolated ? 'process' : 'worker');
  }

  /** The lane that a request of this many values would take now. */
  laneFor(size: number): Lane {
    const proven = this.inline !== undefined && this.runs[this.away] >= provingRuns;
    return proven && this.cost.expect(size) < inlineNanoseconds ? 'inline' : this.away;
  }

  /**
   * @param options.keepInputs whether the caller still needs the inputs' values afterwards
   * @param options.abandoned whether nobody waits for the answer any more
   */
  async run(
    inputs: readonly Tensor[],
    outputs: readonly string[],
    options: { keepInputs: boolean; abandoned?: () => boolean },
  ): Promise<RunResult & { readonly lane: Lane }> {
    const size = sizeOf(inputs);
    const lane = this.laneFor(size);
    this.runs[lane]++;
    const { abandoned } = options;
    const result =
      lane === 'inline' && this.inline !== undefined
        ? this.inline.run(inputs, outputs)
        : await this.pool.run(this.session, options.keepInputs ? inputs : inputs.map(alone), outputs, {
            transfer: !options.keepInputs,
            ...(abandoned === undefined ? {} : { abandoned }),
          });
    this.cost.learn(size, result.nanoseconds, lane === 'inline');
    return { ...result, lane };
  }

  async close(): Promise<void> {
    this.inline?.close();
    await this.pool.closeSession(this.session);
  }
}

/** Values in memory of their own: what is handed to a thread takes all of its memory along, and a body holds other tensors too. */
function alone(tensor: Tensor): Tensor {
  const { data } = tensor;
  if (Array.isArray(data) || data.byteLength === data.buffer.byteLength) return tensor;
  return { ...tensor, data: data.slice() as Tensor['data'] };
}
