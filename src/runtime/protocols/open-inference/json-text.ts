import { isUtf8 } from 'node:buffer';
import { invalid } from '../../engine/errors.js';

const where = 'request body';

/**
 * Parses a body as JSON.
 * @param maxDepth how deep arrays and objects may nest
 * @throws RequestError `invalid`
 */
export function parseJson(body: Buffer, maxDepth: number): { text: string; value: unknown } {
  if (depthOf(body) > maxDepth)
    throw invalid(
      where,
      `it nests deeper than ${maxDepth}`,
      'deep nesting is how parsers are attacked',
      'send flat data',
    );
  if (!isUtf8(body)) throw invalid(where, 'it is not UTF-8', 'JSON is UTF-8', 'encode it as UTF-8');
  const text = body.toString('utf8');
  try {
    return { text, value: JSON.parse(text) };
  } catch (error) {
    const nonFinite = /(^|[[,:\s])(-?Infinity|NaN)\b/.test(text) ? ' (JSON has no NaN and no Infinity)' : '';
    throw invalid(
      where,
      'it is not JSON',
      `${(error as Error).message.replace(/[\s.]+$/, '')}${nonFinite}`,
      'correct the body',
    );
  }
}

/** The deepest nesting of brackets outside strings. */
function depthOf(body: Buffer): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (byte === 0x22) {
      // To the closing quote, past escaped ones.
      for (i++; i < body.length && body[i] !== 0x22; i++) if (body[i] === 0x5c) i++;
    } else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > deepest) deepest = depth;
    } else if (byte === 0x5d || byte === 0x7d) {
      depth--;
    }
  }
  return deepest;
}

/**
 * Parses JSON once more with every whole number of 16 digits or more as a string of its digits: JSON.parse would round it.
 * @param text known to be JSON
 */
export function parseExact(text: string): unknown {
  return JSON.parse(
    text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
      /^-?\d{16,}$/.test(token) ? `"${token}"` : token,
    ),
  );
}
