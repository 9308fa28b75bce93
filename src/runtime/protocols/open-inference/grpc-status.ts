import { status, type Metadata, type ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import { sentence } from '@plinth/contract';
import { RequestError, type FailureKind } from '../../engine/errors.js';

export const statusCodeOf: Record<FailureKind, status> = {
  invalid: status.INVALID_ARGUMENT,
  'not-found': status.NOT_FOUND,
  'too-large': status.RESOURCE_EXHAUSTED,
  unsupported: status.UNIMPLEMENTED,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  rejected: status.RESOURCE_EXHAUSTED,
  limited: status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
  canceled: status.CANCELLED,
  deadline: status.DEADLINE_EXCEEDED,
  backend: status.INTERNAL,
};

/** How a call ends. */
export interface CallStatus {
  readonly code: status;
  readonly details: string;
}

/** Clients refuse trailers beyond 8 KiB, and each byte of a character may take three. */
const maxDetails = 1000;

/** The sentence as trailers can carry it. */
export function wireText(text: string): string {
  const cut = text.length > maxDetails ? `${text.slice(0, maxDetails)}...` : text;
  return cut.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** The status that a failure is answered with; a defect of the server's own must not take other calls down with it. */
export function statusFor(error: unknown): CallStatus {
  if (error instanceof RequestError)
    return { code: statusCodeOf[error.kind], details: wireText(sentence(error.finding)) };
  return {
    code: status.INTERNAL,
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

interface Rule {
  readonly matches: RegExp;
  readonly code: status;
  readonly what: string;
  readonly why: string;
  readonly cure: string;
}

/** What grpc-js finds before a call reaches its handler. All are mistakes of the client, and it calls most INTERNAL. */
const rules: readonly Rule[] = [
  {
    matches: /^Invalid grpc-timeout value/,
    code: status.INVALID_ARGUMENT,
    what: 'the deadline cannot be read',
    why: 'grpc-timeout is a number of at most eight digits and a unit',
    cure: 'send one like 500m',
  },
  {
    matches: /^Failed to decompress message/,
    code: status.INVALID_ARGUMENT,
    what: 'the message cannot be decompressed',
    why: 'it is not what grpc-encoding says',
    cure: 'compress it that way, or send it as it is',
  },
  {
    matches: /^Received message compressed with unsupported encoding/,
    code: status.UNIMPLEMENTED,
    what: 'the message cannot be decompressed',
    why: 'this server knows gzip and deflate',
    cure: 'use one of them, or none',
  },
  {
    matches: /^Received (message larger than max|message that decompresses to a size larger)/,
    code: status.RESOURCE_EXHAUSTED,
    what: 'the message is too large',
    why: 'it is beyond --max-request-bytes',
    cure: 'send less at once, or raise that limit',
  },
  {
    matches: /^Received no request message/,
    code: status.INVALID_ARGUMENT,
    what: 'there is no message',
    why: 'the call takes one',
    cure: 'send it',
  },
  {
    matches: /^Received a second request message/,
    code: status.INVALID_ARGUMENT,
    what: 'there is a second message',
    why: 'the call takes one',
    cure: 'use ModelStreamInfer for more',
  },
];

/** Turns what grpc-js finds into the same codes and sentences as everything else. */
export const tidyStatus: ServerInterceptor = (_, call) => {
  const send = call.sendStatus.bind(call);
  // grpc-js sends such a status past the interceptors, by the call itself; wrapping the whole call would cost more, too.
  call.sendStatus = (given) => {
    if (given.code === status.OK) return send(given);
    const details = given.details ?? '';
    const rule = rules.find(({ matches }) => matches.test(details));
    if (rule === undefined) return send(given);
    const { code, what, why, cure } = rule;
    send({ ...given, code, details: sentence({ code: 'bad-call', what, where: 'request message', why, cure }) });
  };
  // The type wants grpc-js's wrapper; what it is used as is the interface that both have.
  return call as unknown as ServerInterceptingCall;
};

/** What a call's metadata says under a key that holds text; undefined where it says nothing. */
export function metadataText(metadata: Metadata, key: string): string | undefined {
  const value = metadata.get(key)[0];
  return typeof value === 'string' ? value : undefined;
}
