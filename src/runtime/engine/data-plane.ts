import { PlinthError } from '@plinth/contract';
import type { ModelMetrics, ServeMetrics } from '../metrics.js';
import type { PayloadLog } from '../payload-log.js';
import { classify } from './classification.js';
import { asRequestError, late, overloaded, reasons, RequestError } from './errors.js';
import type {
  IndexEntry,
  InferAnswer,
  InferCall,
  InferRequest,
  ModelDescription,
  ModelStatistics,
} from './inference.js';
import type { ModelConfig } from './model-config.js';
import type { ModelEntry, ReadyEntry } from './model-rows.js';
import type { ModelTable } from './model-table.js';
import type { Overrides } from './overrides.js';
import { readPriority, readTimeout } from './parameters.js';
import { unreadyReason } from './readiness.js';
import type { ChosenRoute, Traffic } from './routing.js';
import type { ServedOptions, ServedResult } from './served-model.js';
import { checkRows, chooseOutputs, readInputs, rowsOf } from './validation.js';
import type { Tensor } from './tensors.js';
import type { RequestWatch, RequestWatcher } from './watching.js';

/** Limits of a data plane. */
export interface DataPlaneOptions {
  readonly version: string;
  /** Requests that may wait or run at once. */
  readonly maxPending: number;
  readonly readyWhenEmpty: boolean;
}

/** What every protocol serves: health, descriptions, model control and inference, with their metrics and the payload log. */
export class DataPlane {
  /** Set when the program is being stopped: it is not ready then, and still answers. */
  draining = false;
  /** Chooses versions; without it the newest answers. */
  traffic: Traffic | undefined;
  /** Follows requests, for logs and traces. */
  watcher: RequestWatcher | undefined;
  private pending = 0;

  constructor(
    readonly table: ModelTable,
    private readonly metrics: ServeMetrics,
    private readonly payloads: PayloadLog | undefined,
    private readonly options: DataPlaneOptions,
  ) {}

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

  /** Who this is, and which extensions of the protocol it has. */
  metadata(): { readonly name: string; readonly version: string; readonly extensions: readonly string[] } {
    return { name: 'plinth', version: this.options.version, extensions };
  }

  /** The model's name and version that a reference means, aliases followed. */
  private resolve(model: string, version: string | undefined): { name: string; version: string | undefined } {
    const { name, alias } = parts(model);
    return { name, version: version ?? this.traffic?.at(name, alias) };
  }

  /** @throws RequestError `not-found`, or `unavailable` with the reason */
  checkReady(model: string, version?: string): void {
    const at = this.resolve(model, version);
    const entry = this.table.find(at.name, at.version);
    if (!entry.aside) this.table.ready(at.name, at.version);
  }

  /** @throws RequestError `not-found`, or `unavailable` with the reason */
  describe(model: string, version?: string): ModelDescription {
    const at = this.resolve(model, version);
    const { name, served } = this.table.ready(at.name, at.version);
    const { platform } = served.config;
    return {
      name,
      versions: version === undefined ? this.table.versions(name) : [version],
      platform,
      signature: served.signature,
    };
  }

  /** Triton's ModelConfig as plain JSON, what was omitted filled in. @throws RequestError as `describe` */
  config(model: string, version?: string): ModelConfig {
    const at = this.resolve(model, version);
    return this.table.ready(at.name, at.version).served.config;
  }

  /** Of every version that is loaded, or of one model or version. @throws RequestError as `describe` */
  statistics(model?: string, version?: string): ModelStatistics[] {
    if (model === undefined) return this.reports(() => true);
    // Who names no alias wants all versions.
    const at = model.includes('@') ? this.resolve(model, version) : { name: model, version };
    this.table.ready(at.name, at.version);
    return this.reports(
      (entry) => entry.name === at.name && (at.version === undefined || entry.version === at.version),
    );
  }

  private reports(wanted: (entry: ModelEntry) => boolean): ModelStatistics[] {
    return this.table.entries.flatMap((entry) =>
      entry.served === undefined || !wanted(entry)
        ? []
        : [entry.served.statistics.report(entry.name, entry.version, entry.served.bytes)],
    );
  }

  /** Every model and version of the repository. */
  index(readyOnly: boolean): IndexEntry[] {
    return this.table.index(readyOnly);
  }

  /**
   * @throws RequestError `not-found`, `invalid` for overrides that are none, `unavailable` where the model cannot be loaded or
   *   models are not loaded on request
   */
  async load(model: string, overrides: Overrides = {}): Promise<void> {
    try {
      await this.table.load(model, overrides);
    } catch (error) {
      if (!(error instanceof PlinthError) || error instanceof RequestError) throw error;
      // What the client sent is its mistake, and what lies in the repository is not.
      const { config, files } = overrides;
      const sent = (config !== undefined || files !== undefined) && error.finding.code !== 'scratch-unwritable';
      throw new RequestError(sent ? 'invalid' : 'unavailable', error.finding, { cause: error });
    }
  }

  /** @throws RequestError `unavailable` where models are not unloaded on request */
  unload(model: string, options: { dependents?: boolean } = {}): Promise<void> {
    return this.table.unload(model, options);
  }

  /** Versions of a model by label or alias. */
  labels(model: string): Readonly<Record<string, string>> {
    return this.traffic?.labels(model) ?? {};
  }

  /**
   * @param model with its alias, if any: `fraud@champion`
   * @param read decodes the request; called when the model is known to be there
   * @throws RequestError
   */
  async infer(
    model: string,
    version: string | undefined,
    read: () => InferRequest,
    call: InferCall = noCall,
  ): Promise<InferAnswer> {
    const watch = this.watcher?.begin(model, call);
    if (watch === undefined) return this.send(model, version, read, call, watch);
    try {
      return await this.send(model, version, read, call, watch);
    } catch (error) {
      watch.failed(asRequestError(error, model), version);
      throw error;
    }
  }

  private async send(
    model: string,
    version: string | undefined,
    read: () => InferRequest,
    call: InferCall,
    watch: RequestWatch | undefined,
  ): Promise<InferAnswer> {
    const { name, alias } = parts(model);
    const route = version === undefined ? this.traffic?.route(name, alias, call.sticky) : undefined;
    const wanted = alias !== undefined && this.traffic === undefined ? model : name;
    const found = this.table.acquire(wanted, version ?? route?.version);
    const entry = found instanceof Promise ? await found : found;
    const metrics = this.metrics.of(entry.name, entry.version);
    if (this.pending >= this.options.maxPending) {
      metrics.failed('REJECTED');
      throw overloaded(this.pending);
    }
    this.pending++;
    metrics.pending++;
    try {
      return await this.answer(entry, metrics, read, call, route, watch);
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
    entry: ReadyEntry,
    metrics: ModelMetrics,
    read: () => InferRequest,
    call: InferCall,
    route: ChosenRoute | undefined,
    watch: RequestWatch | undefined,
  ): Promise<InferAnswer> {
    const begin = performance.now();
    if (call.deadline !== undefined && call.deadline <= begin) throw late(entry.name);
    const { served, name } = entry;
    const { signature, config } = served;
    const request = read();
    const inputs = readInputs(name, signature, request.inputs);
    const specs = chooseOutputs(
      name,
      signature,
      request.outputs?.map((output) => output.name),
    );
    if (request.checkOutput !== undefined)
      for (const spec of specs) request.checkOutput(spec, `model "${name}", output "${spec.name}"`);
    const rows = rowsOf(signature, inputs);
    if (config.max_batch_size > 0) checkRows(name, config.max_batch_size, inputs);

    const logged = this.payloads?.wants(inputs) === true;
    const observed = route !== undefined && this.traffic !== undefined;
    const keepInputs = logged || (observed && this.traffic?.keeps(route) === true);
    const priority = readPriority(request.parameters);
    const timeout = readTimeout(request.parameters);
    const started = performance.now();
    let result: ServedResult;
    try {
      result = await served.run(
        inputs,
        specs.map((spec) => spec.name),
        {
          keepInputs,
          rows,
          readMs: started - begin,
          ...(priority === undefined ? {} : { priority }),
          ...(timeout === undefined ? {} : { timeout }),
          ...(call.deadline === undefined ? {} : { deadline: call.deadline }),
          ...(call.abandoned === undefined ? {} : { abandoned: call.abandoned }),
        },
      );
    } catch (error) {
      if (observed)
        this.traffic?.observed({
          model: name,
          route,
          milliseconds: performance.now() - begin,
          cached: false,
          failed: error instanceof RequestError ? error.kind : 'backend',
          inputs,
          outputs: [],
        });
      throw error;
    }
    const ended = performance.now();
    metrics.succeeded({
      rows,
      requestMs: ended - begin,
      queueMs: result.queueMs,
      computeMs: result.inferMs,
    });
    watch?.answered({
      model: name,
      version: entry.version,
      id: request.id,
      rows,
      batchRows: result.batchRows ?? rows,
      readMs: started - begin,
      queueMs: result.queueMs,
      computeMs: result.inferMs,
      lane: result.lane,
      cached: result.cached,
    });
    if (logged) this.payloads?.record(name, entry.version, inputs, result.outputs, watch?.traceparent);
    if (observed)
      this.traffic?.observed({
        model: name,
        route,
        milliseconds: result.inferMs,
        cached: result.cached,
        failed: undefined,
        inputs: keepInputs ? inputs : [],
        outputs: result.outputs,
      });
    const outputs =
      request.outputs === undefined
        ? result.outputs
        : classified(request.outputs, result.outputs, served.labels.bind(served));
    return { id: request.id, model: name, version: entry.version, outputs };
  }

  /**
   * Runs one step of an ensemble, or a shadow copy: checked and counted as a request, but neither logged nor routed.
   * @throws RequestError
   */
  readonly runStep = async (
    model: string,
    version: string | undefined,
    given: readonly Tensor[],
    outputs: readonly string[],
    options: ServedOptions,
  ): Promise<ServedResult> => {
    const found = this.table.acquire(model, version ?? this.traffic?.at(model, undefined));
    const { served, name, version: own } = found instanceof Promise ? await found : found;
    const metrics = this.metrics.of(name, own);
    const begin = performance.now();
    try {
      const inputs = readInputs(
        name,
        served.signature,
        given.map(({ name: input, datatype, shape, data }) => ({ name: input, datatype, shape, values: () => data })),
      );
      if (served.config.max_batch_size > 0) checkRows(name, served.config.max_batch_size, inputs);
      const rows = rowsOf(served.signature, inputs);
      const result = await served.run(inputs, outputs, { ...options, rows });
      const requestMs = performance.now() - begin;
      metrics.succeeded({ rows, requestMs, queueMs: result.queueMs, computeMs: result.inferMs });
      return result;
    } catch (error) {
      const failure = asRequestError(error, name);
      metrics.failed(reasons[failure.kind] ?? 'OTHER');
      throw failure;
    }
  };
}

const noCall: InferCall = {};

/** https://github.com/triton-inference-server/server/tree/main/docs/protocol: the extensions that are served whole. */
const extensions = [
  'classification',
  'model_repository',
  'model_repository(unload_dependents)',
  'schedule_policy',
  'model_configuration',
  'binary_tensor_data',
  'parameters',
  'statistics',
  'trace',
  'logging',
] as const;

function classified(
  wanted: NonNullable<InferRequest['outputs']>,
  outputs: readonly Tensor[],
  labels: (output: string) => readonly string[] | undefined,
): readonly Tensor[] {
  if (!wanted.some(({ classification }) => classification !== undefined)) return outputs;
  return outputs.map((tensor) => {
    const count = wanted.find(({ name }) => name === tensor.name)?.classification;
    return count === undefined ? tensor : classify(tensor, count, labels(tensor.name));
  });
}

/** A reference to a model, with the alias that stands behind an "@". */
function parts(model: string): { readonly name: string; readonly alias: string | undefined } {
  const at = model.indexOf('@');
  return at < 0 ? { name: model, alias: undefined } : { name: model.slice(0, at), alias: model.slice(at + 1) };
}
