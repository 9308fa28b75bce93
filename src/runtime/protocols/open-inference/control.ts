import { invalid, RequestError } from '../../engine/errors.js';
import type { Overrides } from '../../engine/overrides.js';
import { isObject, type Fields } from './infer-json.js';
import { parseJson } from './json-text.js';

// The model repository extension
// (https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_model_repository.md).

/** A request's document; a body that is empty is one without fields. @throws RequestError `invalid` */
export function readFields(body: Buffer, maxDepth: number): Fields {
  if (body.length === 0) return {};
  const { value } = parseJson(body, maxDepth);
  if (!isObject(value)) throw invalid('request body', 'it is not a JSON object', 'a request is one', 'send { ... }');
  return value;
}

/** `ready`: only models that can answer. @throws RequestError `invalid` */
export function readIndexRequest({ ready }: Fields): boolean {
  if (ready !== undefined && typeof ready !== 'boolean')
    throw invalid('request body', '"ready" is neither true nor false', 'it is a switch', 'send true or false');
  return ready ?? false;
}

function readParameters({ parameters }: Fields): Fields {
  if (parameters === undefined) return {};
  if (!isObject(parameters))
    throw invalid('request body', '"parameters" is not an object', 'it has parameters by name', 'send { ... }');
  return parameters;
}

const wrong = (name: string, wanted: string): RequestError =>
  invalid('request body', `parameter "${name}" is not ${wanted}`, 'the protocol says so', `send ${wanted}`);

/** `config` and `file:<path>`, the files in base64. @throws RequestError `invalid` */
export function readLoadRequest(fields: Fields): Overrides {
  const files: Record<string, Uint8Array> = {};
  let config: string | undefined;
  for (const [name, value] of Object.entries(readParameters(fields))) {
    if (name === 'config') {
      if (typeof value !== 'string') throw wrong(name, 'a text with JSON');
      config = value;
    } else if (name.startsWith('file:')) {
      if (typeof value !== 'string' || !isBase64(value)) throw wrong(name, 'base64');
      Object.defineProperty(files, name.slice(5), { value: Buffer.from(value, 'base64'), enumerable: true });
    } else {
      throw invalid(
        'request body',
        `there is no parameter "${name.slice(0, 100)}"`,
        'a load has "config" and "file:<path>"',
        'use one of these',
      );
    }
  }
  return { ...(config === undefined ? {} : { config }), ...(Object.keys(files).length === 0 ? {} : { files }) };
}

const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

/** @throws RequestError `invalid` */
export function readUnloadRequest(fields: Fields): { readonly dependents: boolean } {
  const { unload_dependents: dependents } = readParameters(fields);
  if (dependents !== undefined && typeof dependents !== 'boolean') throw wrong('unload_dependents', 'true or false');
  return { dependents: dependents ?? false };
}

/** Clients and server do not share a machine. */
export function noSharedMemory(path: string): RequestError {
  return new RequestError('unsupported', {
    code: 'shared-memory-unsupported',
    what: 'shared memory is not supported',
    where: path.slice(0, 200),
    why: 'this server reads tensors from requests only',
    cure: 'send them as "data", or in binary form',
  });
}

/** There is one repository, and it has no name. */
export function noNamedRepository(path: string): RequestError {
  return new RequestError('unsupported', {
    code: 'repository-unsupported',
    what: 'a repository cannot be named',
    where: path.slice(0, 200),
    why: 'this server has one, --model-repository',
    cure: 'use /v2/repository/index and /v2/repository/models/NAME/load',
  });
}
