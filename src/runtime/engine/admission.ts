import type { Scope } from '@plinth/contract';

/** What a call needs; `metadata` is `read` unless the configuration leaves it open. */
export type Need = Scope | 'metadata';

/** What a protocol hands over of a request's header, or of a call's metadata. */
export interface Credentials {
  /** The value of `Authorization`. */
  readonly authorization?: string | undefined;
}

/** Who calls, as far as it is known. */
export interface Caller {
  readonly tenant?: string;
}

/**
 * Lets a call pass or not. Every protocol asks before it reads a body; for health nobody asks.
 * @throws RequestError `unauthenticated`, `forbidden`, `limited`, `unavailable`, `rejected`
 */
export type Admission = (credentials: Credentials, need: Need) => Caller | Promise<Caller>;
