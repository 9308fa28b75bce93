import type { Authenticator, Caller, Need } from './auth.js';
import type { TenantLimits } from './tenants.js';

/** What a protocol hands over of a request's header, or of a call's metadata. */
export interface Credentials {
  /** The value of `Authorization`. */
  readonly authorization?: string | undefined;
}

/**
 * Lets a call pass or not, before its body is read. Health never asks.
 * @throws RequestError `unauthenticated`, `forbidden`, `limited`, `unavailable`
 */
export type Gate = (credentials: Credentials, need: Need) => Caller | Promise<Caller>;

const nobody: Caller = {};

/** @returns undefined where nothing is checked, so that nothing is paid for */
export function makeGate(auth: Authenticator | undefined, tenants: TenantLimits | undefined): Gate | undefined {
  if (auth === undefined && tenants === undefined) return undefined;
  const limited = (caller: Caller, need: Need): Caller => {
    if (need === 'infer') tenants?.take(caller.tenant);
    return caller;
  };
  return ({ authorization }, need) => {
    const caller = auth === undefined ? nobody : auth.authenticate(authorization, need);
    return caller instanceof Promise ? caller.then((known) => limited(known, need)) : limited(caller, need);
  };
}
