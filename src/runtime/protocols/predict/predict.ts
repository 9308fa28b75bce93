import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Admission, Need } from '../../engine/admission.js';
import type { DataPlane } from '../../engine/data-plane.js';
import { RequestError } from '../../engine/errors.js';
import { noPath, send, sendError, sendFailure, wrongMethod } from '../open-inference/answers.js';
import { readBody, refuseBody } from '../open-inference/body.js';
import { admitted, inferCall } from '../open-inference/call.js';
import { predictAnswerJson } from './answer.js';
import { listModels, modelMetadata, modelStatus } from './documents.js';
import { readPredictRequest, type PredictRequest } from './request.js';
import { predictTarget, type PredictTarget } from './routes.js';

/** What the protocol's side needs to know. */
export interface PredictOptions {
  readonly maxRequestBytes: number;
  readonly maxJsonDepth: number;
  /** Who may do what; absent: everybody everything. */
  readonly before?: Admission | undefined;
}

/** Readiness is for whoever balances the load, and that one has no token. */
const needs: Readonly<Record<PredictTarget['kind'], Need | undefined>> = {
  models: 'metadata',
  status: undefined,
  metadata: 'metadata',
  predict: 'infer',
  unsupported: 'infer',
};

const known = '/v1/models or /v1/models/NAME with /versions/N or /labels/LABEL, and then :predict or /metadata';

/**
 * KServe's V1 protocol (https://kserve.github.io/website/latest/modelserving/data_plane/v1_protocol/) and what TensorFlow
 * Serving has beyond it: versions, labels, columns, metadata (https://www.tensorflow.org/tfx/serving/api_rest). Labels are aliases.
 */
export function predictHandler(
  plane: DataPlane,
  { maxRequestBytes, maxJsonDepth, before }: PredictOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const answer = async (request: IncomingMessage, response: ServerResponse, at: PredictTarget): Promise<void> => {
    const arrived = performance.now();
    const { kind, model, version } = at;
    const need = needs[kind];
    const { tenant } =
      before === undefined || need === undefined ? {} : await admitted(before, request, response, need);
    if (kind === 'models') return send(request, response, JSON.stringify(listModels(plane)));
    if (kind === 'metadata') return send(request, response, JSON.stringify(modelMetadata(plane, model, version)));
    if (kind === 'status') {
      const status = modelStatus(plane, model, version);
      return send(request, response, JSON.stringify(status), undefined, status.ready ? 200 : 503);
    }
    if (kind === 'unsupported') {
      refuseBody(request, response);
      throw noVerb(request.url ?? '');
    }
    if (response.destroyed) return;
    const body = await readBody(request, response, maxRequestBytes);
    if (body === undefined) return;
    let read: PredictRequest | undefined;
    const inferred = await plane.infer(
      model,
      version,
      () => {
        const { name, signature } = plane.describe(model, version);
        return (read = readPredictRequest(body, maxJsonDepth, name, signature));
      },
      inferCall(request, response, tenant, arrived),
    );
    if (read !== undefined) send(request, response, predictAnswerJson(inferred, read));
  };

  return (request, response) => {
    if (plane.draining) response.shouldKeepAlive = false;
    const { url = '', method = '' } = request;
    const at = predictTarget(url);
    if (at === undefined) {
      refuseBody(request, response);
      return sendError(response, 404, noPath(url, known));
    }
    const allowed = at.kind === 'predict' || at.kind === 'unsupported' ? 'POST' : 'GET';
    if (method !== allowed) {
      refuseBody(request, response);
      return sendError(response, 405, wrongMethod(method, url, allowed), { allow: allowed });
    }
    answer(request, response, at).catch((error: unknown) => sendFailure(response, error));
  };
}

function noVerb(url: string): RequestError {
  return new RequestError('unsupported', {
    code: 'verb-unsupported',
    what: 'this is not supported',
    where: url.slice(0, 200),
    why: 'models of this server predict, and neither explain, classify nor regress by themselves',
    cure: 'use :predict',
  });
}
