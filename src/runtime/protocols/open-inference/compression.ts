import { constants, deflate, gzip } from 'node:zlib';

/** Bytes up to which an answer stays as it is: a packet holds it anyway. */
const smallest = 1024;

const encoders = { gzip, deflate } as const;
export type Encoding = keyof typeof encoders;

/**
 * The encoding that `Accept-Encoding` prefers among gzip, deflate and none (RFC 9110, section 12.5.3); gzip where it prefers
 * neither of the two. What is not acceptable in any form is answered plain.
 * @param length bytes of the answer
 * @returns undefined for none
 */
export function chooseEncoding(accept: string | string[] | undefined, length: number): Encoding | undefined {
  if (accept === undefined || length <= smallest) return undefined;
  const weights = new Map<string, number>();
  for (const part of String(accept).split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const q = parameters.find((text) => text.startsWith('q='));
    const weight = q === undefined ? 1 : Number(q.slice(2));
    weights.set(name === 'x-gzip' ? 'gzip' : name, weight >= 0 && weight <= 1 ? weight : 0);
  }
  const others = weights.get('*') ?? 0;
  const [zipped, deflated] = [weights.get('gzip') ?? others, weights.get('deflate') ?? others];
  const best: Encoding = deflated > zipped ? 'deflate' : 'gzip';
  const weight = Math.max(zipped, deflated);
  return weight > 0 && weight >= (weights.get('identity') ?? 0) ? best : undefined;
}

/** In a thread of Node's own; for speed, since an answer is read once. */
export function compress(bytes: Uint8Array, encoding: Encoding): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    encoders[encoding](bytes, { level: constants.Z_BEST_SPEED }, (error, result) =>
      error === null ? resolve(result) : reject(error),
    );
  });
}
