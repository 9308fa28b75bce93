import { late, RequestError } from './errors.js';
import type { DynamicBatching, QueuePolicy } from './model-config.js';
import { canceled } from './lane-pool.js';
import type { RunResult } from './session.js';
import { batchKey, concatenate, split } from './batch.js';
import type { Tensor } from './tensors.js';

/** What the queue needs to know of a request. */
export interface QueueOptions {
  /** Whether the caller still needs the inputs' values afterwards. */
  readonly keepInputs: boolean;
  /** Rows of its inputs. */
  readonly rows: number;
  /** 1 is the highest; 0 is the model's default. */
  readonly priority?: number;
  /** Milliseconds that it may wait in the queue. */
  readonly timeout?: number;
  /** The `performance.now()` after which nobody wants the answer. */
  readonly deadline?: number;
  abandoned?(): boolean;
}

/** What came of a request, and how long it waited before its run, in milliseconds. */
export interface QueuedResult extends RunResult {
  readonly queueMs: number;
  /** Rows of the batch that it was computed in. */
  readonly batchRows: number;
}

/** Computes a batch. */
export type Runner = (
  inputs: readonly Tensor[],
  outputs: readonly string[],
  options: { keepInputs: boolean; abandoned?: () => boolean },
) => Promise<RunResult>;

interface Job extends Omit<QueueOptions, 'priority' | 'timeout'> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly string[];
  readonly key: string;
  readonly since: number;
  /** The `performance.now()` at which its time in the queue is over; Infinity is never. */
  readonly until: number;
  readonly resolve: (result: QueuedResult) => void;
  readonly reject: (error: Error) => void;
  /** Whether its time was over once and it may run when nothing else waits. */
  delayed: boolean;
}

/** Settings of a queue; without `batching` each request runs by itself. */
export interface BatcherOptions {
  readonly model: string;
  /** Rows of the largest batch. */
  readonly maxRows: number;
  readonly batching?: DynamicBatching | undefined;
  /** Runs at once. */
  readonly concurrency: number;
}

/**
 * The queue of one model: by priority and then by arrival, with limits and deadlines. Requests of the same shapes that wait
 * at the same time are computed as one batch. A request that finds the engine idle starts in the same turn of the event loop:
 * only while another batch runs is the delay of the configuration spent on waiting for company.
 */
export class Batcher {
  /** One queue for each priority; the first is the highest. */
  private readonly levels: Job[][];
  private running = 0;
  private scheduled = false;
  private timer: NodeJS.Timeout | undefined;
  /** Milliseconds of a run, smoothed; 0 before the first. */
  private runMs = 0;
  private divisible = true;

  constructor(
    private readonly options: BatcherOptions,
    private readonly run: Runner,
    private readonly onIndivisible: (why: string) => void = () => undefined,
  ) {
    const { priority_levels = 0 } = options.batching ?? {};
    this.levels = Array.from({ length: Math.max(1, priority_levels) }, () => []);
  }

  /** Requests that wait. */
  get waiting(): number {
    let sum = 0;
    for (const level of this.levels) sum += level.length;
    return sum;
  }

  /** Milliseconds that a request of the lowest priority is expected to wait if it came now. */
  get expectedWait(): number {
    return this.waitAt(this.levels.length - 1);
  }

  /** Only those of its own and of higher priorities are before it. */
  private waitAt(level: number): number {
    const { concurrency, maxRows, batching } = this.options;
    let [jobs, rows] = [0, 0];
    for (const each of this.levels.slice(0, level + 1)) {
      jobs += each.length;
      for (const job of each) rows += job.rows;
    }
    const runs = batching === undefined || !this.divisible ? jobs : Math.ceil(rows / maxRows);
    const busy = this.running >= concurrency ? 1 : 0;
    return ((runs + busy) * this.runMs) / concurrency;
  }

  /**
   * @throws RequestError `rejected` when the queue is full or the wait would be too long, `deadline`, `canceled`; what the run throws
   */
  submit(inputs: readonly Tensor[], outputs: readonly string[], given: QueueOptions): Promise<QueuedResult> {
    const { batching, model } = this.options;
    const level = this.levelOf(given.priority);
    const policy = this.policyOf(level);
    const queue = this.levels[level] as Job[];
    const now = performance.now();
    if (policy !== undefined && policy.max_queue_size > 0 && queue.length >= policy.max_queue_size)
      return Promise.reject(
        shed(
          model,
          `${queue.length} requests wait already, and max_queue_size is ${policy.max_queue_size}`,
          this.runMs,
        ),
      );
    const { deadline = Infinity } = given;
    if (deadline <= now) return Promise.reject(late(model));
    const until = Math.min(deadline, now + timeoutOf(policy, given.timeout));
    // One that may run after its timeout, when nothing else waits, has only its deadline to be measured by.
    const last = policy?.timeout_action === 'DELAY' ? deadline : until;
    if (last !== Infinity) {
      const wait = this.waitAt(level);
      if (now + wait > last) {
        const sooner = last === deadline ? 'deadline' : 'timeout';
        return Promise.reject(shed(model, `it would wait ${Math.ceil(wait)} ms, and its ${sooner} is sooner`, wait));
      }
    }
    return new Promise((resolve, reject) => {
      // Named one by one: a spread costs more than all the rest of this.
      const { keepInputs, rows, abandoned } = given;
      queue.push({
        keepInputs,
        rows,
        deadline: given.deadline,
        abandoned,
        inputs,
        outputs,
        key: batching === undefined ? '' : batchKey(inputs),
        since: now,
        until,
        delayed: false,
        resolve,
        reject,
      });
      this.schedule();
    });
  }

  private levelOf(priority = 0): number {
    const { priority_levels = 0, default_priority_level = 1 } = this.options.batching ?? {};
    if (priority_levels === 0) return 0;
    return Math.min(priority === 0 ? Math.max(1, default_priority_level) : priority, priority_levels) - 1;
  }

  private policyOf(level: number): QueuePolicy | undefined {
    const { batching } = this.options;
    return batching?.priority_queue_policy[String(level + 1)] ?? batching?.default_queue_policy;
  }

  /** At the end of this turn of the event loop: requests that arrive in one turn are company without waiting for it. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    if (this.options.batching === undefined) queueMicrotask(() => this.flush());
    else setImmediate(() => this.flush());
  }

  private flush(): void {
    this.scheduled = false;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.dropDead();
    while (this.running < this.options.concurrency) {
      const batch = this.take();
      if (batch === undefined) break;
      void this.execute(batch);
    }
    this.wakeLater();
  }

  /** Answers those whose time is over, or whom nobody waits for. */
  private dropDead(): void {
    const now = performance.now();
    const { model } = this.options;
    this.levels.forEach((level, index) => {
      for (let i = 0; i < level.length; i++) {
        const job = level[i] as Job;
        const dead =
          job.abandoned?.() === true
            ? canceled(`model "${model}"`)
            : job.until <= now
              ? this.overdue(job, index)
              : undefined;
        if (dead === undefined) continue;
        level.splice(i--, 1);
        job.reject(dead);
      }
    });
  }

  private overdue(job: Job, level: number): RequestError | undefined {
    if (job.deadline !== undefined && job.deadline <= performance.now()) return late(this.options.model);
    if (this.policyOf(level)?.timeout_action === 'DELAY') {
      job.delayed = true;
      return undefined;
    }
    return shed(this.options.model, 'it waited longer than its timeout', this.runMs);
  }

  /** The next batch, or undefined when nothing waits or it is worth waiting for company. */
  private take(): Job[] | undefined {
    const order = this.levels.flat();
    const jobs = order.some((job) => job.delayed)
      ? [...order.filter((job) => !job.delayed), ...order.filter((job) => job.delayed)]
      : order;
    const [first] = jobs;
    if (first === undefined) return undefined;
    const { batching, maxRows } = this.options;
    if (batching === undefined || !this.divisible) return this.remove([first]);
    const batch: Job[] = [];
    let rows = 0;
    for (const job of jobs) {
      if (job.key !== first.key || rows + job.rows > maxRows) {
        if (batching.preserve_ordering) break;
        continue;
      }
      batch.push(job);
      rows += job.rows;
      if (rows === maxRows) break;
    }
    const preferred = batching.preferred_batch_size.filter((size) => size <= rows);
    const aim = batching.preferred_batch_size.length === 0 ? rows >= maxRows : preferred.length > 0;
    const waited = performance.now() - first.since;
    if (!aim && this.running > 0 && waited < batching.max_queue_delay_microseconds / 1000) return undefined;
    // The largest preferred size that whole requests make up; all that wait where none does.
    const best = Math.max(0, ...preferred);
    if (best > 0 && best < rows) {
      let kept = 0;
      let sum = 0;
      while (kept < batch.length && sum + (batch[kept] as Job).rows <= best) sum += (batch[kept++] as Job).rows;
      if (sum === best) batch.length = kept;
    }
    return this.remove(batch);
  }

  private remove(batch: Job[]): Job[] {
    const chosen = new Set(batch);
    for (const level of this.levels) {
      if (level.length === 0) continue;
      const rest = level.filter((job) => !chosen.has(job));
      level.length = 0;
      level.push(...rest);
    }
    return batch;
  }

  private async execute(batch: Job[]): Promise<void> {
    this.running++;
    const begin = performance.now();
    try {
      if (batch.length === 1) await this.single(batch[0] as Job);
      else await this.together(batch);
    } finally {
      const ms = performance.now() - begin;
      this.runMs = this.runMs === 0 ? ms : this.runMs * 0.8 + ms * 0.2;
      this.running--;
      if (this.waiting > 0) this.flush();
    }
  }

  private async single(job: Job): Promise<void> {
    const started = performance.now();
    const { keepInputs, abandoned } = job;
    try {
      const result = await this.run(job.inputs, job.outputs, {
        keepInputs,
        ...(abandoned === undefined ? {} : { abandoned }),
      });
      job.resolve({ ...result, queueMs: waitBefore(job, started, result), batchRows: job.rows });
    } catch (error) {
      job.reject(error as Error);
    }
  }

  private async together(batch: Job[]): Promise<void> {
    const started = performance.now();
    const outputs = [...new Set(batch.flatMap((job) => job.outputs))];
    const rows = batch.map((job) => job.rows);
    let result: RunResult;
    try {
      result = await this.run(concatenate(batch.map((job) => job.inputs)), outputs, { keepInputs: false });
    } catch (error) {
      if (error instanceof RequestError) return batch.forEach((job) => job.reject(error));
      // One request's values may be what the model refuses: the others are not to suffer for it.
      for (const job of batch) await this.single(job);
      return;
    }
    const parts = split(result.outputs, rows);
    if (typeof parts === 'string') {
      this.divisible = false;
      this.onIndivisible(parts);
      for (const job of batch) await this.single(job);
      return;
    }
    const batchRows = rows.reduce((sum, each) => sum + each, 0);
    batch.forEach((job, index) => {
      const own = (parts[index] as Tensor[]).filter(({ name }) => job.outputs.includes(name));
      job.resolve({ ...result, outputs: own, queueMs: waitBefore(job, started, result), batchRows });
    });
  }

  /** When the next request's time or the oldest one's delay is over. */
  private wakeLater(): void {
    let at = Infinity;
    const delay = (this.options.batching?.max_queue_delay_microseconds ?? 0) / 1000;
    const idle = this.running < this.options.concurrency;
    for (const level of this.levels)
      for (const job of level)
        at = Math.min(at, job.delayed ? Infinity : job.until, idle ? job.since + delay : Infinity);
    if (at === Infinity) return;
    this.timer = setTimeout(() => this.flush(), Math.max(0, at - performance.now()) + 0.5);
    this.timer.unref();
  }
}

function waitBefore(job: Job, started: number, { nanoseconds }: RunResult): number {
  return Math.max(0, performance.now() - job.since - nanoseconds / 1e6, started - job.since);
}

/** Milliseconds in the queue. Triton heeds what a request says only where the configuration lets it. */
function timeoutOf(policy: QueuePolicy | undefined, asked: number | undefined): number {
  const own = policy?.default_timeout_microseconds ?? 0;
  const heeded = asked !== undefined && (policy === undefined || policy.allow_timeout_override);
  return heeded ? asked : own === 0 ? Infinity : own / 1000;
}

function shed(model: string, why: string, waitMs: number): RequestError {
  return new RequestError(
    'rejected',
    {
      code: 'overloaded',
      what: 'the request is refused',
      where: `model "${model}"`,
      why,
      cure: 'send it again a little later, or give it more time',
    },
    { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) },
  );
}
