import { PlinthError, serveConfig, type Finding, type ServeConfigInput } from '@plinth/contract';
import { RequestError } from './engine/errors.js';
import type { InferAnswer, ModelDescription, RequestedOutput } from './engine/inference.js';
import type { Tensor, TensorData } from './engine/tensors.js';
import { openEngine, type Engine } from './open-engine.js';
import { makeLogger } from './program.js';

/** What a predictor is opened with: the settings of the server that are not about its ports and callers. */
export type PredictorOptions = Pick<
  ServeConfigInput,
  'modelRepository' | 'scratch' | 'workers' | 'maxModelBytes' | 'cacheBytes' | 'pollSeconds' | 'maxPending' | 'logLevel'
>;

/** A request of a program to a model in its own process. */
export interface PredictRequest {
  readonly inputs: readonly Tensor[];
  /** By default all, with their values. */
  readonly outputs?: readonly (string | RequestedOutput)[];
  /** A number as text; by default the newest, or where the traffic of the model leads. */
  readonly version?: string;
  /** Requests of the same key meet the same arm of a canary. */
  readonly sticky?: string;
  /** Milliseconds after which nobody wants the answer. */
  readonly timeoutMs?: number;
}

/**
 * The server's engine as a library: the same models, lanes, batches and checks in the process of who asks, without a protocol.
 *
 *     const predictor = await Predictor.open({ modelRepository: './models' });
 *     const { outputs } = await predictor.infer('fraud', {
 *       inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 30], data: Float32Array.from(row) }],
 *     });
 *     await predictor.close();
 */
export class Predictor {
  private readonly stopping = new AbortController();
  private readonly watching: Promise<void>;

  private constructor(private readonly engine: Engine) {
    this.watching = engine.watch(this.stopping.signal);
  }

  /**
   * Opens the repository and loads its models.
   * @throws PlinthError where the repository cannot be read, or none of its models can be loaded
   */
  static async open(options: PredictorOptions): Promise<Predictor> {
    const config = serveConfig.parse({ logLevel: 'silent', ...options });
    const engine = await openEngine(config, makeLogger(config.logLevel, 'predictor'), undefined);
    try {
      await engine.table.look();
      const why = engine.plane.unready();
      if (why !== undefined) throw notReady(config.modelRepository, why, engine);
    } catch (error) {
      await engine.close();
      throw error;
    }
    return new Predictor(engine);
  }

  /** Names of the models that it has. */
  get models(): readonly string[] {
    return this.engine.table.names;
  }

  /** @throws RequestError `not-found`, or `unavailable` with the reason */
  describe(model: string, version?: string): ModelDescription {
    return this.engine.plane.describe(model, version);
  }

  /**
   * @param model with its alias, if any: `fraud@champion`
   * @throws RequestError for what the model cannot read, with the sentence that the server would answer
   */
  infer(model: string, { inputs, outputs, version, sticky, timeoutMs }: PredictRequest): Promise<InferAnswer> {
    return this.engine.plane.infer(
      model,
      version,
      () => ({
        id: undefined,
        inputs: inputs.map(({ name, datatype, shape, data }) => ({
          name,
          datatype,
          shape,
          values: (_type, count, where) => checked(data, count, where),
        })),
        outputs: outputs?.map((output) => (typeof output === 'string' ? { name: output } : output)),
      }),
      {
        ...(sticky === undefined ? {} : { sticky }),
        ...(timeoutMs === undefined ? {} : { deadline: performance.now() + timeoutMs }),
      },
    );
  }

  /** Ends its threads and gives the memory back; requests in flight are lost. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.watching;
    await this.engine.close();
  }
}

/** The caller's arrays as they are: those who call from the same process are not asked to convert, only to count. */
function checked(data: TensorData, count: number, where: string): TensorData {
  if (data.length === count) return Array.isArray(data) ? data : (data.slice() as TensorData);
  throw new RequestError('invalid', {
    code: 'invalid-request',
    what: `there are ${data.length} values`,
    where,
    why: `the shape holds ${count}`,
    cure: 'make shape and data agree',
  });
}

function notReady(repository: string, why: string, { table }: Engine): PlinthError {
  const failure = table.entries.find((entry) => entry.failure !== undefined)?.failure;
  const finding: Finding = failure ?? {
    code: 'predictor-empty',
    what: 'there is nothing to predict with',
    where: repository,
    why,
    cure: 'store a model there first',
  };
  return new PlinthError(finding);
}

export type { InferAnswer, ModelDescription, RequestedOutput, Tensor, TensorData };
