import type { Tensor } from '../engine/tensors.js';

/** Computes a request once more on a version. @throws Error where it fails */
export type RunOn = (
  model: string,
  version: string,
  inputs: readonly Tensor[],
  outputs: readonly string[],
) => Promise<readonly Tensor[]>;

/** One request, and what its first answer was. */
export interface ShadowJob {
  readonly model: string;
  readonly version: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** @param outputs of the copy, or what it failed with */
  done(outputs: readonly Tensor[] | Error): void;
}

/**
 * Shadow copies of requests. They begin after the answer is on its way, never more than `limit` at once, and what comes while
 * all are busy is dropped and counted: a copy neither delays nor fails a request.
 */
export class Shadow {
  /** Copies that were computed, of which some failed, and copies that were dropped. */
  readonly counts = { done: 0, failed: 0, dropped: 0 };
  private running = 0;
  private idle: (() => void)[] = [];

  constructor(
    private readonly run: RunOn,
    private readonly limit = 2,
  ) {}

  offer(job: ShadowJob): void {
    if (this.running >= this.limit) {
      this.counts.dropped++;
      return;
    }
    this.running++;
    setImmediate(() => void this.copy(job));
  }

  private async copy({ model, version, inputs, outputs, done }: ShadowJob): Promise<void> {
    let copied: readonly Tensor[] | Error;
    try {
      const names = outputs.map(({ name }) => name);
      copied = await this.run(model, version, inputs, names);
      this.counts.done++;
    } catch (error) {
      copied = error as Error;
      this.counts.failed++;
    }
    this.running--;
    done(copied);
    if (this.running === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  /** Resolves when no copy is under way. */
  settled(): Promise<void> {
    return this.running === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve));
  }
}
