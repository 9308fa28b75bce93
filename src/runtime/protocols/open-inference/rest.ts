import type { IncomingMessage, ServerResponse } from 'node:http';
import { sentence } from '@plinth/contract';
import type { Admission, Need } from '../../engine/admission.js';
import type { DataPlane } from '../../engine/data-plane.js';
import type { LogSettings, TraceSettings } from '../../engine/settings.js';
import type { TensorSpec } from '../../engine/tensors.js';
import { noPath, send, sendError, sendFailure, wrongMethod } from './answers.js';
import { binaryAnswer, lengthHeader, rawRequest, splitBody } from './binary.js';
import { readBody, refuseBody } from './body.js';
import { admitted, inferCall } from './call.js';
import * as control from './control.js';
import { inferAnswerJson, readInferRequest, type RestInferRequest } from './infer-json.js';
import { factsOf, target, type ModelTarget, type Target } from './routes.js';

/** What the protocol's side needs to know. */
export interface RestOptions {
  readonly maxRequestBytes: number;
  readonly maxJsonDepth: number;
  /** Who may do what; absent: everybody everything. */
  readonly before?: Admission | undefined;
  readonly logs: LogSettings;
  readonly traces: TraceSettings;
}

/** Bytes of a body that changes settings or asks for the index. */
const maxControlBytes = 1024 * 1024;

/** Of the name as HTTP libraries write it. */
const jsonLength = lengthHeader.toLowerCase();

const specJson = ({ name, datatype, shape }: TensorSpec): object => ({ name, datatype, shape });

/**
 * The Open Inference Protocol over REST with Triton's extensions (https://github.com/kserve/open-inference-protocol,
 * https://github.com/triton-inference-server/server/tree/main/docs/protocol): reads requests, asks the data plane, writes
 * answers. Errors are `{"error": "<sentence>"}`; only a model's or the server's own failure is a 5xx.
 */
export function restHandler(
  plane: DataPlane,
  options: RestOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { before, maxRequestBytes, maxJsonDepth, logs, traces } = options;

  const infer = async (request: IncomingMessage, response: ServerResponse, at: ModelTarget): Promise<void> => {
    const arrived = performance.now();
    let tenant: string | undefined;
    if (before !== undefined) ({ tenant } = await admitted(before, request, response, 'infer'));
    if (response.destroyed) return;
    const body = await readBody(request, response, maxRequestBytes);
    if (body === undefined) return;
    const length = request.headers[jsonLength] as string | undefined;
    let read: RestInferRequest | undefined;
    const answer = await plane.infer(
      at.model,
      at.version,
      () => (read = length === undefined ? readInferRequest(body, maxJsonDepth) : readWithTensors(body, length, at)),
      inferCall(request, response, tenant, arrived),
    );
    if (read?.binary === undefined) return send(request, response, inferAnswerJson(answer));
    const { json, tensors } = binaryAnswer(answer, read.binary);
    send(request, response, json, tensors.length === 0 ? undefined : tensors);
  };

  const readWithTensors = (body: Buffer, length: string, at: ModelTarget): RestInferRequest => {
    const { json, tensors } = splitBody(body, length);
    if (json !== undefined) return readInferRequest(json, maxJsonDepth, tensors);
    const described = plane.describe(at.model, at.version);
    const batched = plane.config(at.model, at.version).max_batch_size > 0;
    return { ...rawRequest(body, described, batched), binary: () => true };
  };

  /** The answer to what is read; undefined is no document. */
  const look = ({ kind, model = '', version }: Target, path: string): object => {
    switch (kind) {
      case 'server':
        return plane.metadata();
      case 'model-ready':
        plane.checkReady(model, version);
        return { name: model, ready: true };
      case 'model': {
        const { name, versions, platform, signature } = plane.describe(model, version);
        return {
          name,
          versions,
          platform,
          inputs: signature.inputs.map(specJson),
          outputs: signature.outputs.map(specJson),
        };
      }
      case 'config':
        return plane.config(model, version);
      case 'stats':
        return { model_stats: plane.statistics(model === '' ? undefined : model, version) };
      case 'logging':
        return logs.get();
      case 'trace':
        if (model !== '') plane.checkReady(model, version);
        return traces.get(model === '' ? undefined : model);
      case 'shared-memory':
        throw control.noSharedMemory(path);
      default:
        return { live: true };
    }
  };

  /** The answer to what changes something or has a body; undefined is none. */
  const act = async (at: Target, body: Buffer, path: string): Promise<object | undefined> => {
    const { kind, model = '' } = at;
    const fields = control.readFields(body, maxJsonDepth);
    switch (kind) {
      case 'index':
        return plane.index(control.readIndexRequest(fields));
      case 'load':
        await plane.load(model, control.readLoadRequest(fields));
        return undefined;
      case 'unload':
        await plane.unload(model, control.readUnloadRequest(fields));
        return undefined;
      case 'logging':
        return logs.set(fields);
      case 'trace':
        if (model !== '') plane.checkReady(model, at.version);
        return traces.set(fields, model === '' ? undefined : model);
      case 'named-repository':
        throw control.noNamedRepository(path);
      default:
        throw control.noSharedMemory(path);
    }
  };

  const post = async (
    request: IncomingMessage,
    response: ServerResponse,
    at: Target,
    need: Need | undefined,
  ): Promise<void> => {
    if (before !== undefined && need !== undefined) await admitted(before, request, response, need);
    // Models come in the body of a load.
    const body = await readBody(
      request,
      response,
      at.kind === 'load' ? maxRequestBytes : Math.min(maxControlBytes, maxRequestBytes),
    );
    if (body === undefined) return;
    const document = await act(at, body, request.url ?? '');
    send(request, response, document === undefined ? '' : JSON.stringify(document));
  };

  const get = async (
    request: IncomingMessage,
    response: ServerResponse,
    at: Target,
    need: Need | undefined,
  ): Promise<void> => {
    if (before !== undefined && need !== undefined) await admitted(before, request, response, need);
    send(request, response, JSON.stringify(look(at, request.url ?? '')));
  };

  const ready = (request: IncomingMessage, response: ServerResponse): void => {
    const why = plane.unready();
    if (why === undefined) return send(request, response, '{"ready":true}');
    const finding = {
      code: 'unready',
      what: 'it is not ready',
      where: 'model server',
      why,
      cure: 'wait, or see its log',
    };
    send(request, response, JSON.stringify({ ready: false, error: sentence(finding) }), undefined, 503);
  };

  return (request, response) => {
    // Node ends a connection after the answer when told so before the header is written.
    if (plane.draining) response.shouldKeepAlive = false;
    const { url = '', method = '' } = request;
    const at = target(url);
    const failed = (error: unknown): void => sendFailure(response, error);
    if (at?.kind === 'infer' && method === 'POST') {
      infer(request, response, at as ModelTarget).catch(failed);
      return;
    }
    if (at === undefined) {
      refuseBody(request, response);
      return sendError(response, 404, noPath(url, known));
    }
    const { methods, need } = factsOf(at.kind);
    if ((method !== 'GET' && method !== 'POST') || !methods.includes(method)) {
      refuseBody(request, response);
      return sendError(response, 405, wrongMethod(method, url, methods.join(' and ')), { allow: methods.join(', ') });
    }
    try {
      if (at.kind === 'ready') return ready(request, response);
    } catch (error) {
      return failed(error);
    }
    (method === 'GET' ? get : post)(request, response, at, need[method]).catch(failed);
  };
}

const known = '/v2, /v2/health/live, /v2/health/ready, or /v2/models/NAME with /versions/N, /ready or /infer';
