import type { ServeMetrics, ModelMetrics } from '../metrics.js';
import type { PayloadLog } from '../payload-log.js';
import { RequestError } from './errors.js';
import type { ModelTable } from './model-table.js';
import { unreadyReason } from './readiness.js';
import type { Signature, Tensor, TensorSpec } from './tensors.js';
import { chooseOutputs, readInputs, type RequestTensor } from './validation.js';

/** An inference request as any protocol hands it over. */
export interface InferRequest {
  readonly id: string | undefined;
  readonly inputs: readonly RequestTensor[];
  /** Names; undefined is all. */
  readonly outputs: readonly string[] | undefined;
  /** Refuses an output that the protocol could not send. @throws RequestError */
  checkOutput?(spec: TensorSpec, where: string): void;
}

export interface InferAnswer {
  readonly id: string | undefined;
  readonly model: string;
  readonly version: string;
  readonly outputs: readonly Tensor[];
}

/** What a protocol tells of a model. */
export interface ModelDescription {
  readonly name: string;
  readonly versions: readonly string[];
  readonly signature: Signature;
}

/** Limits of a data plane. */
export interface DataPlaneOptions {
  /** Requests that may wait or run at once. */
  readonly maxPending: number;
  readonly readyWhenEmpty: boolean;
}

/** What every protocol serves: health, descriptions and inference, with their metrics and the payload log. */
export class DataPlane {
  /** Set when the program is being stopped: it is not ready then, and still answers. */
  draining = false;
  private pending = 0;

  constructor(
    private readonly table: ModelTable,
    private readonly metrics: ServeMetrics,
    private readonly payloads: PayloadLog | undefined,
    private readonly options: DataPlaneOptions,
  ) {}

  /** Requests that wait or run. */
  get inFlight(): number {
    return this.pending;
  }

  /** Why no traffic should come; undefined when it may. */
  unready(): string | undefined {
    const { draining, table } = this;
    return unreadyReason({
      draining,
      listed: table.listed,
      models: table.entries,
      readyWhenEmpty: this.options.readyWhenEmpty,
    });
  }

  /** @throws RequestError `not-found`, or `unavailable` with the reason */
  checkReady(model: string, version?: string): void {
    this.table.ready(model, version);
  }

  /** @throws RequestError `not-found`, or `unavailable` with the reason */
  describe(model: string, version?: string): ModelDescription {
    const entry = this.table.ready(model, version);
    return { name: entry.name, versions: [entry.version], signature: entry.loaded.signature };
  }

  /**
   * @param read decodes the request; called when the model is known to be there
   * @param abandoned whether the client has gone
   * @throws RequestError
   */
  async infer(
    model: string,
    version: string | undefined,
    read: () => InferRequest,
    abandoned?: () => boolean,
  ): Promise<InferAnswer> {
    const entry = this.table.ready(model, version);
    const metrics = this.metrics.of(entry.name, entry.version);
    if (this.pending >= this.options.maxPending) {
      metrics.failed('REJECTED');
      throw overloaded(this.pending);
    }
    this.pending++;
    metrics.pending++;
    try {
      return await this.answer(entry, metrics, read, abandoned);
    } catch (error) {
      const failure = asRequestError(error, model);
      metrics.failed(reasons[failure.kind] ?? 'OTHER');
      throw failure;
    } finally {
      this.pending--;
      metrics.pending--;
    }
  }

  private async answer(
    entry: ReturnType<ModelTable['ready']>,
    metrics: ModelMetrics,
    read: () => InferRequest,
    abandoned: (() => boolean) | undefined,
  ): Promise<InferAnswer> {
    const begin = performance.now();
    const { signature } = entry.loaded;
    const request = read();
    const inputs = readInputs(entry.name, signature, request.inputs);
    const specs = chooseOutputs(entry.name, signature, request.outputs);
    if (request.checkOutput !== undefined)
      for (const spec of specs) request.checkOutput(spec, `model "${entry.name}", output "${spec.name}"`);

    const logged = this.payloads?.wants() === true;
    const started = performance.now();
    const { outputs, nanoseconds } = await entry.loaded.run(
      inputs,
      specs.map(({ name }) => name),
      abandoned === undefined ? { keepInputs: logged } : { keepInputs: logged, abandoned },
    );
    const ended = performance.now();
    metrics.succeeded({
      rows: rowsOf(signature, inputs),
      requestMs: ended - begin,
      queueMs: Math.max(0, ended - started - nanoseconds / 1e6),
      computeMs: nanoseconds / 1e6,
    });
    if (logged) this.payloads?.record(entry.name, entry.version, inputs, outputs);
    return { id: request.id, model: entry.name, version: entry.version, outputs };
  }
}

/** Rows of a request: the common first length where the model leaves it open, otherwise one. */
function rowsOf({ inputs: specs }: Signature, inputs: readonly Tensor[]): number {
  return specs.length > 0 && specs.every(({ shape }) => shape[0] === -1) ? (inputs[0]?.shape[0] ?? 1) : 1;
}

const reasons: Partial<Record<RequestError['kind'], 'INVALID' | 'CANCELED' | 'REJECTED' | 'BACKEND'>> = {
  invalid: 'INVALID',
  unsupported: 'INVALID',
  canceled: 'CANCELED',
  rejected: 'REJECTED',
  backend: 'BACKEND',
  unavailable: 'BACKEND',
};

function asRequestError(error: unknown, model: string): RequestError {
  if (error instanceof RequestError) return error;
  return new RequestError(
    'backend',
    {
      code: 'model-failed',
      what: 'the model failed while it ran',
      where: `model "${model}"`,
      why: (error as Error).message.replace(/[\s.]+$/, ''),
      cure: 'check the values that were sent against what the model was trained on',
    },
    { cause: error },
  );
}

function overloaded(pending: number): RequestError {
  return new RequestError('rejected', {
    code: 'overloaded',
    what: 'the request is refused',
    where: 'model server',
    why: `${pending} requests wait or run already`,
    cure: 'send it again a little later, or raise --max-pending',
  });
}
