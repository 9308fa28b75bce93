import type { IncomingMessage, ServerResponse } from 'node:http';
import { PlinthError, sentence, type Finding } from '@plinth/contract';
import { RequestError, type FailureKind } from '../../engine/errors.js';
import { lengthHeader } from './binary.js';
import { chooseEncoding, compress } from './compression.js';

export const statusOf: Record<FailureKind, number> = {
  invalid: 400,
  'not-found': 404,
  'too-large': 413,
  unsupported: 501,
  unauthenticated: 401,
  forbidden: 403,
  rejected: 503,
  limited: 429,
  unavailable: 503,
  canceled: 503,
  deadline: 504,
  backend: 500,
};

type Headers = Readonly<Record<string, string | number>>;

/**
 * Sends an answer, compressed where the client asks for it.
 * @param tensors what follows the JSON document in binary form; undefined where nothing may
 */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  json: string,
  tensors?: readonly Uint8Array[],
  status = 200,
): void {
  const own = Buffer.byteLength(json);
  let length = own;
  if (tensors !== undefined) for (const tensor of tensors) length += tensor.byteLength;
  const headers: Record<string, string | number> = {
    'content-type': tensors === undefined ? 'application/json' : 'application/octet-stream',
    'content-length': length,
  };
  if (tensors !== undefined) headers[lengthHeader] = own;
  const encoding = chooseEncoding(request.headers['accept-encoding'], length);
  if (encoding !== undefined) {
    compress(Buffer.concat([Buffer.from(json), ...(tensors ?? [])]), encoding).then(
      (bytes) => {
        if (response.destroyed) return;
        response.writeHead(status, { ...headers, 'content-encoding': encoding, 'content-length': bytes.length });
        response.end(bytes);
      },
      (error: unknown) => sendFailure(response, error),
    );
    return;
  }
  response.writeHead(status, headers);
  if (tensors === undefined) {
    response.end(json);
    return;
  }
  // In one piece where it is small, and without a copy where it is large.
  response.cork();
  response.write(json);
  for (const tensor of tensors) response.write(tensor);
  response.end();
}

/** Sends the protocol's error document. */
export function sendError(response: ServerResponse, status: number, finding: Finding, headers?: Headers): void {
  const json = JSON.stringify({ error: sentence(finding) });
  const own = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
  response.writeHead(status, { ...own, ...headers });
  response.end(json);
}

/** Answers with what went wrong, unless an answer has begun already or nobody waits for it. */
export function sendFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return;
  if (!(error instanceof RequestError))
    return sendError(response, 500, error instanceof PlinthError ? error.finding : internal(error));
  const { kind, finding, retryAfterSeconds, challenge } = error;
  const again = kind === 'rejected' || kind === 'limited';
  sendError(response, statusOf[kind], finding, {
    ...(again ? { 'retry-after': String(retryAfterSeconds ?? 1) } : {}),
    ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
  });
}

/** A defect of the server itself: it must not take the other requests down with it. */
function internal(error: unknown): Finding {
  return {
    code: 'internal',
    what: 'the request could not be handled',
    where: 'model server',
    why: `the server met a defect of its own (${(error as Error).message})`,
    cure: 'report it with the request that led to it',
  };
}

/** @param known paths that there are, for the sentence */
export function noPath(url: string, known: string): Finding {
  return {
    code: 'unknown-path',
    what: 'there is nothing here',
    where: url.slice(0, 200),
    why: 'the server has no such path',
    cure: `use ${known}`,
  };
}

export function wrongMethod(method: string, url: string, allowed: string): Finding {
  return {
    code: 'wrong-method',
    what: `${method} is not answered`,
    where: url.slice(0, 200),
    why: `this path answers ${allowed}`,
    cure: `use ${allowed}`,
  };
}
