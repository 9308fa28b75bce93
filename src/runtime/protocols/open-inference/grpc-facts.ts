import { headerNames } from '@plinth/contract';
import type { Caller, Credentials } from '../../engine/admission.js';
import type { InferCall } from '../../engine/inference.js';
import type { GrpcCall } from './grpc-call.js';

/** What is known of a call beside its message. */
export function inferCall(
  call: Pick<GrpcCall, 'cancelled' | 'deadline' | 'header'>,
  caller: Caller | undefined,
): InferCall {
  const sticky = call.header(headerNames.sticky);
  const traceparent = call.header('traceparent');
  const { deadline } = call;
  return {
    abandoned: () => call.cancelled,
    ...(deadline === undefined ? {} : { deadline }),
    ...(caller?.tenant === undefined ? {} : { tenant: caller.tenant }),
    ...(sticky === undefined ? {} : { sticky }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

export const credentialsOf = (call: Pick<GrpcCall, 'header'>): Credentials => ({
  authorization: call.header('authorization'),
});
