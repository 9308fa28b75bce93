import { setTimeout as pause } from 'node:timers/promises';
import { PlinthError, sentence, type Finding } from '@plinth/contract';
import type { Logger } from '../program.js';
import { RequestError } from './errors.js';
import { emptyConfig, parseConfig, parseConfigJson, wantedVersions, type ModelConfig } from './model-config.js';
import { loading, notControlled, noVersion, refusedByEngine, tooLarge, unknownModel } from './model-findings.js';
import { ModelRows, newest, type ModelEntry, type ReadyEntry, type Row } from './model-rows.js';
import { filesFrom, type Overrides } from './overrides.js';
import type { FoundModel, FoundVersion, ModelRepository } from './repository.js';
import type { ServedModel } from './served-model.js';
import { Turns } from './turns.js';

/** What a look found out about a model. */
interface Change {
  readonly model: FoundModel;
  readonly ensemble: boolean;
  /** undefined where it could not be read. */
  readonly config?: ModelConfig;
  readonly load: readonly FoundVersion[];
  /** Versions that are to serve. */
  readonly keep: readonly string[];
  readonly failed?: { readonly version: string; readonly error: unknown };
}

/** Told of every model version that has become READY or has stopped to be. */
export type ModelListener = (entry: ModelEntry) => void;
/** Opens a version. @throws PlinthError; Error with the engine's reason */
export type ModelOpener = (found: FoundModel, version: FoundVersion, config: ModelConfig) => Promise<ServedModel>;

export interface ModelTableOptions {
  /** `explicit`: only what is asked for by name is loaded. */
  readonly explicit: boolean;
  /** Bytes of model files that may be in memory at once; models beyond it are brought back when asked for. */
  readonly maxBytes?: number | undefined;
  /** Folder for files that a load request brings. */
  readonly scratch: string;
}

/**
 * The models of a repository and their versions. A version is loaded and warmed up beside the one that it replaces, and takes
 * its place only then; one that fails leaves everything as it was, and is tried again when its files change, or when they
 * could not be read. One broken model never stops the others.
 */
export class ModelTable extends ModelRows {
  /** Of the explicit mode: what was asked for. */
  private readonly asked = new Set<string>();
  private wasListed = false;
  /** Two changes of the same model must not meet. */
  private readonly turns = new Turns();

  constructor(
    private readonly repository: ModelRepository,
    private readonly open: ModelOpener,
    private readonly logger: Logger,
    private readonly options: ModelTableOptions,
    private readonly onChange: ModelListener = () => undefined,
  ) {
    super();
  }

  /** Whether the repository has been listed. */
  get listed(): boolean {
    return this.wasListed;
  }

  /**
   * Looks at the repository again and again until the signal aborts; a look that fails is logged and repeated.
   * @param once whether to stop when every model that it holds is loaded
   */
  async watch(everySeconds: number, signal: AbortSignal, { once = false } = {}): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.look();
        if (once && this.rows.size > 0 && this.entries.every(({ state }) => state === 'READY')) return;
      } catch (error) {
        this.logger.error(
          { code: error instanceof PlinthError ? error.finding.code : undefined },
          (error as Error).message,
        );
      }
      await pause(everySeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Lists the repository once, loads what is new or changed and retires what is gone. */
  look(): Promise<void> {
    return this.turns.take(async () => {
      const models = await this.repository.list();
      if (models.length === 0 && this.entries.some(({ state }) => state === 'READY') && !this.options.explicit) {
        this.logger.error('the model repository is empty all at once; what is loaded is served on');
        return;
      }
      this.found = new Map(models.map((model) => [model.name, model]));
      if (!this.options.explicit)
        for (const name of this.rows.keys()) if (!this.found.has(name)) await this.retire(name, []);
      const wanted = models.filter(({ name }) => !this.options.explicit || this.asked.has(name));
      const plain: Promise<void>[] = [];
      const changes = await Promise.all(wanted.map((model) => this.compare(model)));
      this.wasListed = true;
      // A budget is kept by loading one model after the other.
      for (const change of changes.sort((a, b) => Number(a.ensemble) - Number(b.ensemble))) {
        if (change.ensemble) await Promise.all(plain.splice(0));
        const loading = this.apply(change);
        if (this.options.maxBytes === undefined && !change.ensemble) plain.push(loading);
        else await loading;
      }
      await Promise.all(plain);
    });
  }

  /** What of a model is to be loaded; announces it. */
  private async compare(model: FoundModel, given?: ModelConfig): Promise<Change> {
    const versions = this.versionsOf(model.name);
    let config: ModelConfig;
    try {
      const text = given === undefined ? await model.read('config.pbtxt') : undefined;
      config = given ?? (text === undefined ? emptyConfig(model.name) : parseConfig(model.name, text.toString('utf8')));
    } catch (error) {
      // The versions that serve go on; without any, the model has one line that says why.
      const version = newest([...versions.values()])?.version ?? model.versions[0]?.version ?? '';
      return { model, ensemble: false, load: [], keep: [...versions.keys(), version], failed: { version, error } };
    }
    const ensemble = config.platform === 'ensemble';
    const found = ensemble && model.versions.length === 0 ? [ensembleVersion(model)] : model.versions;
    const there = found.map(({ version }) => version);
    const aliased = model.aliased?.filter((version) => there.includes(version)) ?? [];
    const wanted = [...new Set([...wantedVersions(config.version_policy, there), ...aliased])];
    const load = found.filter((one) => {
      if (!wanted.includes(one.version)) return false;
      const row = versions.get(one.version);
      return row === undefined || row.transient || row.tried !== digestOf(model, one);
    });
    for (const one of load) this.announce(model, one);
    if (wanted.length === 0) {
      const error = noVersion(this.repository.text, model.name);
      return { model, ensemble, load: [], keep: [''], failed: { version: '', error } };
    }
    return { model, ensemble, config, load, keep: wanted };
  }

  private announce(model: FoundModel, version: FoundVersion): void {
    const row = this.rowOf(model.name, version.version);
    if (row.served === undefined && !row.aside) row.state = 'LOADING';
    row.tried = digestOf(model, version);
    row.bytes = version.bytes;
    row.transient = false;
  }

  private async apply({ model, config, load, keep, failed }: Change): Promise<void> {
    if (failed !== undefined) this.fail(this.rowOf(model.name, failed.version), undefined, failed.error);
    if (config !== undefined) await Promise.all(load.map((version) => this.loadVersion(model, version, config)));
    const versions = this.versionsOf(model.name);
    const serving = keep.some((version) => versions.get(version)?.state === 'READY');
    // A new version that fails does not take the old one's place.
    if (serving || failed?.version === '') await this.retire(model.name, keep, serving);
  }

  private async loadVersion(model: FoundModel, version: FoundVersion, config: ModelConfig): Promise<void> {
    const row = this.rowOf(model.name, version.version);
    const begin = performance.now();
    const old = row.served;
    const reopen = (): Promise<ServedModel> => this.open(model, version, config);
    try {
      await this.makeRoom(version.bytes, row);
      row.served = await reopen();
    } catch (error) {
      this.fail(row, version, error);
      return;
    }
    Object.assign(row, {
      reopen,
      state: 'READY',
      failure: undefined,
      settled: true,
      aside: false,
      lastUsed: Date.now(),
    });
    const ms = Math.round(performance.now() - begin);
    this.logger.info(
      { model: row.name, version: row.version, ms },
      old === undefined ? 'model loaded' : 'model loaded anew',
    );
    this.onChange(row);
    if (old !== undefined) await this.end(row, old);
  }

  private async end(row: Row, served: ServedModel): Promise<void> {
    try {
      await served.retire();
    } catch (error) {
      this.logger.error({ model: row.name, version: row.version }, (error as Error).message);
    }
  }

  private fail(row: Row, version: FoundVersion | undefined, error: unknown): void {
    const finding =
      error instanceof PlinthError ? error.finding : refusedByEngine(row.name, row.version, (error as Error).message);
    const news = row.failure === undefined || sentence(row.failure) !== sentence(finding);
    row.failure = finding;
    row.transient = error instanceof PlinthError && !['model-file-missing', 'config-refused'].includes(finding.code);
    if (version === undefined) row.transient = false;
    row.settled = true;
    if (row.served === undefined) row.state = 'UNAVAILABLE';
    if (news) this.logger.error({ model: row.name, version: row.version }, sentence(finding));
    this.onChange(row);
  }

  /** Takes all versions but these out of service; what they still compute is answered. */
  private async retire(name: string, keep: readonly string[], remember = false): Promise<void> {
    const versions = this.rows.get(name);
    if (versions === undefined) return;
    for (const [version, row] of versions) {
      if (keep.includes(version)) continue;
      const { served } = row;
      row.state = 'UNLOADING';
      versions.delete(version);
      this.onChange({ ...row, state: 'UNAVAILABLE', served: undefined });
      if (served === undefined) continue;
      row.served = undefined;
      void this.end(row, served);
      this.logger.info({ model: name, version }, 'model unloaded');
    }
    if (versions.size === 0 && !remember) this.rows.delete(name);
  }

  /**
   * Loads a model, or loads it anew, whatever its files look like.
   * @throws RequestError `not-found`, `unavailable` in another mode; PlinthError with the reason why it cannot be loaded
   */
  load(name: string, { config, files }: Overrides = {}): Promise<void> {
    this.checkControl();
    return this.turns.take(async () => {
      const models = await this.repository.list();
      this.found = new Map(models.map((model) => [model.name, model]));
      const model = files === undefined ? this.found.get(name) : await filesFrom(name, files, this.options.scratch);
      if (model === undefined) throw new RequestError('not-found', unknownModel(name, [...this.found.keys()]));
      const given = config === undefined ? undefined : parseConfigJson(name, config);
      this.asked.add(name);
      this.wasListed = true;
      for (const row of this.versionsOf(name).values()) row.tried = '';
      const change = await this.compare(model, given);
      await this.apply(change);
      const rows = change.load.map(({ version }) => this.rowOf(name, version));
      const failure = change.failed?.error ?? rows.find((row) => row.failure !== undefined)?.failure;
      if (failure instanceof Error) throw failure;
      if (failure !== undefined) throw new PlinthError(failure as Finding);
    });
  }

  private checkControl(): void {
    if (!this.options.explicit) throw new RequestError('unavailable', notControlled);
  }

  /** Takes a model out of service, and with it, where asked for, those that only it needs. A model that is not there is no mistake. */
  unload(name: string, { dependents = false }: { dependents?: boolean } = {}): Promise<void> {
    this.checkControl();
    return this.turns.take(async () => {
      const needs = dependents ? [...this.versionsOf(name).values()].flatMap(({ served }) => served?.needs ?? []) : [];
      for (const each of [name, ...needs]) {
        this.asked.delete(each);
        await this.retire(each, []);
      }
    });
  }

  /**
   * A model that can answer; a promise only where it was put aside and has to be brought back.
   * @param version by default the newest that can answer
   * @throws RequestError `not-found` or `unavailable`
   */
  acquire(name: string, version?: string): ReadyEntry | Promise<ReadyEntry> {
    const row = this.find(name, version) as Row;
    row.lastUsed = Date.now();
    if (row.served !== undefined && row.state === 'READY') return row as ReadyEntry;
    if (row.aside) return this.bringBack(row);
    throw new RequestError('unavailable', row.failure ?? loading(name));
  }

  /** Puts models aside that were not used for longest, until there is room for so many bytes. */
  private async makeRoom(bytes: number, row: Row): Promise<void> {
    const { maxBytes } = this.options;
    if (maxBytes === undefined) return;
    if (bytes > maxBytes) throw tooLarge(row.name, row.version, bytes, maxBytes);
    const inMemory = [...this.rows.values()]
      .flatMap((versions) => [...versions.values()])
      .filter((other) => other !== row && other.served !== undefined)
      .sort((a, b) => a.lastUsed - b.lastUsed);
    let sum = inMemory.reduce((total, { served }) => total + (served?.bytes ?? 0), bytes);
    for (const other of inMemory) {
      if (sum <= maxBytes) return;
      const served = other.served as ServedModel;
      sum -= served.bytes;
      Object.assign(other, { served: undefined, aside: true, state: 'UNAVAILABLE' });
      this.logger.info({ model: other.name, version: other.version }, 'model put aside to make room');
      await this.end(other, served);
    }
  }

  private async bringBack(row: Row): Promise<ReadyEntry> {
    row.opening ??= this.turns
      .take(async () => {
        if (row.served !== undefined || row.reopen === undefined) return;
        try {
          await this.makeRoom(row.bytes, row);
          row.served = await row.reopen();
          Object.assign(row, { aside: false, state: 'READY', failure: undefined });
        } catch (error) {
          this.fail(row, undefined, error);
        }
      })
      .finally(() => (row.opening = undefined));
    await row.opening;
    if (row.served === undefined) throw new RequestError('unavailable', row.failure ?? loading(row.name));
    return row as ReadyEntry;
  }
}

const digestOf = (model: FoundModel, { digest }: FoundVersion): string => `${model.digest} ${digest}`;

/** An ensemble is a configuration only; its version has no files. */
const ensembleVersion = ({ digest }: FoundModel): FoundVersion => ({
  version: '1',
  digest,
  bytes: 0,
  fetch: () => Promise.resolve(''),
});
