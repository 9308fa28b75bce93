import type { ServeConfig } from '@plinth/contract';
import type { Caller, Need } from '../engine/admission.js';
import type { FailureKind, RequestError } from '../engine/errors.js';
import type { InferCall } from '../engine/inference.js';
import type { AnswerFacts, RequestWatch, RequestWatcher } from '../engine/watching.js';
import type { Logger } from '../program.js';
import { parseTraceparent, type ParentContext } from './traceparent.js';
import type { GateLog } from './gate.js';
import type { TracedRequest, Tracing } from './tracing.js';

/** A log must not become what makes a server slow when every request fails. */
const failuresPerSecond = 100;

/** What a client may choose the length of. */
const maxText = 200;

/** How loud a failure is: a client's mistake is news to the client only. */
const levels: Partial<Record<FailureKind, 'warn' | 'error'>> = {
  backend: 'error',
  unavailable: 'error',
  rejected: 'warn',
  limited: 'warn',
  deadline: 'warn',
};

export type RequestLogSettings = ServeConfig['requestLog'];

/** Lines about requests. They name what was asked and what it took, never what was sent, answered, or shown as a token. */
export class RequestLog implements GateLog {
  private second = 0;
  private lines = 0;
  private silenced = 0;

  constructor(
    private readonly settings: RequestLogSettings,
    private readonly logger: Logger,
    private readonly random: () => number = Math.random,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether an answered request is one of the sample. */
  wants(): boolean {
    return this.settings.sampleRate > 0 && this.random() < this.settings.sampleRate;
  }

  answered({ model, version, id, rows, queueMs, computeMs, lane, cached }: AnswerFacts, who: Who): void {
    const request = { ...who.ids(), model, version, ...(id === undefined ? {} : { request: id.slice(0, maxText) }) };
    const took = { ms: round(this.now() - who.began), queueMs: round(queueMs), computeMs: round(computeMs) };
    this.logger.info({ ...request, rows, lane, cached, ...took }, 'request answered');
  }

  failed({ kind, finding, message }: RequestError, version: string | undefined, who: Who): void {
    if (!this.settings.errors || !this.room()) return;
    const level = levels[kind] ?? 'info';
    // The sentence about a client's mistake may quote what it sent.
    const why = kind === 'backend' || kind === 'unavailable' ? { why: message.slice(0, 1000) } : {};
    const request = { ...who.ids(), model: who.model.slice(0, maxText), version };
    this.logger[level](
      { ...request, kind, code: finding.code, ms: round(this.now() - who.began), ...why },
      'request failed',
    );
  }

  turnedAway({ kind, finding }: RequestError, need: Need): void {
    if (this.settings.errors && this.room())
      this.logger[levels[kind] ?? 'info']({ need, kind, code: finding.code }, 'call turned away');
  }

  controlled({ tenant }: Caller): void {
    this.logger.info({ tenant }, 'call that changes the server');
  }

  private room(): boolean {
    const second = Math.floor(this.now() / 1000);
    if (second !== this.second) {
      if (this.silenced > 0) this.logger.warn({ requests: this.silenced }, 'more requests failed than are logged');
      this.second = second;
      this.lines = 0;
      this.silenced = 0;
    }
    if (this.lines++ < failuresPerSecond) return true;
    this.silenced++;
    return false;
  }
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;

interface Who {
  readonly model: string;
  /** The `performance.now()` when it began. */
  readonly began: number;
  ids(): object;
}

/** Follows requests for the log and for traces; either may be off. */
export class Watcher implements RequestWatcher {
  constructor(
    private readonly log: RequestLog,
    private readonly tracing: Tracing | undefined,
  ) {}

  begin(model: string, { traceparent, tenant }: InferCall): RequestWatch {
    const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent);
    return new Watch(model, tenant, parent, this.tracing?.begin(model, parent), this.log);
  }
}

class Watch implements RequestWatch, Who {
  readonly began = performance.now();

  constructor(
    readonly model: string,
    private readonly tenant: string | undefined,
    private readonly parent: ParentContext | undefined,
    private readonly traced: TracedRequest | undefined,
    private readonly log: RequestLog,
  ) {}

  get traceparent(): string | undefined {
    return this.traced?.traceparent;
  }

  ids(): object {
    const trace = this.traced ?? this.parent;
    return {
      ...(this.tenant === undefined ? {} : { tenant: this.tenant }),
      ...(trace === undefined ? {} : { trace: trace.traceId, span: trace.spanId }),
    };
  }

  answered(facts: AnswerFacts): void {
    this.traced?.answered(facts);
    if (this.log.wants()) this.log.answered(facts, this);
  }

  failed(error: RequestError, version: string | undefined): void {
    this.traced?.failed(error, version);
    this.log.failed(error, version, this);
  }
}
