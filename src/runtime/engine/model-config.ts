import { nearest, PlinthError } from '@plinth/contract';
import type { Message, Type } from 'protobufjs';
import textformat from 'protobufjs/ext/textformat.js';
import { type } from '../proto/load.js';
import type { Datatype, Signature, TensorSpec } from './tensors.js';

interface Reshape {
  readonly shape: readonly number[];
}
export interface ConfigInput {
  readonly name: string;
  readonly data_type: string;
  readonly dims: readonly number[];
  readonly reshape?: Reshape;
  readonly is_shape_tensor: boolean;
  readonly allow_ragged_batch: boolean;
  readonly optional: boolean;
}
export interface ConfigOutput {
  readonly name: string;
  readonly data_type: string;
  readonly dims: readonly number[];
  readonly reshape?: Reshape;
  readonly label_filename: string;
}
/** What becomes of a request that waited too long. */
export interface QueuePolicy {
  readonly timeout_action: 'REJECT' | 'DELAY';
  readonly default_timeout_microseconds: number;
  readonly allow_timeout_override: boolean;
  /** 0 is no limit of its own. */
  readonly max_queue_size: number;
}
export interface DynamicBatching {
  readonly preferred_batch_size: readonly number[];
  readonly max_queue_delay_microseconds: number;
  readonly preserve_ordering: boolean;
  /** 0 is one level. */
  readonly priority_levels: number;
  readonly default_priority_level: number;
  readonly default_queue_policy?: QueuePolicy;
  readonly priority_queue_policy: Readonly<Record<string, QueuePolicy>>;
}
export interface EnsembleStep {
  readonly model_name: string;
  /** -1 is the newest. */
  readonly model_version: number;
  /** The step's input by the ensemble's tensor. */
  readonly input_map: Readonly<Record<string, string>>;
  readonly output_map: Readonly<Record<string, string>>;
}
export interface WarmUp {
  readonly name: string;
  readonly batch_size: number;
  readonly inputs: Readonly<
    Record<
      string,
      {
        readonly data_type: string;
        readonly dims: readonly number[];
        readonly zero_data?: boolean;
        readonly random_data?: boolean;
        readonly input_data_file?: string;
      }
    >
  >;
  readonly count: number;
}
/** The part of Triton's model configuration that says something about ONNX models on CPUs, in its own names. */
export interface ModelConfig {
  readonly name: string;
  readonly platform: string;
  readonly backend: string;
  readonly version_policy?: {
    readonly latest?: { readonly num_versions: number };
    readonly all?: object;
    readonly specific?: { readonly versions: readonly number[] };
  };
  /** 0: shapes are given whole; otherwise every shape has the rows in front, up to this many. */
  readonly max_batch_size: number;
  readonly input: readonly ConfigInput[];
  readonly output: readonly ConfigOutput[];
  readonly instance_group: readonly { readonly kind: string; readonly count: number }[];
  readonly default_model_filename: string;
  readonly dynamic_batching?: DynamicBatching;
  readonly sequence_batching?: object;
  readonly parameters: Readonly<Record<string, { readonly string_value: string }>>;
  readonly ensemble_scheduling?: { readonly step: readonly EnsembleStep[] };
  readonly model_warmup: readonly WarmUp[];
  readonly model_transaction_policy?: { readonly decoupled: boolean };
  readonly response_cache?: { readonly enable: boolean };
}

/** What is wrong with a model's configuration. */
export const configProblem = (where: string, what: string, why: string, cure: string): PlinthError =>
  new PlinthError({ code: 'config-refused', what, where, why, cure });

/** A configuration file as it is: what it omits has protobuf's defaults. @throws PlinthError `config-refused` */
export function parseConfig(model: string, text: string): ModelConfig {
  return parsed(model, {
    where: `${model}/config.pbtxt`,
    read: (message) => textformat.fromText(message, text),
    cure: "correct it (text form of Triton's ModelConfig), or remove it: names, types and shapes are then read from the ONNX file",
  });
}

/** The same from JSON, as the load request of the protocol brings it. @throws PlinthError `config-refused` */
export function parseConfigJson(model: string, text: string): ModelConfig {
  return parsed(model, {
    where: `model "${model}", parameter "config"`,
    read: (message) => message.fromObject(JSON.parse(text) as Record<string, unknown>),
    cure: "send Triton's ModelConfig as JSON",
  });
}

interface Source {
  readonly where: string;
  read(message: Type): Message;
  /** What to do where it cannot be read. */
  readonly cure: string;
}

function parsed(model: string, { where, read, cure }: Source): ModelConfig {
  const message = type('ModelConfig');
  try {
    return checked(where, model, plain(message.toObject(read(message), toPlain) as ModelConfig));
  } catch (error) {
    if (error instanceof PlinthError) throw error;
    const why = (error as Error).message.replace(/[\s.]+$/, '');
    throw configProblem(where, 'the configuration cannot be read', why, cure);
  }
}

/** The configuration of a model that brings none. */
export function emptyConfig(model: string): ModelConfig {
  return parseConfig(model, '');
}

const toPlain = { defaults: true, arrays: true, objects: true, enums: String, longs: Number, oneofs: false } as const;

/** protobufjs fills messages that are not there with null, which the JSON form leaves out. */
function plain<T>(value: T): T {
  if (Array.isArray(value)) return value.map((each: unknown) => plain(each)) as T;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(([key, each]) => [key, plain(each as unknown)]),
  ) as T;
}

function checked(where: string, model: string, given: ModelConfig): ModelConfig {
  const config = { ...given, name: given.name === '' ? model : given.name };
  if (config.name !== model)
    throw configProblem(
      where,
      `its name is "${config.name}"`,
      `the folder is "${model}"`,
      'make both the same, or leave the name out',
    );
  const ensemble = config.platform === 'ensemble' || config.ensemble_scheduling !== undefined;
  const engine = config.backend === '' ? config.platform : config.backend;
  if (!ensemble && !['', 'onnxruntime', 'onnxruntime_onnx'].includes(engine))
    throw configProblem(
      where,
      `it wants the backend "${engine}"`,
      'this server computes ONNX models',
      'export the model to ONNX, or serve it with Triton',
    );
  if (config.sequence_batching !== undefined)
    throw configProblem(
      where,
      'it wants sequence_batching',
      'this server keeps no state between requests',
      'remove it',
    );
  if (config.model_transaction_policy?.decoupled === true)
    throw configProblem(
      where,
      'it wants a decoupled model',
      'an ONNX model answers each request once',
      'remove model_transaction_policy',
    );
  if (config.instance_group.some(({ kind }) => kind === 'KIND_GPU'))
    throw configProblem(
      where,
      'it wants GPUs',
      'this server computes on CPUs',
      'use KIND_CPU, or serve it with Triton',
    );
  for (const input of config.input)
    if (input.is_shape_tensor || input.allow_ragged_batch || input.optional)
      throw configProblem(
        where,
        `input "${input.name}" is optional, ragged or a shape tensor`,
        'the engine reads every input, and each of one shape',
        'remove that setting',
      );
  if (config.dynamic_batching !== undefined && config.max_batch_size < 1)
    throw configProblem(
      where,
      'it has dynamic_batching without max_batch_size',
      'requests are put together along the rows',
      'say max_batch_size',
    );
  for (const size of config.dynamic_batching?.preferred_batch_size ?? [])
    if (size > config.max_batch_size || size < 1)
      throw configProblem(
        where,
        `preferred_batch_size ${size} cannot be reached`,
        `max_batch_size is ${config.max_batch_size}`,
        'correct one of them',
      );
  return config;
}

/** Protobuf's names of data types, by the protocol's. */
export function configType(datatype: Datatype): string {
  return datatype === 'BYTES' ? 'TYPE_STRING' : `TYPE_${datatype}`;
}
/** `BYTES` of `TYPE_STRING`. */
export const datatypeOf = (name: string): string => (name === 'TYPE_STRING' ? 'BYTES' : name.replace('TYPE_', ''));

const shown = (shape: readonly number[]): string => `[${shape.join(',')}]`;

/** A model's tensors as requests meet them, and as the engine does where the configuration reshapes them. */
export interface ServedSignature extends Signature {
  /** The engine's shape, with -1 for rows in front, by tensor; only where it is another one. */
  readonly reshape: ReadonlyMap<string, readonly number[]>;
}

/**
 * The configuration with what it omits read from the model, and the tensors that it describes.
 * @param model what the ONNX file says
 * @throws PlinthError `config-refused` where configuration and model contradict each other
 */
export function completeConfig(
  config: ModelConfig,
  model: Signature,
): { readonly config: ModelConfig; readonly signature: ServedSignature } {
  const where = `${config.name}/config.pbtxt`;
  const batched = config.max_batch_size > 0;
  const reshape = new Map<string, readonly number[]>();
  const read = (kind: 'input' | 'output', specs: readonly TensorSpec[]): TensorSpec[] => {
    const given: readonly (ConfigInput | ConfigOutput)[] = config[kind];
    if (given.length === 0) {
      if (batched)
        for (const { name, shape } of specs)
          if (shape[0] !== -1) throw noRows(where, `${kind} "${name}"`, shape, config.max_batch_size);
      return [...specs];
    }
    return given.map((one) => {
      const label = `${kind} "${one.name}"`;
      const spec = specs.find(({ name }) => name === one.name);
      if (spec === undefined) {
        const names = specs.map(({ name }) => name);
        const near = nearest(one.name, names);
        throw configProblem(
          where,
          `it has ${label}`,
          `the model's are ${names.map((name) => `"${name}"`).join(', ')}`,
          near === undefined ? 'use these names' : `did you mean "${near}"`,
        );
      }
      if (one.data_type !== 'TYPE_INVALID' && datatypeOf(one.data_type) !== spec.datatype)
        throw configProblem(
          where,
          `${label} is ${one.data_type}`,
          `the model's is ${spec.datatype}`,
          `say ${configType(spec.datatype)}`,
        );
      if (batched && spec.shape[0] !== -1) throw noRows(where, label, spec.shape, config.max_batch_size);
      const rows = batched ? [-1] : [];
      const engine = [...rows, ...(one.reshape?.shape ?? one.dims)];
      if (
        engine.length !== spec.shape.length ||
        engine.some((length, axis) => spec.shape[axis] !== -1 && spec.shape[axis] !== length)
      )
        throw configProblem(
          where,
          `${label} has dims ${shown(one.reshape?.shape ?? one.dims)}${batched ? ' after the rows' : ''}`,
          `the model's shape is ${shown(spec.shape)}`,
          `say dims: ${shown(batched ? spec.shape.slice(1) : spec.shape)}`,
        );
      if (one.reshape !== undefined) reshape.set(one.name, engine);
      return { ...spec, shape: [...rows, ...one.dims] };
    });
  };
  const inputs = read('input', model.inputs);
  const outputs = read('output', model.outputs);
  const missing = model.inputs.find(({ name }) => !inputs.some((input) => input.name === name));
  if (missing !== undefined)
    throw configProblem(
      where,
      `it does not list input "${missing.name}"`,
      'the model reads it',
      'list all inputs, or none: they are then read from the ONNX file',
    );
  const dims = ({ shape }: TensorSpec): readonly number[] => (batched ? shape.slice(1) : shape);
  const complete: ModelConfig = {
    ...config,
    platform: 'onnxruntime_onnx',
    backend: 'onnxruntime',
    version_policy: config.version_policy ?? { latest: { num_versions: 1 } },
    default_model_filename: config.default_model_filename === '' ? 'model.onnx' : config.default_model_filename,
    input: inputs.map((spec) => ({
      is_shape_tensor: false,
      allow_ragged_batch: false,
      optional: false,
      ...config.input.find(({ name }) => name === spec.name),
      name: spec.name,
      data_type: configType(spec.datatype),
      dims: dims(spec),
    })),
    output: outputs.map((spec) => ({
      label_filename: '',
      ...config.output.find(({ name }) => name === spec.name),
      name: spec.name,
      data_type: configType(spec.datatype),
      dims: dims(spec),
    })),
  };
  return { config: complete, signature: { inputs, outputs, reshape } };
}

function noRows(where: string, label: string, shape: readonly number[], rows: number): PlinthError {
  return configProblem(
    where,
    `max_batch_size is ${rows}, but ${label} has no rows`,
    `its shape is ${shown(shape)}, whose first length is fixed`,
    'export the model with a dynamic first axis, or say max_batch_size: 0',
  );
}

/** The versions that a policy serves, newest first; Triton's default is the newest. */
export function wantedVersions(policy: ModelConfig['version_policy'], found: readonly string[]): readonly string[] {
  if (policy?.all !== undefined) return found;
  if (policy?.specific !== undefined) {
    const wanted = policy.specific.versions.map(String);
    return found.filter((version) => wanted.includes(version));
  }
  return found.slice(0, Math.max(1, policy?.latest?.num_versions ?? 1));
}

/** A parameter of the configuration that is a switch. */
export const isOn = (config: ModelConfig, parameter: string): boolean =>
  config.parameters[parameter]?.string_value.toLowerCase() === 'true';

/** Runs at once that the configuration asks for; 0 where it says nothing. */
export const instances = (config: ModelConfig): number =>
  config.instance_group.reduce((sum, { count }) => sum + Math.max(1, count), 0);
