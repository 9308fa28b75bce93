import { sentence, type Finding } from '@plinth/contract';
import { RequestError } from './errors.js';
import type { IndexEntry, ModelState } from './inference.js';
import { loading, putAside, unknownModel, unknownVersion } from './model-findings.js';
import type { FoundModel } from './repository.js';
import type { ServedModel } from './served-model.js';

/** A model version and how far it has come. */
export interface ModelEntry {
  readonly name: string;
  readonly version: string;
  readonly state: ModelState;
  /** Whether the first attempt to load it has ended. */
  readonly settled: boolean;
  /** Why it is UNAVAILABLE, or why its newer files are not served. */
  readonly failure?: Finding | undefined;
  readonly served?: ServedModel | undefined;
  /** Whether it was put aside for want of memory: the next request brings it back. */
  readonly aside: boolean;
}
export type ReadyEntry = ModelEntry & { readonly served: ServedModel };

/** What the table knows of it beside. */
export interface Row extends ModelEntry {
  readonly name: string;
  readonly version: string;
  state: ModelState;
  settled: boolean;
  failure?: Finding | undefined;
  served?: ServedModel | undefined;
  aside: boolean;
  /** Of what was last tried to be loaded. */
  tried: string;
  /** Whether that failed for a reason that may pass without its files changing. */
  transient: boolean;
  /** How it is loaded again after it was put aside. */
  reopen?: (() => Promise<ServedModel>) | undefined;
  opening?: Promise<void> | undefined;
  lastUsed: number;
  /** Of its files. */
  bytes: number;
}

/** Models and their versions, for those who look; who changes them is the table. */
export abstract class ModelRows {
  protected readonly rows = new Map<string, Map<string, Row>>();
  protected found: ReadonlyMap<string, FoundModel> = new Map<string, FoundModel>();

  get entries(): readonly ModelEntry[] {
    return [...this.rows.values()].flatMap((versions) => [...versions.values()]);
  }

  /** Names of the models that the repository holds or that are loaded. */
  get names(): readonly string[] {
    return [...new Set([...this.found.keys(), ...this.rows.keys()])].sort();
  }

  protected versionsOf(name: string): Map<string, Row> {
    return this.rows.get(name) ?? new Map<string, Row>();
  }

  protected rowOf(name: string, version: string): Row {
    let versions = this.rows.get(name);
    if (versions === undefined) this.rows.set(name, (versions = new Map<string, Row>()));
    let row = versions.get(version);
    if (row === undefined) {
      row = {
        name,
        version,
        state: 'LOADING',
        settled: false,
        aside: false,
        tried: '',
        transient: false,
        lastUsed: 0,
        bytes: 0,
      };
      versions.set(version, row);
    }
    return row;
  }

  /** Every model and version, as the repository's index tells them; a model that was never loaded has its name only. */
  index(readyOnly: boolean): IndexEntry[] {
    return this.names.flatMap((name): IndexEntry[] => {
      const versions = [...this.versionsOf(name).values()];
      if (versions.length === 0) return readyOnly ? [] : [{ name }];
      return versions
        .filter(({ state }) => !readyOnly || state === 'READY')
        .sort((a, b) => Number(a.version) - Number(b.version))
        .map((row) => {
          const reason = row.aside
            ? 'not in memory; the next request brings it back'
            : row.failure === undefined
              ? undefined
              : sentence(row.failure);
          return {
            name,
            ...(row.version === '' ? {} : { version: row.version }),
            state: row.state,
            ...(reason === undefined ? {} : { reason }),
          };
        });
    });
  }

  /** The same for those who only look. */
  ready(name: string, version?: string): ReadyEntry {
    const row = this.find(name, version);
    if (row.served !== undefined && row.state === 'READY') return row as ReadyEntry;
    throw new RequestError('unavailable', row.failure ?? (row.aside ? putAside(name) : loading(name)));
  }

  /** Whether a version can answer, or could at once. */
  isReady(name: string, version: string): boolean {
    const row = this.rows.get(name)?.get(version);
    return row !== undefined && (row.state === 'READY' || row.aside);
  }

  /** Versions of a model that can answer or could at once, in ascending order. */
  versions(name: string): readonly string[] {
    return [...this.versionsOf(name).values()]
      .filter(({ state, aside }) => state === 'READY' || aside)
      .map(({ version }) => version)
      .sort((a, b) => Number(a) - Number(b));
  }

  /** @throws RequestError `not-found` */
  find(name: string, version?: string): ModelEntry {
    const versions = this.rows.get(name);
    if (versions === undefined || versions.size === 0)
      throw new RequestError('not-found', unknownModel(name, this.names));
    const all = [...versions.values()];
    if (version !== undefined) {
      const row = versions.get(version);
      if (row !== undefined) return row;
      throw new RequestError('not-found', unknownVersion(name, version, this.versions(name)));
    }
    // Nearly every model has one version, and this is asked for every request.
    if (all.length === 1) return all[0] as Row;
    return newest(all.filter(({ state, aside }) => state === 'READY' || aside)) ?? (newest(all) as Row);
  }
}

/** The newest of these versions. */
export function newest(rows: Row[]): Row | undefined {
  return rows.sort((a, b) => Number(b.version) - Number(a.version))[0];
}
