import { PlinthError, type Finding, type ReplayConfig } from '@plinth/contract';
import { openLocation } from './clients/location.js';
import { emptyConfig, parseConfig } from './engine/model-config.js';
import { openModel } from './engine/opener.js';
import type { FoundModel } from './engine/repository.js';
import type { ServedModel } from './engine/served-model.js';
import type { Tensor } from './engine/tensors.js';
import { readInputs, rowsOf } from './engine/validation.js';
import { WorkerPool } from './engine/worker-pool.js';
import { computeThreads } from './operation/quota.js';
import { makeLogger, type Logger } from './program.js';
import { ReplayEvents, type LoggedRequest, type SkippedLines } from './replay-events.js';
import { compareAnswers, type OutputAgreement } from './traffic/agreement.js';
import { openTraffic } from './traffic/open-traffic.js';

/** A row in which two answers disagree. */
export interface WorstRow {
  /** The logged request, its time, and which of its rows. */
  readonly event: string;
  readonly time: string;
  readonly row: number;
  /** Relative; null where only one of the two is a finite number. */
  readonly difference: number | null;
  /** Values of that row; integers beyond 2^53 as text. */
  readonly from: readonly unknown[];
  readonly against: readonly unknown[];
}

/** How a version agrees in one output. */
export interface OutputReport {
  readonly output: string;
  readonly kind: OutputAgreement['kind'];
  rows: number;
  agreeing: number;
  /** Share of rows that agree; 1 where there are none. */
  agreement: number;
  /** The largest relative difference of two numbers; null where only one of the two was finite. */
  largestDifference: number | null;
  worst: readonly WorstRow[];
}

/** How one version answered the logged requests. */
export interface VersionReport {
  readonly version: string;
  /** Requests that both could answer. */
  compared: number;
  /** Requests that it could not answer, with the reason of the first. */
  failed: { requests: number; first?: string };
  readonly outputs: OutputReport[];
}

export interface ReplayReport {
  readonly model: string;
  /** The version that was computed, or `log`. */
  readonly from: string;
  readonly events: number;
  readonly skipped: readonly SkippedLines[];
  /** Requests that `from` could not answer. */
  readonly unanswered: { requests: number; first?: string };
  readonly against: readonly VersionReport[];
}

/** Requests that are computed at once, for each worker thread. */
const ahead = 4;

/**
 * Computes the requests of a payload log again, and compares the answers.
 * @throws PlinthError where the log, the model or a version is not there
 */
export async function replay(
  config: ReplayConfig,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ReplayReport> {
  const logger = makeLogger(config.logLevel, 'replay');
  const workers = config.workers ?? computeThreads();
  const pool = new WorkerPool(workers, { onLoss: (error) => logger.error(`worker thread: ${error.message}`) });
  try {
    const versions = await openVersions(config, env, pool, logger);
    return await compareAll(config, versions, workers * ahead);
  } finally {
    await pool.close();
  }
}

interface Versions {
  readonly from: { readonly version: string; readonly model: ServedModel } | undefined;
  readonly against: readonly { readonly version: string; readonly model: ServedModel }[];
}

async function openVersions(
  config: ReplayConfig,
  env: Readonly<Record<string, string | undefined>>,
  pool: WorkerPool,
  logger: Logger,
): Promise<Versions> {
  const noStep = (): Promise<never> => Promise.reject(new PlinthError(noEnsemble(config.model)));
  const numbers = wantedOf(config).filter(isNumber);
  const { repository, traffic } = await openTraffic(config, env, logger, {
    ready: () => true,
    run: noStep,
    also: (model) => (model === config.model ? numbers : []),
  });
  const models = await repository.list();
  const found = models.find(({ name }) => name === config.model);
  if (found === undefined) throw missingModel(config, models);
  const text = await found.read('config.pbtxt');
  const modelConfig = text === undefined ? emptyConfig(found.name) : parseConfig(found.name, text.toString('utf8'));
  const opened = new Map<string, Promise<ServedModel>>();
  const open = async (wanted: string): Promise<{ version: string; model: ServedModel }> => {
    const version = isNumber(wanted) ? wanted : (traffic.at(found.name, wanted) as string);
    const one = found.versions.find((each) => each.version === version);
    if (one === undefined) throw missingVersion(config, version, found);
    let model = opened.get(version);
    if (model === undefined) {
      model = openModel(found, one, modelConfig, {
        pool,
        isolated: { start: () => pool, end: () => Promise.resolve() },
        cache: undefined,
        runStep: noStep,
        logger,
      });
      opened.set(version, model);
    }
    return { version, model: await model };
  };
  const from = config.from === undefined ? undefined : await open(config.from);
  const against = [];
  for (const each of config.against.split(',')) against.push(await open(each.trim()));
  return { from, against };
}

const isNumber = (version: string): boolean => /^\d+$/.test(version);

const wantedOf = ({ from, against }: ReplayConfig): string[] =>
  [...against.split(','), ...(from === undefined ? [] : [from])].map((each) => each.trim());

async function compareAll(config: ReplayConfig, { from, against }: Versions, atOnce: number): Promise<ReplayReport> {
  const log = new ReplayEvents(openLocation(config.log), config.model, config.maxEvents);
  const reports = against.map(({ version }): VersionReport => ({
    version,
    compared: 0,
    failed: { requests: 0 },
    outputs: [],
  }));
  const unanswered: ReplayReport['unanswered'] = { requests: 0 };
  let events = 0;
  const one = async (request: LoggedRequest): Promise<void> => {
    const base = from === undefined ? request.outputs : await answer(from.model, config.model, request, unanswered);
    if (base === undefined) return;
    await Promise.all(
      against.map(async ({ model }, at) => {
        const report = reports[at] as VersionReport;
        const own = await answer(model, config.model, request, report.failed);
        if (own === undefined) return;
        report.compared++;
        // The log has one value for NaN and both infinities.
        const comparable = from === undefined ? own.map(finite) : own;
        for (const found of compareAnswers(base, comparable, config.tolerance))
          include(report.outputs, found, request, base, comparable, config.worst);
      }),
    );
  };
  const running = new Set<Promise<void>>();
  for await (const request of log.read()) {
    events++;
    const task = one(request);
    running.add(task);
    void task.then(
      () => running.delete(task),
      () => undefined,
    );
    if (running.size >= atOnce) await Promise.race(running);
  }
  await Promise.all(running);
  return {
    model: config.model,
    from: from?.version ?? 'log',
    events,
    skipped: log.skipped,
    unanswered,
    against: reports,
  };
}

/** The answer of a version, or undefined, counted, where it has none. */
async function answer(
  model: ServedModel,
  name: string,
  request: LoggedRequest,
  failed: { requests: number; first?: string },
): Promise<readonly Tensor[] | undefined> {
  try {
    const given = request.inputs.map(({ data, ...input }) => ({ ...input, values: () => data }));
    const inputs = readInputs(name, model.signature, given);
    const known = request.outputs.map((output) => output.name);
    const outputs = known.filter((output) => model.signature.outputs.some((spec) => spec.name === output));
    const options = { keepInputs: true, rows: rowsOf(model.signature, inputs), readMs: 0 };
    return (await model.run(inputs, outputs, options)).outputs;
  } catch (error) {
    failed.requests++;
    failed.first ??= `event ${request.id}: ${(error as Error).message}`;
    return undefined;
  }
}

function include(
  reports: OutputReport[],
  found: OutputAgreement,
  { id, time }: LoggedRequest,
  base: readonly Tensor[],
  own: readonly Tensor[],
  worst: number,
): void {
  const { output, kind, rows, disagreeing, largestDifference } = found;
  let report = reports.find((each) => each.output === output && each.kind === kind);
  if (report === undefined) {
    report = { output, kind, rows: 0, agreeing: 0, agreement: 1, largestDifference: 0, worst: [] };
    reports.push(report);
  }
  report.rows += rows;
  report.agreeing += rows - disagreeing.length;
  report.agreement = report.rows === 0 ? 1 : report.agreeing / report.rows;
  report.largestDifference =
    rank(report.largestDifference) >= largestDifference ? report.largestDifference : orNull(largestDifference);
  if (disagreeing.length === 0 || worst === 0) return;
  const [left, right] = [base, own].map((tensors) => tensors.find(({ name }) => name === output));
  const candidates = disagreeing.map(({ row, difference }) => ({
    event: id,
    time,
    row,
    difference: orNull(difference),
    from: rowOf(left, row, kind),
    against: rowOf(right, row, kind),
  }));
  report.worst = [...report.worst, ...candidates]
    .sort((a, b) => rank(b.difference) - rank(a.difference) || a.time.localeCompare(b.time) || a.row - b.row)
    .slice(0, worst);
}

const orNull = (difference: number): number | null => (Number.isFinite(difference) ? difference : null);
const rank = (difference: number | null): number => difference ?? Number.MAX_VALUE;

/** The values of a row as JSON has them. */
function rowOf(tensor: Tensor | undefined, row: number, kind: OutputAgreement['kind']): unknown[] {
  if (tensor === undefined) return [];
  const width = kind === 'shape' ? tensor.data.length : tensor.data.length / (tensor.shape[0] ?? 1);
  const values: readonly (number | bigint | string)[] = Array.from(tensor.data as ArrayLike<number | bigint | string>);
  return values.slice(row * width, (row + 1) * width).map((value) => {
    if (typeof value !== 'bigint') return value;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  });
}

function finite(tensor: Tensor): Tensor {
  const { data } = tensor;
  if (!(data instanceof Float32Array || data instanceof Float64Array) || data.every(Number.isFinite)) return tensor;
  return { ...tensor, data: data.map((value) => (Number.isFinite(value) ? value : NaN)) };
}

function missingModel({ modelRepository, model }: ReplayConfig, models: readonly FoundModel[]): PlinthError {
  return new PlinthError({
    code: 'unknown-model',
    what: `there is no model "${model}"`,
    where: modelRepository,
    why: models.length === 0 ? 'it holds no model' : `it holds ${models.map(({ name }) => name).join(', ')}`,
    cure: 'name one of its models with --model',
  });
}

function missingVersion(
  { modelRepository }: ReplayConfig,
  version: string,
  { name, versions }: FoundModel,
): PlinthError {
  return new PlinthError({
    code: 'unknown-version',
    what: `there is no version ${version} of the model "${name}"`,
    where: modelRepository,
    why:
      versions.length === 0
        ? 'it holds no version of it'
        : `it holds ${versions.map((each) => each.version).join(', ')}`,
    cure: 'name one of these',
  });
}

function noEnsemble(model: string): Finding {
  return {
    code: 'ensemble-not-replayed',
    what: 'it cannot be computed again',
    where: `model "${model}"`,
    why: 'it is an ensemble, and its steps are other models',
    cure: 'replay the models that it is made of',
  };
}
