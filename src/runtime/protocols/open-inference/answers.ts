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

function end(
  response: ServerResponse,
  status: number,
  headers: Headers,
  parts: readonly (string | Uint8Array)[],
): void {
  response.writeHead(status, headers);
  if (parts.length === 1) {
    response.end(parts[0]);
    return;
  }
  // In one piece where it is small, and without a copy where it is large.
  response.cork();
  for (const part of parts) response.write(part);
  response.end();
}

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
  let headers: Headers = { 'content-type': 'application/json' };
  let parts: readonly (string | Uint8Array)[] = [json];
  if (tensors !== undefined) {
    for (const tensor of tensors) length += tensor.byteLength;
    headers = { 'content-type': 'application/octet-stream', [lengthHeader]: own };
    parts = [json, ...tensors];
  }
  const encoding = chooseEncoding(request.headers['accept-encoding'], length);
  if (encoding === undefined) return end(response, status, { ...headers, 'content-length': length }, parts);
  const plain = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  compress(plain, encoding).then(
    (bytes) => {
      if (response.destroyed) return;
      end(response, status, { ...headers, 'content-encoding': encoding, 'content-length': bytes.length }, [bytes]);
    },
    (error: unknown) => sendFailure(response, error),
  );
}

/** Sends the protocol's error document. */
export function sendError(response: ServerResponse, status: number, finding: Finding, headers?: Headers): void {
  const json = JSON.stringify({ error: sentence(finding) });
  const own = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
  end(response, status, { ...own, ...headers }, [json]);
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
