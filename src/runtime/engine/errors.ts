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

/** How a failure is counted. */
export const reasons: Partial<Record<FailureKind, 'INVALID' | 'CANCELED' | 'REJECTED' | 'BACKEND'>> = {
  invalid: 'INVALID',
  unsupported: 'INVALID',
  'too-large': 'INVALID',
  canceled: 'CANCELED',
  rejected: 'REJECTED',
  limited: 'REJECTED',
  deadline: 'REJECTED',
  backend: 'BACKEND',
  unavailable: 'BACKEND',
};

/** What the engine throws while it runs is the model's failure; all else says itself what it is. */
export function asRequestError(error: unknown, model: string): RequestError {
  if (error instanceof RequestError) return error;
  return new RequestError(
    'backend',
    {
      code: 'model-failed',
      what: 'the model failed while it ran',
      where: `model "${model}"`,
      why: (error as Error).message.replace(/[\s.]+$/, ''),
      cure: 'check the values that were sent against what the model was trained on',
    },
    { cause: error },
  );
}

/** Too many requests wait or run. */
export function overloaded(pending: number): RequestError {
  return new RequestError('rejected', {
    code: 'overloaded',
    what: 'the request is refused',
    where: 'model server',
    why: `${pending} requests wait or run already`,
    cure: 'send it again a little later, or raise --max-pending',
  });
}
