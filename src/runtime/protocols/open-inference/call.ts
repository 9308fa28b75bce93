import type { IncomingMessage, ServerResponse } from 'node:http';
import { headerNames } from '@plinth/contract';
import type { Admission, Caller, Need } from '../../engine/admission.js';
import { invalid } from '../../engine/errors.js';
import type { InferCall } from '../../engine/inference.js';
import { refuseBody } from './body.js';

/**
 * What a request's header says beside its body. A tenant is no key for a canary: with few tenants it would get all or nothing.
 * @param arrived the `performance.now()` when it came
 * @throws RequestError `invalid`
 */
export function inferCall(
  request: IncomingMessage,
  response: ServerResponse,
  tenant: string | undefined,
  arrived: number,
): InferCall {
  const { [headerNames.sticky]: named, [headerNames.timeout]: timeout, traceparent } = request.headers;
  // Assigned one by one: this is made for every request.
  const call: { -readonly [name in keyof InferCall]: InferCall[name] } = { abandoned: () => response.destroyed };
  if (tenant !== undefined) call.tenant = tenant;
  if (typeof named === 'string') call.sticky = named;
  if (typeof traceparent === 'string') call.traceparent = traceparent;
  if (timeout !== undefined) call.deadline = arrived + readTimeout(String(timeout));
  return call;
}

function readTimeout(text: string): number {
  const milliseconds = /^\d{1,9}(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (milliseconds > 0) return milliseconds;
  throw invalid(
    headerNames.timeout,
    `${JSON.stringify(text.slice(0, 40))} is no time`,
    'it is in milliseconds',
    'give a number above 0, or leave the header out',
  );
}

/** @throws RequestError, after which the body is not read */
export async function admitted(
  before: Admission,
  request: IncomingMessage,
  response: ServerResponse,
  need: Need,
): Promise<Caller> {
  try {
    const caller = before(request.headers, need);
    return caller instanceof Promise ? await caller : caller;
  } catch (error) {
    refuseBody(request, response);
    throw error;
  }
}
