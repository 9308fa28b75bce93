import { Metadata, type sendUnaryData, type ServerUnaryCall, type handleUnaryCall } from '@grpc/grpc-js';
import { headerNames } from '@plinth/contract';
import type { Credentials } from '../../engine/admission.js';
import { RequestError } from '../../engine/errors.js';
import type { InferCall } from '../../engine/inference.js';
import { metadataText, statusFor } from './grpc-status.js';

/** What inference needs of a call, unary or stream. */
export interface CallFacts {
  readonly cancelled: boolean;
  readonly metadata: Metadata;
  getDeadline(): Date | number;
}

/** What is known of a call beside its message. */
export function inferCall(call: CallFacts, tenant: string | undefined): InferCall {
  const { metadata } = call;
  const deadline = Number(call.getDeadline());
  const sticky = metadataText(metadata, headerNames.sticky);
  const traceparent = metadataText(metadata, 'traceparent');
  return {
    abandoned: () => call.cancelled,
    // The engine's clock is the monotonic one.
    ...(deadline === Infinity ? {} : { deadline: performance.now() + deadline - Date.now() }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(sticky === undefined ? {} : { sticky }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

export const credentialsOf = ({ metadata }: CallFacts): Credentials => ({
  authorization: metadataText(metadata, 'authorization'),
});

/** A handler of a call with one message and one answer; what it throws becomes the status. */
export function unary(
  run: (call: ServerUnaryCall<Buffer, Buffer>) => Buffer | Promise<Buffer>,
): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    try {
      const answer = run(call);
      if (answer instanceof Promise)
        answer.then(
          (message) => callback(null, message),
          (error: unknown) => refuse(error, callback),
        );
      else callback(null, answer);
    } catch (error) {
      refuse(error, callback);
    }
  };
}

function refuse(error: unknown, callback: sendUnaryData<Buffer>): void {
  const failure = statusFor(error);
  const seconds = error instanceof RequestError ? error.retryAfterSeconds : undefined;
  if (seconds === undefined) return callback(failure);
  // What Retry-After is in HTTP (https://github.com/grpc/proposal/blob/master/A6-client-retries.md).
  const metadata = new Metadata();
  metadata.set('grpc-retry-pushback-ms', String(Math.ceil(seconds * 1000)));
  callback({ ...failure, metadata });
}
