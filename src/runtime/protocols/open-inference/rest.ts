import type { IncomingMessage, ServerResponse } from 'node:http';
import { headerNames, sentence, type Finding } from '@plinth/contract';
import type { Admission } from '../../engine/admission.js';
import type { DataPlane } from '../../engine/data-plane.js';
import { RequestError, type FailureKind } from '../../engine/errors.js';
import type { TensorSpec } from '../../engine/tensors.js';
import { readBody, refuseBody } from './body.js';
import { inferAnswerJson, readInferRequest } from './infer-json.js';

/** What the protocol's side needs to know. */
export interface RestOptions {
  readonly version: string;
  readonly maxRequestBytes: number;
  readonly maxJsonDepth: number;
  /** Who may do what; absent: everybody everything. */
  readonly before?: Admission | undefined;
}

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

/** Sends a JSON document. While the server drains, every answer also ends its connection. */
function send(response: ServerResponse, status: number, json: string, headers?: Record<string, string>): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    ...headers,
  });
  response.end(json);
}

/** Sends the protocol's error document. */
export function sendError(
  response: ServerResponse,
  status: number,
  finding: Finding,
  headers?: Record<string, string>,
): void {
  send(response, status, JSON.stringify({ error: sentence(finding) }), headers);
}

interface ModelTarget {
  readonly kind: 'model' | 'model-ready' | 'infer';
  readonly model: string;
  readonly version: string | undefined;
}
type Target = { readonly kind: 'server' | 'live' | 'ready' } | ModelTarget;

const modelPath = /^\/v2\/models\/([^/]+)(?:\/versions\/([0-9]+))?(?:\/(ready|infer))?$/;

function target(url: string): Target | undefined {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  if (path === '/v2') return { kind: 'server' };
  if (path === '/v2/health/live') return { kind: 'live' };
  if (path === '/v2/health/ready') return { kind: 'ready' };
  const match = modelPath.exec(path);
  if (match === null) return undefined;
  const [, name = '', version, action] = match;
  let model: string;
  try {
    model = decodeURIComponent(name);
  } catch {
    return undefined;
  }
  const kind = action === 'infer' ? 'infer' : action === 'ready' ? 'model-ready' : 'model';
  return { kind, model, version };
}

const specJson = ({ name, datatype, shape }: TensorSpec): object => ({ name, datatype, shape });

/**
 * The Open Inference Protocol over REST (https://github.com/kserve/open-inference-protocol): reads requests, asks the data
 * plane, writes answers. Errors are `{"error": "<sentence>"}`; only a model's or the server's own failure is a 5xx.
 */
export function restHandler(
  plane: DataPlane,
  options: RestOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const serverJson = JSON.stringify({ name: 'plinth', version: options.version, extensions: [] });

  const infer = async (request: IncomingMessage, response: ServerResponse, at: ModelTarget): Promise<void> => {
    let tenant: string | undefined;
    if (options.before !== undefined) {
      try {
        const caller = options.before(request.headers, 'infer');
        ({ tenant } = caller instanceof Promise ? await caller : caller);
      } catch (error) {
        refuseBody(request, response);
        throw error;
      }
    }
    if (response.destroyed) return;
    const body = await readBody(request, response, options.maxRequestBytes);
    if (body === undefined) return;
    const { [headerNames.sticky]: sticky, traceparent } = request.headers;
    const answer = await plane.infer(at.model, at.version, () => readInferRequest(body, options.maxJsonDepth), {
      abandoned: () => response.destroyed,
      ...(tenant === undefined ? {} : { tenant }),
      ...(typeof sticky === 'string' ? { sticky } : {}),
      ...(typeof traceparent === 'string' ? { traceparent } : {}),
    });
    send(response, 200, inferAnswerJson(answer));
  };

  const get = (response: ServerResponse, at: Target): void => {
    switch (at.kind) {
      case 'server':
        return send(response, 200, serverJson);
      case 'live':
        return send(response, 200, '{"live":true}');
      case 'ready': {
        const why = plane.unready();
        if (why === undefined) return send(response, 200, '{"ready":true}');
        const finding = {
          code: 'unready',
          what: 'it is not ready',
          where: 'model server',
          why,
          cure: 'wait, or see its log',
        };
        return send(response, 503, JSON.stringify({ ready: false, error: sentence(finding) }));
      }
      case 'model-ready':
        plane.checkReady(at.model, at.version);
        return send(response, 200, JSON.stringify({ name: at.model, ready: true }));
      case 'model': {
        const { name, versions, platform, signature } = plane.describe(at.model, at.version);
        const [inputs, outputs] = [signature.inputs.map(specJson), signature.outputs.map(specJson)];
        return send(response, 200, JSON.stringify({ name, versions, platform, inputs, outputs }));
      }
    }
  };

  const failed = (response: ServerResponse, error: unknown): void => {
    if (response.headersSent || response.destroyed) return;
    if (!(error instanceof RequestError)) return sendError(response, 500, internal(error));
    const { kind, finding, retryAfterSeconds, challenge } = error;
    const again = kind === 'rejected' || kind === 'limited';
    sendError(response, statusOf[kind], finding, {
      ...(again ? { 'retry-after': String(retryAfterSeconds ?? 1) } : {}),
      ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
    });
  };

  return (request, response) => {
    // Node ends a connection after the answer when told so before the header is written.
    if (plane.draining) response.shouldKeepAlive = false;
    const at = target(request.url ?? '');
    if (at === undefined) {
      refuseBody(request, response);
      return sendError(response, 404, noPath(request.url ?? ''));
    }
    const allowed = at.kind === 'infer' ? 'POST' : 'GET';
    if (request.method !== allowed) {
      refuseBody(request, response);
      return sendError(response, 405, wrongMethod(request.method ?? '', request.url ?? '', allowed), {
        allow: allowed,
      });
    }
    if (at.kind === 'infer') {
      infer(request, response, at as ModelTarget).catch((error: unknown) => failed(response, error));
      return;
    }
    // Health and readiness are for whoever balances the load, and that one has no token.
    const asks = options.before !== undefined && (at.kind === 'server' || at.kind === 'model');
    try {
      const caller = asks ? options.before?.(request.headers, 'metadata') : undefined;
      if (!(caller instanceof Promise)) return get(response, at);
      caller.then(() => get(response, at)).catch((error: unknown) => failed(response, error));
    } catch (error) {
      failed(response, error);
    }
  };
}

function noPath(url: string): Finding {
  return {
    code: 'unknown-path',
    what: 'there is nothing here',
    where: url.slice(0, 200),
    why: 'the server has no such path',
    cure: 'use /v2, /v2/health/live, /v2/health/ready, or /v2/models/NAME with /versions/N, /ready or /infer',
  };
}

function wrongMethod(method: string, url: string, allowed: string): Finding {
  return {
    code: 'wrong-method',
    what: `${method} is not answered`,
    where: url.slice(0, 200),
    why: `this path answers ${allowed}`,
    cure: `use ${allowed}`,
  };
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
