import type { RequestError } from './errors.js';
import type { InferCall } from './inference.js';
import type { Lane } from './statistics.js';

/** What an answered request took. Milliseconds. */
export interface AnswerFacts {
  readonly model: string;
  readonly version: string;
  /** The client's name for the request. */
  readonly id: string | undefined;
  readonly rows: number;
  /** Rows of the batch that it was computed in. */
  readonly batchRows: number;
  /** Until it was decoded and checked. */
  readonly readMs: number;
  readonly queueMs: number;
  readonly computeMs: number;
  /** undefined for what the cache or an ensemble answered. */
  readonly lane?: Lane | undefined;
  readonly cached: boolean;
}

/** Follows one request. Exactly one of the two is called, once. */
export interface RequestWatch {
  /** W3C `traceparent` of what is done for it; undefined where it is not traced. */
  readonly traceparent: string | undefined;
  answered(facts: AnswerFacts): void;
  /** @param version undefined where the request met none */
  failed(error: RequestError, version: string | undefined): void;
}

/** Follows requests (`operation/`). */
export interface RequestWatcher {
  /** @returns undefined where nobody wants to know of this request */
  begin(model: string, call: InferCall): RequestWatch | undefined;
}
