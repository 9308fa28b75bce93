import { RequestError } from './errors.js';
import type { RunResult } from './session.js';
import type { Signature, Tensor } from './tensors.js';

/** Where models are computed away from the event loop: threads, or processes. */
export interface LanePool {
  /** Runs at once. */
  readonly size: number;
  /** Requests that wait for a free one. */
  readonly waiting: number;
  /** Whether anything is being computed. */
  readonly computing: boolean;
  /** Opens a model everywhere. @throws Error with the engine's reason */
  open(path: string): Promise<{ readonly session: number; readonly signature: Signature }>;
  /**
   * @param transfer whether the inputs' memory may be handed over: they are empty afterwards
   * @param abandoned whether nobody waits any more, asked when its turn comes
   * @throws RequestError `unavailable` when what computed it died, `canceled` when abandoned; Error with the engine's reason
   */
  run(
    session: number,
    inputs: readonly Tensor[],
    outputs: readonly string[],
    options: { readonly transfer: boolean; readonly abandoned?: () => boolean },
  ): Promise<RunResult>;
  /** Closes a model everywhere. */
  closeSession(session: number): Promise<void>;
  /** Ends it; what it holds and what waits is lost. */
  close(): Promise<void>;
}

/** What ran there, or was to, will not be answered. */
export function lost(where: string): RequestError {
  return new RequestError('unavailable', {
    code: 'worker-lost',
    what: 'the request was lost',
    where,
    why: 'what computed it ended',
    cure: 'send it again',
  });
}

/** Its turn came after its client had gone. */
export function canceled(where: string): RequestError {
  return new RequestError('canceled', {
    code: 'canceled',
    what: 'the request was not computed',
    where,
    why: 'its client had gone before its turn came',
    cure: 'wait longer, or send fewer requests at once',
  });
}
