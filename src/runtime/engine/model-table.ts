import { setTimeout as pause } from 'node:timers/promises';
import { PlinthError, sentence, type Finding } from '@plinth/contract';
import type { Logger } from '../program.js';
import { RequestError } from './errors.js';
import { LoadedModel } from './lanes.js';
import type { ModelState } from './readiness.js';
import type { FoundModel, Repository } from './repository.js';
import type { WorkerPool } from './worker-pool.js';

/** A model of the repository and how far it has come. */
export interface ModelEntry {
  readonly name: string;
  readonly version: string;
  state: ModelState;
  /** Whether the first attempt to load it has ended. */
  settled: boolean;
  /** Why it is UNAVAILABLE. */
  failure?: Finding;
  loaded?: LoadedModel;
}

interface Row extends ModelEntry {
  readonly digest: string;
  /** Whether it failed for a reason that may pass without its files changing. */
  transient: boolean;
}

/** Told of every model that has become READY or has failed. */
export type ModelListener = (entry: ModelEntry) => void;

/**
 * The models of a repository. Looks for models until every one that the repository holds is loaded, an empty repository
 * included; a model that failed is tried again when its files change, or when the repository could not be read.
 */
export class ModelTable {
  private readonly rows = new Map<string, Row>();
  private wasListed = false;

  constructor(
    private readonly repository: Repository,
    private readonly pool: WorkerPool,
    private readonly logger: Logger,
    private readonly onChange: ModelListener = () => undefined,
  ) {}

  /** Whether the repository has been listed. */
  get listed(): boolean {
    return this.wasListed;
  }

  get entries(): readonly ModelEntry[] {
    return [...this.rows.values()];
  }

  /** Looks and loads until all is loaded or the signal aborts; a look that fails is logged and repeated. */
  async fill(pollSeconds: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.look();
        if (this.rows.size > 0 && this.entries.every((entry) => entry.state === 'READY')) return;
      } catch (error) {
        this.logger.error(
          { code: error instanceof PlinthError ? error.finding.code : undefined },
          (error as Error).message,
        );
      }
      await pause(pollSeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Lists the repository once and loads what is new. */
  async look(): Promise<void> {
    const models = await this.repository.list();
    const names = new Set(models.map(({ name }) => name));
    for (const row of this.rows.values())
      if (row.state === 'UNAVAILABLE' && !names.has(row.name)) this.rows.delete(row.name);
    const news = models.filter((model) => this.wanted(model));
    for (const model of news) this.announce(model);
    this.wasListed = true;
    await Promise.all(news.map((model) => this.load(model)));
  }

  private wanted({ name, digest }: FoundModel): boolean {
    const row = this.rows.get(name);
    return row === undefined || (row.state === 'UNAVAILABLE' && (row.transient || row.digest !== digest));
  }

  private announce({ name, newest, digest, configured }: FoundModel): void {
    const settled = this.rows.get(name)?.settled ?? false;
    this.rows.set(name, { name, version: newest?.version ?? '', state: 'LOADING', settled, digest, transient: false });
    if (configured)
      this.logger.info(
        { model: name },
        `model "${name}": its config.pbtxt is not read; names, types and shapes come from the ONNX file`,
      );
  }

  private async load(model: FoundModel): Promise<void> {
    const row = this.rows.get(model.name) as Row;
    const begin = performance.now();
    try {
      const path = await this.repository.fetch(model);
      row.loaded = await LoadedModel.open(path, this.pool);
      row.state = 'READY';
      const ms = Math.round(performance.now() - begin);
      this.logger.info({ model: row.name, version: row.version, ms }, 'model loaded');
    } catch (error) {
      row.state = 'UNAVAILABLE';
      row.failure =
        error instanceof PlinthError ? error.finding : refusedByEngine(row, model, (error as Error).message);
      row.transient = error instanceof PlinthError && error.finding.code !== 'model-file-missing';
      this.logger.error({ model: row.name, version: row.version }, sentence(row.failure));
    }
    row.settled = true;
    this.onChange(row);
  }

  /**
   * A model that can answer.
   * @param version by default the newest
   * @throws RequestError `not-found` or `unavailable`
   */
  ready(name: string, version?: string): ModelEntry & { readonly loaded: LoadedModel } {
    const entry = this.find(name, version);
    if (entry.state === 'READY' && entry.loaded !== undefined)
      return entry as ModelEntry & { readonly loaded: LoadedModel };
    const loading: Finding = {
      code: 'model-loading',
      what: 'it cannot answer yet',
      where: `model "${name}"`,
      why: 'it is being loaded',
      cure: 'try again shortly',
    };
    throw new RequestError('unavailable', entry.failure ?? loading);
  }

  /** @throws RequestError `not-found` */
  find(name: string, version?: string): ModelEntry {
    const entry = this.rows.get(name);
    if (entry === undefined) {
      const known = [...this.rows.keys()].sort();
      throw new RequestError('not-found', {
        code: 'unknown-model',
        what: `there is no model "${name}"`,
        where: 'model repository',
        why: known.length === 0 ? 'it holds none yet' : `it holds ${known.map((each) => `"${each}"`).join(', ')}`,
        cure: known.length === 0 ? 'store the model there' : 'use one of these names',
      });
    }
    if (version !== undefined && version !== entry.version)
      throw new RequestError('not-found', {
        code: 'unknown-version',
        what: `version ${version} is not served`,
        where: `model "${name}"`,
        why: `the newest version is served, and that is ${entry.version === '' ? 'none' : entry.version}`,
        cure: 'leave the version out, or name that one',
      });
    return entry;
  }
}

function refusedByEngine({ name, version }: ModelEntry, model: FoundModel, message: string): Finding {
  return {
    code: 'model-refused',
    what: 'the model cannot be loaded',
    where: `model "${name}", version ${version} (${model.newest?.file ?? 'no file'})`,
    // The engine's sentence begins with the path on this machine, which is no client's business.
    why: message.replace(/^Load model from .* failed:\s*/, '').replace(/[\s.]+$/, ''),
    cure: 'export it to ONNX again and store it under a new version',
  };
}
