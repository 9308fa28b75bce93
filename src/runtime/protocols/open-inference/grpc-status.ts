import { sentence } from '@plinth/contract';
import { RequestError, type FailureKind } from '../../engine/errors.js';

/** Those of https://github.com/grpc/grpc/blob/master/doc/statuscodes.md that this server sends. */
export const statusCode = {
  OK: 0,
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

const codeOf: Record<FailureKind, number> = {
  invalid: statusCode.INVALID_ARGUMENT,
  'not-found': statusCode.NOT_FOUND,
  'too-large': statusCode.RESOURCE_EXHAUSTED,
  unsupported: statusCode.UNIMPLEMENTED,
  unauthenticated: statusCode.UNAUTHENTICATED,
  forbidden: statusCode.PERMISSION_DENIED,
  rejected: statusCode.RESOURCE_EXHAUSTED,
  limited: statusCode.RESOURCE_EXHAUSTED,
  unavailable: statusCode.UNAVAILABLE,
  canceled: statusCode.CANCELLED,
  deadline: statusCode.DEADLINE_EXCEEDED,
  backend: statusCode.INTERNAL,
};

/** How a call ends. */
export interface CallStatus {
  readonly code: number;
  readonly details: string;
  /** When it is worth trying again. */
  readonly retryMs?: number;
}

/** Clients refuse trailers beyond 8 KiB, and each byte of a character may take three. */
const maxDetails = 1000;

/** The sentence as trailers can carry it. */
function wireText(text: string): string {
  const cut = text.length > maxDetails ? `${text.slice(0, maxDetails)}...` : text;
  return cut.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** The status that a failure is answered with; a defect of the server's own must not take other calls down with it. */
export function statusFor(error: unknown): CallStatus {
  if (error instanceof RequestError) {
    const { kind, finding, retryAfterSeconds } = error;
    return {
      code: codeOf[kind],
      details: wireText(sentence(finding)),
      ...(retryAfterSeconds === undefined ? {} : { retryMs: Math.ceil(retryAfterSeconds * 1000) }),
    };
  }
  return {
    code: statusCode.INTERNAL,
    details: wireText(
      sentence({
        code: 'internal',
        what: 'the call could not be handled',
        where: 'model server',
        why: `the server met a defect of its own (${(error as Error).message})`,
        cure: 'report it with the request that led to it',
      }),
    ),
  };
}

const finding =
  (kind: FailureKind, where: string, what: string, why: string, cure: string): (() => RequestError) =>
  () =>
    new RequestError(kind, { code: 'bad-call', what, where, why, cure });
const message = 'request message';

/** What can be wrong with a call before its message is read. */
export const callFindings = {
  timeout: finding(
    'invalid',
    'header grpc-timeout',
    'the deadline cannot be read',
    'it is a number of at most eight digits and a unit',
    'send one like 500m',
  ),
  late: finding(
    'deadline',
    'model server',
    'the answer comes too late',
    "the client's deadline has passed",
    'allow more time, or send less at once',
  ),
  slow: finding(
    'deadline',
    message,
    'it does not come',
    'for too long none of it has arrived',
    'send it without a pause',
  ),
  tooLarge: finding(
    'too-large',
    message,
    'the message is too large',
    'it is beyond --max-request-bytes',
    'send less at once, or raise that limit',
  ),
  cutOff: finding('invalid', message, 'it is cut off', 'the stream ends within it', 'send all of it'),
  packed: finding(
    'invalid',
    message,
    'the message cannot be decompressed',
    'it is not what grpc-encoding says',
    'compress it that way, or send it as it is',
  ),
  encoding: finding(
    'unsupported',
    message,
    'the message cannot be decompressed',
    'this server knows gzip and deflate',
    'use one of them, or none',
  ),
  none: finding('invalid', message, 'there is no message', 'the call takes one', 'send it'),
  second: finding(
    'invalid',
    message,
    'there is a second message',
    'the call takes one',
    'use ModelStreamInfer for more',
  ),
  stopping: finding(
    'unavailable',
    'model server',
    'the stream ends',
    'the server is being stopped',
    'open another one',
  ),
};

/** @param path of the call, which this server does not have */
export function noCall(path: string): RequestError {
  return new RequestError('unsupported', {
    code: 'unknown-call',
    what: 'there is no such call',
    where: path.slice(0, 200),
    why: 'this server has those of inference.GRPCInferenceService and grpc.health.v1.Health',
    cure: 'use one of them',
  });
}
