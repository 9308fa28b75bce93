import type { Need } from '../../engine/admission.js';
import type { DataPlane } from '../../engine/data-plane.js';
import { invalid, RequestError } from '../../engine/errors.js';
import type { LogSettings, TraceSettings } from '../../engine/settings.js';
import type { TensorSpec } from '../../engine/tensors.js';
import { readVersion, sharedMemoryFinding } from './grpc-infer.js';
import { readMessage, writeMessage, type Fields } from './grpc-messages.js';

/** A call that is no inference: what it needs, and what it answers. */
export interface PlainMethod {
  /** undefined is open to everybody, as health is. */
  readonly need: Need | undefined;
  /** @param control asks whether the caller may change what it could read */
  run(message: Buffer, control: () => unknown): Buffer | Promise<Buffer>;
}

/** What of a running server a client may change. */
export interface Settings {
  readonly logs: LogSettings;
  readonly traces: TraceSettings;
}

interface ModelRequest {
  readonly name: string;
  readonly version: string;
}

interface RepositoryRequest {
  readonly repository_name: string;
  readonly model_name: string;
  readonly parameters: Readonly<Record<string, RepositoryParameter>>;
}

interface RepositoryParameter {
  readonly bool_param?: boolean;
  readonly int64_param?: number;
  readonly string_param?: string;
  readonly bytes_param?: Uint8Array;
}

interface TraceRequest {
  readonly settings: Readonly<Record<string, { readonly value: readonly string[] }>>;
  readonly model_name: string;
}

interface LogRequest {
  readonly settings: Readonly<Record<string, Readonly<Record<string, boolean | number | string>>>>;
}

const paramOf = (value: unknown): string =>
  typeof value === 'boolean' ? 'bool_param' : typeof value === 'number' ? 'uint32_param' : 'string_param';

/** The calls of `inference.GRPCInferenceService` beside inference, by name. */
export function methods(plane: DataPlane, settings: Settings): Readonly<Record<string, PlainMethod>> {
  /** A method named after its messages. */
  const method = <T = Fields>(
    name: string,
    need: PlainMethod['need'],
    answer: (request: T, control: () => unknown) => object | Promise<object>,
  ): Record<string, PlainMethod> => ({
    [name]: {
      need,
      run: (message, control) => {
        const fields = answer(readMessage<T>(`${name}Request`, message), control);
        const write = (given: object): Buffer => writeMessage(`${name}Response`, given);
        return fields instanceof Promise ? fields.then(write) : write(fields);
      },
    },
  });

  return {
    ...method('ServerLive', undefined, () => ({ live: true })),
    ...method('ServerReady', undefined, () => ({ ready: plane.unready() === undefined })),
    ...method<ModelRequest>('ModelReady', undefined, ({ name, version }) => ({
      ready: isReady(plane, named(name), readVersion(name, version)),
    })),
    ...method('ServerMetadata', 'metadata', () => plane.metadata()),
    ...method<ModelRequest>('ModelMetadata', 'metadata', (request) => {
      const asked = readVersion(request.name, request.version);
      const { name, versions, platform, signature } = plane.describe(named(request.name), asked);
      const [inputs, outputs] = [signature.inputs.map(specFields), signature.outputs.map(specFields)];
      return { name, versions, platform, inputs, outputs };
    }),
    ...method<ModelRequest>('ModelConfig', 'metadata', ({ name, version }) => ({
      config: plane.config(named(name), readVersion(name, version)),
    })),
    ...method<ModelRequest>('ModelStatistics', 'read', ({ name, version }) => ({
      model_stats: plane.statistics(name === '' ? undefined : name, readVersion(name, version)),
    })),
    ...method<{ repository_name: string; ready: boolean }>('RepositoryIndex', 'read', (request) => {
      if (request.repository_name !== '') throw oneRepository(request.repository_name);
      return { models: plane.index(request.ready) };
    }),
    ...method<RepositoryRequest>('RepositoryModelLoad', 'control', async (request) => {
      const { model, short } = repositoryModel(request);
      await load(plane, model, request.parameters);
      return short ? { model_name: model, isLoaded: true } : {};
    }),
    ...method<RepositoryRequest>('RepositoryModelUnload', 'control', async (request) => {
      const { model, short } = repositoryModel(request);
      const dependents = request.parameters['unload_dependents']?.bool_param === true;
      await plane.unload(model, { dependents });
      return short ? { model_name: model, isUnloaded: true } : {};
    }),
    ...method<TraceRequest>('TraceSetting', 'read', async ({ settings: given, model_name }, control) => {
      const changes = Object.entries(given).map(([name, { value }]) => [name, value.length === 0 ? null : value]);
      const model = model_name === '' ? undefined : model_name;
      if (model !== undefined) plane.checkReady(model);
      if (changes.length > 0) await control();
      const { traces } = settings;
      const values = changes.length > 0 ? traces.set(Object.fromEntries(changes), model) : traces.get(model);
      return {
        settings: Object.fromEntries(
          Object.entries(values).map(([name, value]: [string, string | readonly string[]]) => [
            name,
            { value: typeof value === 'string' ? [value] : value },
          ]),
        ),
      };
    }),
    ...method<LogRequest>('LogSettings', 'read', async ({ settings: given }, control) => {
      const changes = Object.entries(given).map(([name, value]) => [name, Object.values(value)[0] ?? null]);
      if (changes.length > 0) await control();
      const values = changes.length > 0 ? settings.logs.set(Object.fromEntries(changes)) : settings.logs.get();
      return {
        settings: Object.fromEntries(
          Object.entries(values).map(([name, value]: [string, unknown]) => [name, { [paramOf(value)]: value }]),
        ),
      };
    }),
    ...Object.fromEntries(
      ['System', 'Cuda'].flatMap((kind) =>
        ['Status', 'Register', 'Unregister'].map((action): [string, PlainMethod] => {
          const name = `${kind}SharedMemory${action}`;
          const run = (): never => {
            throw new RequestError('unsupported', sharedMemoryFinding(`call ${name}`));
          };
          return [name, { need: 'read', run }];
        }),
      ),
    ),
  };
}

const specFields = ({ name, datatype, shape }: TensorSpec): object => ({ name, datatype, shape });

function named(model: string): string {
  if (model === '') throw invalid('request message', "the model's name is missing", 'the call is about one', 'send it');
  return model;
}

/** Whether a model can answer; one that does not exist cannot. */
function isReady(plane: DataPlane, model: string, version: string | undefined): boolean {
  try {
    plane.checkReady(model, version);
    return true;
  } catch (error) {
    if (error instanceof RequestError) return false;
    throw error;
  }
}

/** The model that is meant, and whether the client is one of KServe's, which sends its name as field 1 and reads an answer. */
function repositoryModel({ repository_name: first, model_name: second }: RepositoryRequest): {
  readonly model: string;
  readonly short: boolean;
} {
  if (second === '') return { model: named(first), short: true };
  if (first !== '') throw oneRepository(first);
  return { model: second, short: false };
}

function oneRepository(name: string): RequestError {
  return new RequestError('unsupported', {
    code: 'repository-names-unsupported',
    what: `the repository "${name}" cannot be chosen`,
    where: 'repository_name',
    why: 'this server has one repository, without a name',
    cure: 'leave repository_name empty',
  });
}

async function load(plane: DataPlane, model: string, parameters: RepositoryRequest['parameters']): Promise<void> {
  const where = (name: string): string => `model "${model}", parameter "${name}"`;
  let config: string | undefined;
  const files: Record<string, Uint8Array> = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (name === 'config') {
      if (value.string_param === undefined)
        throw invalid(where(name), 'it is no text', "it is Triton's ModelConfig as JSON", 'send a string_param');
      config = value.string_param;
    } else if (name.startsWith('file:')) {
      if (value.bytes_param === undefined)
        throw invalid(where(name), 'it has no bytes', 'it is a file of the model', 'send a bytes_param');
      files[name.slice('file:'.length)] = value.bytes_param;
    } else
      throw invalid(where(name), 'it is unknown', 'there are "config" and "file:<path>"', 'use these, or leave it out');
  }
  const sent = Object.keys(files).length > 0;
  await plane.load(model, { ...(config === undefined ? {} : { config }), ...(sent ? { files } : {}) });
}
