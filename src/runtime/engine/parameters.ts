import { invalid, RequestError } from './errors.js';
import type { Parameters } from './inference.js';

const where = 'request parameters';

/**
 * Refuses parameters that would be ignored although they mean something: Triton's reserved names, and sequences.
 * @throws RequestError `invalid`, `unsupported`
 */
export function checkParameters(parameters: Parameters): void {
  for (const name of Object.keys(parameters))
    if (name.startsWith('triton_'))
      throw invalid(where, `"${name}" is reserved`, 'names that begin with triton_ are', 'use another name');
  // Whatever order they come in, the sentence is the same.
  for (const name of ['sequence_id', 'sequence_start', 'sequence_end'])
    if (name in parameters)
      throw new RequestError('unsupported', {
        code: 'sequences-unsupported',
        what: `"${name}" is not supported`,
        where,
        why: 'this server keeps no state between requests',
        cure: 'send each request with all that it needs',
      });
}

/** `priority`: 1 is the highest, 0 the model's default. @throws RequestError `invalid` */
export function readPriority(parameters: Parameters | undefined): number | undefined {
  return whole(parameters, 'priority', '1 is the highest, 0 the default');
}

/** `timeout` in the queue, in milliseconds; it is sent in microseconds. @throws RequestError `invalid` */
export function readTimeout(parameters: Parameters | undefined): number | undefined {
  const timeout = whole(parameters, 'timeout', 'it is in microseconds');
  return timeout === undefined || timeout === 0 ? undefined : timeout / 1000;
}

function whole(parameters: Parameters | undefined, name: string, why: string): number | undefined {
  const value = parameters?.[name];
  if (value === undefined) return undefined;
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0)
    throw invalid(where, `"${name}" is no whole number from 0 on`, why, 'correct it, or leave it out');
  return number;
}
