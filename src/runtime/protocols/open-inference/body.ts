import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestError } from '../../engine/errors.js';

/** Milliseconds in which a client whose body is not wanted may notice the answer before the connection is cut. */
const cutAfter = 1000;

/**
 * The whole body, or undefined when the client went away.
 * @throws RequestError `too-large` above `limit` bytes, `unsupported` for a body that is compressed or in binary form
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  limit: number,
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const refuse = (error: RequestError): void => {
      refuseBody(request, response);
      reject(error);
    };
    const { headers } = request;
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') return refuse(encoded(encoding));
    if (headers['inference-header-content-length'] !== undefined) return refuse(binary());
    if (Number(headers['content-length'] ?? 0) > limit) return refuse(tooLarge(limit));
    let only: Buffer | undefined;
    let chunks: Buffer[] | undefined;
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.removeAllListeners('data');
        return refuse(tooLarge(limit));
      }
      if (only === undefined) only = chunk;
      else (chunks ??= [only]).push(chunk);
    });
    request.on('end', () => resolve(chunks === undefined ? (only ?? Buffer.alloc(0)) : Buffer.concat(chunks, size)));
    request.on('error', () => resolve(undefined));
  });
}

/** Lets the answer go out although a body may still come, and then cuts the connection. */
export function refuseBody(request: IncomingMessage, response: ServerResponse): void {
  if (
    request.complete ||
    (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined)
  )
    return;
  response.shouldKeepAlive = false;
  request.resume();
  response.once('finish', () => {
    setTimeout(() => request.socket.destroy(), cutAfter).unref();
  });
}

function tooLarge(limit: number): RequestError {
  return new RequestError('too-large', {
    code: 'body-too-large',
    what: `the body is larger than ${limit} bytes`,
    where: 'request body',
    why: 'that is the limit of this server',
    cure: 'send fewer rows at once, or raise --max-request-bytes',
  });
}

function encoded(encoding: string): RequestError {
  return new RequestError('unsupported', {
    code: 'encoding-unsupported',
    what: `the body is encoded as ${encoding.slice(0, 40)}`,
    where: 'Content-Encoding',
    why: 'this server reads plain bodies',
    cure: 'send the body without compression',
  });
}

function binary(): RequestError {
  return new RequestError('unsupported', {
    code: 'binary-unsupported',
    what: 'the body has binary tensors',
    where: 'Inference-Header-Content-Length',
    why: 'this server reads JSON tensors',
    cure: 'send "data" in JSON (binary_data=False in tritonclient)',
  });
}
