import type { Admission, Caller, Need } from '../engine/admission.js';
import type { Authenticator } from './auth.js';
import type { TenantLimits } from './tenants.js';

const nobody: Caller = {};

/** Tokens first, then the limit of the tenant whose token it is. @returns undefined where nothing is checked, so that nothing is paid for */
export function makeGate(auth: Authenticator | undefined, tenants: TenantLimits | undefined): Admission | undefined {
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
