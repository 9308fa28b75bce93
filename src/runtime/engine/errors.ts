import { PlinthError, type Finding } from '@plinth/contract';

/**
 * What kind of failure a request met; each protocol has a status for each kind.
 * `invalid` is the client's mistake, `backend` the model's failure while it ran.
 */
export type FailureKind =
  | 'invalid'
  | 'not-found'
  | 'too-large'
  | 'unsupported'
  | 'unauthenticated'
  | 'forbidden'
  | 'rejected'
  | 'limited'
  | 'unavailable'
  | 'canceled'
  | 'deadline'
  | 'backend';

/** A request that gets no answer, with its sentence. */
export class RequestError extends PlinthError {
  /** When it is worth trying again; only for `rejected` and `limited`. */
  readonly retryAfterSeconds: number | undefined;
  /** What a client has to show, as the value of `WWW-Authenticate` (RFC 6750); only for `unauthenticated` and `forbidden`. */
  readonly challenge: string | undefined;

  constructor(
    readonly kind: FailureKind,
    finding: Finding,
    options: ErrorOptions & { retryAfterSeconds?: number; challenge?: string } = {},
  ) {
    super(finding, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.challenge = options.challenge;
  }
}

/** The client's mistake at one place of a request. */
export function invalid(where: string, what: string, why: string, cure: string): RequestError {
  return new RequestError('invalid', { code: 'invalid-request', what, where, why, cure });
}

/** Its time was over before anything was computed. */
export function late(model: string): RequestError {
  return new RequestError('deadline', {
    code: 'deadline-exceeded',
    what: 'the request was not computed',
    where: `model "${model}"`,
    why: 'its deadline passed before its turn came',
    cure: 'give it more time, or send fewer requests at once',
  });
}
