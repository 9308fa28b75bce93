import { stat } from 'node:fs/promises';
import type { TransferListItem } from 'node:worker_threads';
import { canceled, lost, type LanePool } from './lane-pool.js';
import type { RunResult } from './session.js';
import type { Signature, Tensor } from './tensors.js';
import { Turns } from './turns.js';
import type { WorkerAnswer, WorkerRequest } from './worker-messages.js';
import { threadWorker, type Computer } from './workers.js';

type Answered = Exclude<WorkerAnswer, { failed: string }>;

interface Job {
  readonly request: WorkerRequest;
  readonly transfer: TransferListItem[];
  /** Whether nobody waits for it any more. */
  readonly abandoned?: (() => boolean) | undefined;
  readonly resolve: (answer: Answered) => void;
  readonly reject: (error: Error) => void;
}

/** A worker and what it is about. */
interface Place {
  readonly worker: Computer;
  current: Job | undefined;
  /** Jobs that only this worker can do: opening and closing of sessions. */
  readonly own: Job[];
  /** Whether it ever answered. */
  proven: boolean;
  /** Whether it takes nothing any more: it has ended and its replacement is still to come, or it has been replaced. */
  gone: boolean;
  /** Milliseconds before it is replaced, should it end before it answered anything. */
  readonly pause: number;
}

/** Milliseconds before a worker that ended before it answered anything is replaced: it may well end again, and then waits longer. */
const firstPause = 1000;
const longestPause = 16_000;
/** Bytes of closed models after which workers are replaced: the engine's memory comes back only with its thread. */
const renewAfterBytes = 64 * 1024 * 1024;

/** Told when a worker ends by itself, with what it held. */
export type WorkerLoss = (error: Error) => void;

export interface WorkerPoolOptions {
  /** Told when a worker ends by itself. */
  readonly onLoss?: WorkerLoss;
  /** By default a thread. */
  readonly make?: () => Computer;
  /** Names the workers, for sentences. */
  readonly where?: string;
}

/**
 * Workers with a session of every model in each. A run goes to the first one that is free, in order of arrival. A worker that
 * dies fails the one request that it held, with `unavailable`, and is replaced with all its sessions.
 */
export class WorkerPool implements LanePool {
  private readonly places: Place[] = [];
  /** Replaced while they computed: they end after that. */
  private readonly leaving = new Set<Place>();
  private readonly queue: Job[] = [];
  private readonly paths = new Map<number, string>();
  private nextJob = 1;
  private nextSession = 1;
  private closing = false;
  private closedBytes = 0;
  /** The last opening or renewal: a worker that is being replaced must not miss a model. */
  private readonly turns = new Turns();
  private readonly onLoss: WorkerLoss;
  private readonly make: () => Computer;
  private readonly where: string;

  /** @param size number of workers, at least 1 */
  constructor(
    readonly size: number,
    { onLoss = () => undefined, make = threadWorker, where = 'worker thread' }: WorkerPoolOptions = {},
  ) {
    this.onLoss = onLoss;
    this.make = make;
    this.where = where;
    for (let i = 0; i < size; i++) this.places.push(this.start());
  }

  /** Requests that wait for a worker. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Whether a worker computes. */
  get computing(): boolean {
    return [...this.places, ...this.leaving].some((place) => place.current !== undefined);
  }

  /** For whoever wants to end one. */
  get workers(): readonly Computer[] {
    return this.places.map(({ worker }) => worker);
  }

  private start(pause = firstPause): Place {
    const place: Place = { worker: this.make(), current: undefined, own: [], proven: false, gone: false, pause };
    place.worker.onAnswer((answer) => {
      const job = place.current;
      place.current = undefined;
      place.proven = true;
      if (this.closing || place.gone) void place.worker.end();
      if (!this.closing) this.dispatch();
      if (job === undefined) return;
      if (answer.failed === undefined) job.resolve(answer);
      else job.reject(new Error(answer.failed));
    });
    place.worker.onError((error) => this.onLoss(error));
    place.worker.onExit(() => this.ended(place));
    return place;
  }

  private ended(place: Place): void {
    const held = place.current;
    place.current = undefined;
    this.leaving.delete(place);
    const replaced = place.gone;
    if (this.closing || (replaced && held === undefined)) return;
    place.gone = true;
    const { kind } = place.worker;
    this.onLoss(new Error(held === undefined ? `an idle ${kind} ended` : `a ${kind} ended while it computed`));
    // What only this worker could do and had not done is moot: its replacement opens every session.
    for (const job of place.own.splice(0)) job.reject(lost(this.where));
    held?.reject(lost(this.where));
    if (replaced) return;
    if (place.proven) this.replace(place, firstPause);
    else this.replaceLater(place, place.pause);
  }

  private replaceLater(place: Place, pause: number): void {
    setTimeout(() => this.replace(place, Math.min(2 * pause, longestPause)), pause).unref();
  }

  /** @param pause milliseconds before the next one, should this one not start either */
  private replace(place: Place, pause: number): void {
    if (this.closing) return;
    let fresh: Place;
    try {
      fresh = this.start(pause);
    } catch (error) {
      // The system is short of something, memory most likely: the server itself goes on.
      this.onLoss(error as Error);
      return this.replaceLater(place, pause);
    }
    this.places[this.places.indexOf(place)] = fresh;
    void this.openAll(fresh).catch((error: unknown) => this.onLoss(error as Error));
    // Asked of the lost worker while its replacement was still to come.
    fresh.own.push(...place.own.splice(0));
    this.dispatch();
  }

  private async openAll(place: Place): Promise<void> {
    const open = ([session, path]: [number, string]): Promise<Answered> =>
      this.enqueue({ kind: 'open', job: 0, session, path }, [], place);
    await Promise.all([...this.paths].map(open));
  }

  private enqueue(
    request: WorkerRequest,
    transfer: TransferListItem[],
    only?: Place,
    abandoned?: () => boolean,
  ): Promise<Answered> {
    if (this.closing) return Promise.reject(lost(this.where));
    return new Promise((resolve, reject) => {
      const job: Job = { request: { ...request, job: this.nextJob++ }, transfer, abandoned, resolve, reject };
      (only?.own ?? this.queue).push(job);
      if (only === undefined) this.dispatch();
      else this.feed(only);
    });
  }

  private dispatch(): void {
    for (const place of this.places) this.feed(place, this.queue);
  }

  private feed(place: Place, shared: Job[] = []): void {
    while (!place.gone && place.current === undefined) {
      const job = place.own.shift() ?? shared.shift();
      if (job === undefined) break;
      if (job.abandoned?.() === true) {
        job.reject(canceled(this.where));
        continue;
      }
      place.current = job;
      place.worker.post(job.request, job.transfer);
    }
  }

  /**
   * Opens a model in every worker.
   * @throws Error with the engine's reason
   */
  open(path: string): Promise<{ session: number; signature: Signature }> {
    return this.turns.take(() => this.openEverywhere(path));
  }

  private async openEverywhere(path: string): Promise<{ session: number; signature: Signature }> {
    const session = this.nextSession++;
    // The first worker goes ahead: a model that the engine refuses is refused once.
    const [first] = this.places;
    const { signature } = await this.enqueue({ kind: 'open', job: 0, session, path }, [], first);
    this.paths.set(session, path);
    // Asked for only now: one of them may have been replaced in the meantime.
    const others = this.places.filter((place) => place !== first);
    try {
      await Promise.all(others.map((place) => this.enqueue({ kind: 'open', job: 0, session, path }, [], place)));
    } catch (error) {
      void this.closeSession(session).catch(() => undefined);
      throw error;
    }
    return { session, signature: signature as Signature };
  }

  /**
   * @param transfer whether the inputs' memory may be handed over: they are empty afterwards
   * @param abandoned whether nobody waits any more, asked when its turn comes
   * @throws RequestError `unavailable` when the worker died, `canceled` when abandoned; Error with the engine's reason
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

  /** Closes a model in every worker. */
  async closeSession(session: number): Promise<void> {
    const path = this.paths.get(session);
    this.paths.delete(session);
    if (this.closing) return;
    // A worker that has ended has closed it, too.
    const open = this.places.filter(({ gone }) => !gone);
    await Promise.allSettled(open.map((place) => this.enqueue({ kind: 'close', job: 0, session }, [], place)));
    if (path !== undefined)
      this.closedBytes += await stat(path).then(
        ({ size }) => size,
        () => 0,
      );
    if (this.closedBytes < renewAfterBytes) return;
    this.closedBytes = 0;
    // Where it fails, the workers that are there go on.
    await this.turns.take(() => this.renew()).catch((error: unknown) => this.onLoss(error as Error));
  }

  /** Puts a fresh worker in each one's place, one after the other, when it has every session. */
  private async renew(): Promise<void> {
    for (let at = 0; at < this.places.length && !this.closing; at++) {
      const old = this.places[at] as Place;
      const opened = [...this.paths.keys()];
      const fresh = this.start();
      const failure = await this.openAll(fresh).then(
        () => undefined,
        (error: unknown) => error as Error,
      );
      // The old one may have been replaced in the meantime.
      if (failure !== undefined || this.places[at] !== old || this.isClosing()) {
        fresh.gone = true;
        void fresh.worker.end();
        if (failure === undefined) continue;
        throw failure;
      }
      this.places[at] = fresh;
      fresh.own.push(...old.own.splice(0));
      // Closed while it was opened here.
      for (const session of opened)
        if (!this.paths.has(session))
          void this.enqueue({ kind: 'close', job: 0, session }, [], fresh).catch(() => undefined);
      old.gone = true;
      if (old.current === undefined) await old.worker.end();
      else this.leaving.add(old);
      this.dispatch();
    }
  }

  private isClosing(): boolean {
    return this.closing;
  }

  /**
   * Ends the workers; what they hold and what waits is lost. A thread that computes cannot be interrupted (the engine would
   * take the process down with it): it ends after its run, and this does not wait for it.
   */
  async close(): Promise<void> {
    this.closing = true;
    const stuck = ({ worker, current }: Place): boolean => current !== undefined && worker.kind === 'thread';
    const all = [...this.places, ...this.leaving];
    const ending = all.filter((place) => !stuck(place));
    for (const job of [...this.queue.splice(0), ...all.flatMap((place) => [place.current, ...place.own])])
      job?.reject(lost(this.where));
    for (const place of all) if (stuck(place)) place.worker.unref();
    await Promise.all(ending.map(({ worker }) => worker.end()));
  }
}
