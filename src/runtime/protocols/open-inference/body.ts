import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { invalid, RequestError } from '../../engine/errors.js';

/** Milliseconds in which a client whose body is not wanted may notice the answer before the connection is cut. */
const cutAfter = 1000;

/** How bodies may be compressed; HTTP's deflate is the zlib format. */
const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(inflating),
  deflate: () => createInflate(inflating),
};
const inflating = { chunkSize: 64 * 1024 };

/**
 * The whole body, decompressed, or undefined when the client went away.
 * @param limit bytes, after decompression
 * @throws RequestError `too-large`, `unsupported` for an unknown Content-Encoding, `invalid` for data that is not what it says
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  limit: number,
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const { headers } = request;
    const encoding = headers['content-encoding'];
    let inflate: Transform | undefined;
    const refuse = (error: RequestError): void => {
      if (inflate !== undefined) {
        request.unpipe(inflate);
        inflate.destroy();
      }
      refuseBody(request, response);
      reject(error);
    };
    if (encoding !== undefined && encoding !== 'identity') {
      const name = encoding.toLowerCase();
      inflate = Object.hasOwn(decoders, name) ? decoders[name]?.() : undefined;
      if (inflate === undefined) return refuse(unknownEncoding(encoding));
      inflate.on('error', (error) => refuse(badlyEncoded(encoding, error)));
    }
    if (Number(headers['content-length'] ?? 0) > limit) return refuse(tooLarge(limit));
    let only: Buffer | undefined;
    let chunks: Buffer[] | undefined;
    let size = 0;
    const source: Readable = inflate === undefined ? request : request.pipe(inflate);
    source.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        source.removeAllListeners('data');
        return refuse(tooLarge(limit));
      }
      if (only === undefined) only = chunk;
      else (chunks ??= [only]).push(chunk);
    });
    source.on('end', () => resolve(chunks === undefined ? (only ?? Buffer.alloc(0)) : Buffer.concat(chunks, size)));
    request.on('error', () => {
      inflate?.destroy();
      resolve(undefined);
    });
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

function unknownEncoding(encoding: string): RequestError {
  return new RequestError('unsupported', {
    code: 'encoding-unsupported',
    what: `the body is encoded as ${encoding.slice(0, 40)}`,
    where: 'Content-Encoding',
    why: 'this server reads gzip, deflate, and plain bodies',
    cure: 'use one of these',
  });
}

function badlyEncoded(encoding: string, error: Error): RequestError {
  return invalid(
    'request body',
    `it is not ${encoding.slice(0, 40)}`,
    error.message,
    'compress it again, or send it plain',
  );
}
