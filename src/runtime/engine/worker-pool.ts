import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker, type TransferListItem } from 'node:worker_threads';
import { RequestError } from './errors.js';
import type { RunResult } from './session.js';
import type { Signature, Tensor } from './tensors.js';
import type { WorkerAnswer, WorkerRequest } from './worker.js';

/** Run from TypeScript (tests, tsx), the compiled worker stands in the package's dist. */
function workerFile(): URL {
  const beside = new URL('./worker.js', import.meta.url);
  return existsSync(fileURLToPath(beside)) ? beside : new URL('../dist/engine/worker.js', import.meta.url);
}

interface Job {
  readonly request: WorkerRequest;
  readonly transfer: TransferListItem[];
  /** Whether nobody waits for it any more. */
  readonly abandoned?: (() => boolean) | undefined;
  readonly resolve: (answer: Exclude<WorkerAnswer, { failed: string }>) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that computes one thing at a time. */
interface Thread {
  worker: Worker;
  current: Job | undefined;
  /** Jobs that only this thread can do: opening and closing of sessions. */
  readonly own: Job[];
  /** Whether it ever answered. */
  proven: boolean;
  /** Whether it has ended and its replacement is still to come. */
  gone: boolean;
}

/** Milliseconds before a thread that ended before it answered anything is replaced: it may well end again. */
const restartPause = 1000;

/** Told when a thread ends by itself, with what it held. */
export type ThreadLoss = (error: Error) => void;

/**
 * Worker threads with a session of every model in each. A run goes to the first thread that is free, in order of arrival.
 * A thread that dies fails the one request that it held, with `unavailable`, and is replaced with all its sessions.
 */
export class WorkerPool {
  private readonly threads: Thread[] = [];
  private readonly queue: Job[] = [];
  private readonly paths = new Map<number, string>();
  private nextJob = 1;
  private nextSession = 1;
  private closing = false;

  /** @param size number of threads, at least 1 */
  constructor(
    readonly size: number,
    private readonly onLoss: ThreadLoss = () => undefined,
  ) {
    for (let i = 0; i < size; i++) this.threads.push(this.start());
  }

  /** Requests that wait for a thread. */
  get waiting(): number {
    return this.queue.length;
  }

  /** The operating system's view of the threads, for whoever wants to end one. */
  get workers(): readonly Worker[] {
    return this.threads.map((thread) => thread.worker);
  }

  private start(): Thread {
    const worker = new Worker(workerFile(), { name: 'plinth-lane' });
    const thread: Thread = { worker, current: undefined, own: [], proven: false, gone: false };
    thread.worker.on('message', (answer: WorkerAnswer) => {
      const job = thread.current;
      thread.current = undefined;
      thread.proven = true;
      if (this.closing) return void thread.worker.terminate();
      this.dispatch();
      if (job === undefined) return;
      if (answer.failed === undefined) job.resolve(answer);
      else job.reject(new Error(answer.failed));
    });
    thread.worker.on('error', (error) => this.onLoss(error));
    thread.worker.on('exit', () => this.ended(thread));
    return thread;
  }

  private ended(thread: Thread): void {
    if (this.closing) return;
    thread.gone = true;
    const held = thread.current;
    this.onLoss(new Error(held === undefined ? 'an idle thread ended' : 'a thread ended while it computed'));
    // What only this thread could do and had not done is moot: its replacement opens every session.
    for (const job of thread.own.splice(0)) job.reject(lost());
    held?.reject(lost());
    if (thread.proven) this.replace(thread);
    else setTimeout(() => this.replace(thread), restartPause).unref();
  }

  private replace(thread: Thread): void {
    if (this.closing) return;
    const fresh = this.start();
    this.threads[this.threads.indexOf(thread)] = fresh;
    for (const [session, path] of this.paths)
      void this.enqueue({ kind: 'open', job: 0, session, path }, [], fresh).catch((error: unknown) =>
        this.onLoss(error as Error),
      );
    // Asked of the lost thread while its replacement was still to come.
    fresh.own.push(...thread.own.splice(0));
    this.dispatch();
  }

  private enqueue(
    request: WorkerRequest,
    transfer: TransferListItem[],
    only?: Thread,
    abandoned?: () => boolean,
  ): Promise<Exclude<WorkerAnswer, { failed: string }>> {
    if (this.closing) return Promise.reject(lost());
    return new Promise((resolve, reject) => {
      const job: Job = { request: { ...request, job: this.nextJob++ }, transfer, abandoned, resolve, reject };
      (only?.own ?? this.queue).push(job);
      this.dispatch();
    });
  }

  private dispatch(): void {
    for (const thread of this.threads) {
      while (!thread.gone && thread.current === undefined) {
        const job = thread.own.shift() ?? this.queue.shift();
        if (job === undefined) break;
        if (job.abandoned?.() === true) {
          job.reject(canceled());
          continue;
        }
        thread.current = job;
        thread.worker.postMessage(job.request, job.transfer);
      }
    }
  }

  /**
   * Opens a model in every thread.
   * @throws Error with the engine's reason
   */
  async open(path: string): Promise<{ session: number; signature: Signature }> {
    const session = this.nextSession++;
    // The first thread goes ahead: a model that the engine refuses is refused once.
    const [first, ...others] = this.threads;
    const { signature } = await this.enqueue({ kind: 'open', job: 0, session, path }, [], first);
    this.paths.set(session, path);
    await Promise.all(others.map((thread) => this.enqueue({ kind: 'open', job: 0, session, path }, [], thread)));
    return { session, signature: signature as Signature };
  }

  /**
   * @param transfer whether the inputs' memory may be handed over: they are empty afterwards
   * @param abandoned whether nobody waits any more, asked when its turn comes
   * @throws RequestError `unavailable` when the thread died, `canceled` when abandoned; Error with the engine's reason
   */
  async run(
    session: number,
    inputs: readonly Tensor[],
    outputs: readonly string[],
    { transfer, abandoned }: { transfer: boolean; abandoned?: () => boolean },
  ): Promise<RunResult> {
    const memory = transfer
      ? inputs.flatMap(({ data }) => (Array.isArray(data) ? [] : [data.buffer as ArrayBuffer]))
      : [];
    const answer = await this.enqueue({ kind: 'run', job: 0, session, inputs, outputs }, memory, undefined, abandoned);
    return { outputs: answer.outputs ?? [], nanoseconds: answer.nanoseconds ?? 0 };
  }

  /** Closes a model in every thread. */
  async closeSession(session: number): Promise<void> {
    this.paths.delete(session);
    await Promise.all(this.threads.map((thread) => this.enqueue({ kind: 'close', job: 0, session }, [], thread)));
  }

  /** Whether a thread computes. */
  get computing(): boolean {
    return this.threads.some((thread) => !thread.gone && thread.current !== undefined);
  }

  /**
   * Ends the threads; what they hold and what waits is lost. A thread that computes cannot be interrupted (the engine would
   * take the process down with it): it ends after its run, and this does not wait for it.
   */
  async close(): Promise<void> {
    this.closing = true;
    const idle = this.threads.filter((thread) => thread.current === undefined);
    for (const job of [...this.queue.splice(0), ...this.threads.flatMap((thread) => [thread.current, ...thread.own])])
      job?.reject(lost());
    for (const thread of this.threads) if (thread.current !== undefined) thread.worker.unref();
    await Promise.all(idle.map((thread) => thread.worker.terminate()));
  }
}

function lost(): RequestError {
  return new RequestError('unavailable', {
    code: 'worker-lost',
    what: 'the request was lost',
    where: 'worker thread',
    why: 'the thread that held it ended',
    cure: 'send it again',
  });
}

function canceled(): RequestError {
  return new RequestError('canceled', {
    code: 'canceled',
    what: 'the request was not computed',
    where: 'worker thread',
    why: 'its client had gone before its turn came',
    cure: 'wait longer, or send fewer requests at once',
  });
}
