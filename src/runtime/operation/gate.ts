import type { Admission, Caller, Need } from '../engine/admission.js';
import { RequestError } from '../engine/errors.js';
import type { Authenticator } from './auth.js';
import type { TenantLimits } from './tenants.js';

/** Is told of calls that did not pass, and of those that change the server. */
export interface GateLog {
  turnedAway(error: RequestError, need: Need): void;
  controlled(caller: Caller): void;
}

const nobody: Caller = {};

/** Tokens first, then the limit of the tenant whose token it is. @returns undefined where nothing is checked, so that nothing is paid for */
export function makeGate(
  auth: Authenticator | undefined,
  tenants: TenantLimits | undefined,
  log?: GateLog,
): Admission | undefined {
  if (auth === undefined && tenants === undefined) return undefined;
  const passed = (caller: Caller, need: Need): Caller => {
    if (need === 'infer') tenants?.take(caller.tenant);
    else if (need === 'control') log?.controlled(caller);
    return caller;
  };
  const failed = (error: unknown, need: Need): never => {
    if (error instanceof RequestError) log?.turnedAway(error, need);
    throw error;
  };
  return ({ authorization }, need) => {
    try {
      const caller = auth === undefined ? nobody : auth.authenticate(authorization, need);
      if (!(caller instanceof Promise)) return passed(caller, need);
      return caller.then((known) => passed(known, need)).catch((error: unknown) => failed(error, need));
    } catch (error) {
      return failed(error, need);
    }
  };
}
