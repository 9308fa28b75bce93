import { stat } from 'node:fs/promises';
import { CostModel } from './cost.js';
import { Session, sizeOf, type RunResult } from './session.js';
import { elements, zeros, type Signature, type Tensor } from './tensors.js';
import type { WorkerPool } from './worker-pool.js';

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

export type Lane = 'inline' | 'worker';

/** A model version in both lanes: cheap runs happen at once in the main thread, all others in worker threads. */
export class LoadedModel {
  /** Runs by lane, for whoever wants to see the choice. */
  readonly runs: Record<Lane, number> = { inline: 0, worker: 0 };

  private constructor(
    readonly signature: Signature,
    private readonly pool: WorkerPool,
    private readonly session: number,
    private readonly cost: CostModel,
    private readonly inline: Session | undefined,
  ) {}

  /**
   * Loads in the worker threads, warms up and measures there, and, where that showed it to be cheap, also loads inline.
   * @throws Error with the engine's reason
   */
  static async open(path: string, pool: WorkerPool): Promise<LoadedModel> {
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
          if (run.status === 'fulfilled' && round > 0) cost.learn(sizeOf(inputs), run.value.nanoseconds);
        }
      }
    }
    const small = (await stat(path)).size <= inlineFileBytes;
    const cheap = cost.expect(sizeOf(inputs)) < inlineNanoseconds;
    return new LoadedModel(signature, pool, session, cost, small && cheap ? Session.open(path) : undefined);
  }

  /** The lane that a request of this many values would take now. */
  laneFor(size: number): Lane {
    const proven = this.inline !== undefined && this.runs.worker >= provingRuns;
    return proven && this.cost.expect(size) < inlineNanoseconds ? 'inline' : 'worker';
  }

  /**
   * @param options.keepInputs whether the caller still needs the inputs' values afterwards
   * @param options.abandoned whether nobody waits for the answer any more
   */
  async run(
    inputs: readonly Tensor[],
    outputs: readonly string[],
    options: { keepInputs: boolean; abandoned?: () => boolean },
  ): Promise<RunResult> {
    const size = sizeOf(inputs);
    const lane = this.laneFor(size);
    this.runs[lane]++;
    const { abandoned } = options;
    const result =
      lane === 'inline' && this.inline !== undefined
        ? this.inline.run(inputs, outputs)
        : await this.pool.run(this.session, inputs, outputs, {
            transfer: !options.keepInputs,
            ...(abandoned === undefined ? {} : { abandoned }),
          });
    this.cost.learn(size, result.nanoseconds);
    return result;
  }

  async close(): Promise<void> {
    this.inline?.close();
    await this.pool.closeSession(this.session);
  }
}
