import { sentence } from '@plinth/contract';
import type { DataPlane } from '../../engine/data-plane.js';
import { RequestError } from '../../engine/errors.js';
import type { Datatype, TensorSpec } from '../../engine/tensors.js';
import { defaultSignature } from './request.js';

/** TensorFlow's names of datatypes. */
const typeNames: Readonly<Record<Datatype, string>> = {
  BOOL: 'DT_BOOL',
  UINT8: 'DT_UINT8',
  UINT16: 'DT_UINT16',
  UINT32: 'DT_UINT32',
  UINT64: 'DT_UINT64',
  INT8: 'DT_INT8',
  INT16: 'DT_INT16',
  INT32: 'DT_INT32',
  INT64: 'DT_INT64',
  FP16: 'DT_HALF',
  FP32: 'DT_FLOAT',
  FP64: 'DT_DOUBLE',
  BYTES: 'DT_STRING',
};

/** Why a model cannot answer; undefined where it can. @throws RequestError `not-found` */
function failureOf(plane: DataPlane, model: string, version: string | undefined): string | undefined {
  try {
    plane.checkReady(model, version);
    return undefined;
  } catch (error) {
    if (!(error instanceof RequestError) || error.kind === 'not-found') throw error;
    return sentence(error.finding);
  }
}

/** Names of the models that can answer. */
export function listModels(plane: DataPlane): { readonly models: readonly string[] } {
  const names = [...new Set(plane.index(false).flatMap(({ name, state }) => (state === undefined ? [] : [name])))];
  return { models: names.filter((name) => failureOf(plane, name, undefined) === undefined) };
}

interface Status {
  readonly name: string;
  readonly ready: boolean;
  readonly error?: string;
  readonly model_version_status: readonly object[];
}

/**
 * KServe's `{"name", "ready"}` and TensorFlow Serving's `model_version_status` in one document: each client reads its own.
 * @throws RequestError `not-found`
 */
export function modelStatus(plane: DataPlane, model: string, version: string | undefined): Status {
  const failure = failureOf(plane, model, version);
  const [name = '', alias] = model.split('@');
  const wanted = version ?? (alias === undefined ? undefined : plane.labels(name)[alias]);
  const versions = plane
    .index(false)
    .filter((row) => row.name === name && row.version !== undefined && (wanted ?? row.version) === row.version)
    .map((row) => {
      const why = failureOf(plane, name, row.version);
      const state = why === undefined ? 'AVAILABLE' : row.state === 'LOADING' ? 'LOADING' : 'END';
      const status = { error_code: state === 'END' ? 'UNAVAILABLE' : 'OK', error_message: state === 'END' ? why : '' };
      return { version: row.version, state, status };
    });
  return {
    name: model,
    ready: failure === undefined,
    ...(failure === undefined ? {} : { error: failure }),
    model_version_status: versions,
  };
}

const tensorInfo = ({ name, datatype, shape }: TensorSpec): object => ({
  dtype: typeNames[datatype],
  tensor_shape: { dim: shape.map((length) => ({ size: String(length), name: '' })), unknown_rank: false },
  name,
});

/** TensorFlow Serving's description of a model. @throws RequestError `not-found`, `unavailable` */
export function modelMetadata(plane: DataPlane, model: string, version: string | undefined): object {
  const { name, versions, signature } = plane.describe(model, version);
  const info = (specs: readonly TensorSpec[]): object =>
    Object.fromEntries(specs.map((spec) => [spec.name, tensorInfo(spec)]));
  const described = {
    inputs: info(signature.inputs),
    outputs: info(signature.outputs),
    method_name: 'tensorflow/serving/predict',
  };
  const [, alias] = model.split('@');
  const own = version ?? (alias === undefined ? undefined : plane.labels(name)[alias]) ?? versions.at(-1) ?? '';
  return {
    model_spec: { name, signature_name: '', version: own },
    metadata: { signature_def: { signature_def: { [defaultSignature]: described } } },
  };
}
