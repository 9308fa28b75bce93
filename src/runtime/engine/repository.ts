import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseLocation, PlinthError } from '@plinth/contract';
import type { ListedFile, LocationClient } from '../clients/location.js';

/** A version of a model as a repository holds it. */
export interface FoundVersion {
  /** A number as text. */
  readonly version: string;
  /** Changes when any file of the version does. */
  readonly digest: string;
  /** Of all its files. */
  readonly bytes: number;
  /**
   * The path of its ONNX file on this machine; what is elsewhere is fetched first, unless it is there unchanged.
   * @param file its name within the version, by default `model.onnx`
   * @throws PlinthError `model-file-missing`, `location-unreadable`, `scratch-unwritable`
   */
  fetch(file?: string): Promise<string>;
}

/** A model as a repository holds it. */
export interface FoundModel {
  readonly name: string;
  /** Newest first; those that hold no ONNX file are left out, since they may still be on their way. */
  readonly versions: readonly FoundVersion[];
  /** Changes when a file beside the versions does: the configuration, labels, a sample for warming up. */
  readonly digest: string;
  /** Versions that are served whatever the version policy says, because aliases lead to them. */
  readonly aliased?: readonly string[];
  /** The text of a file beside the versions; undefined where there is none. @throws PlinthError `location-unreadable` */
  read(file: string): Promise<Buffer | undefined>;
}

/** Where models come from. */
export interface ModelRepository {
  /** As the configuration names it. */
  readonly text: string;
  /** Every model that is there now, by name. @throws PlinthError where it cannot be read */
  list(): Promise<FoundModel[]>;
}

/** Where aliases are kept beside the versions. */
export const trafficFile = 'traffic.json';

/** Numeric and without a leading zero, as Triton wants it. */
const versionName = /^[1-9]\d*$/;

/**
 * A model repository in Triton's layout, `<model>/[config.pbtxt]<version>/model.onnx` (or `model.onnx/model.onnx` with
 * external data beside it), in a folder or a bucket.
 */
export class LocationRepository implements ModelRepository {
  /** @param scratch where files of a bucket are kept while they are served */
  constructor(
    private readonly location: LocationClient,
    private readonly scratch: string,
  ) {}

  get text(): string {
    return this.location.text;
  }

  /** @throws PlinthError `repository-missing` where the folder is not there, `location-unreadable` */
  async list(): Promise<FoundModel[]> {
    const parsed = parseLocation(this.location.text);
    if (parsed.kind === 'folder') {
      const facts = await stat(parsed.path).catch(() => undefined);
      if (facts?.isDirectory() !== true)
        throw new PlinthError({
          code: 'repository-missing',
          what: 'there is no model repository',
          where: parsed.path,
          why: facts === undefined ? 'the folder does not exist' : 'it is not a folder',
          cure: 'create it, or name another with --model-repository',
        });
    }
    const models = new Map<string, ListedFile[]>();
    for (const file of await this.location.list()) {
      const cut = file.name.indexOf('/');
      if (cut < 0) continue;
      const name = file.name.slice(0, cut);
      const files = models.get(name);
      if (files === undefined) models.set(name, [file]);
      else files.push(file);
    }
    return [...models].map(([name, files]) => this.found(name, files));
  }

  private found(name: string, files: readonly ListedFile[]): FoundModel {
    const byVersion = new Map<string, ListedFile[]>();
    const beside: ListedFile[] = [];
    for (const file of files) {
      const [, part = '', ...rest] = file.name.split('/');
      if (rest.length === 0 || !versionName.test(part)) beside.push(file);
      else if (byVersion.has(part)) byVersion.get(part)?.push(file);
      else byVersion.set(part, [file]);
    }
    const versions = [...byVersion]
      .filter(([, own]) => own.some((file) => /\.onnx(\/model\.onnx)?$/.test(file.name)))
      .sort(([a], [b]) => Number(b) - Number(a))
      .map(([version, own]) => ({
        version,
        digest: digestOf(own),
        bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
        fetch: (file = 'model.onnx') => this.fetch(`${name}/${version}`, digestOf(own), own, file),
      }));
    return {
      name,
      versions,
      // Who moves an alias does not want the model loaded anew.
      digest: digestOf(beside.filter((file) => file.name !== `${name}/${trafficFile}`)),
      read: (file) =>
        beside.some((each) => each.name === `${name}/${file}`)
          ? this.location.read(`${name}/${file}`)
          : Promise.resolve(undefined),
    };
  }

  private async fetch(folder: string, digest: string, files: readonly ListedFile[], wanted: string): Promise<string> {
    const file = files.find(
      ({ name }) => name === `${folder}/${wanted}` || name === `${folder}/${wanted}/model.onnx`,
    )?.name;
    if (file === undefined)
      throw new PlinthError({
        code: 'model-file-missing',
        what: `the version holds no ${wanted}`,
        where: `${this.location.text}/${folder}`,
        why: `it holds ${files.map(({ name }) => name.slice(folder.length + 1)).join(', ')}`,
        cure: 'store the model under that name, or say default_model_filename in its config.pbtxt',
      });
    const parsed = parseLocation(this.location.text);
    if (parsed.kind === 'folder') return join(parsed.path, file);

    const source = createHash('sha256').update(this.location.text).digest('hex').slice(0, 12);
    const home = join(this.scratch, 'models', source, `${folder.replace('/', '-')}-${digest}`);
    const path = join(home, file);
    if (existsSync(path)) return path;
    const part = `${home}.part`;
    try {
      await rm(part, { recursive: true, force: true });
      await mkdir(part, { recursive: true });
    } catch (error) {
      throw unwritableScratch(this.scratch, error);
    }
    for (const each of files) {
      await mkdir(dirname(join(part, each.name)), { recursive: true });
      await this.location.download(each.name, join(part, each.name));
    }
    // Renamed when whole, so that a folder of that name always is.
    await rename(part, home);
    return path;
  }
}

/** The folder for what is fetched cannot be used. */
export function unwritableScratch(scratch: string, cause: unknown): PlinthError {
  return new PlinthError(
    {
      code: 'scratch-unwritable',
      what: 'the model cannot be kept',
      where: scratch,
      why: (cause as Error).message,
      cure: 'name a writable folder with --scratch',
    },
    { cause },
  );
}

function digestOf(files: readonly ListedFile[]): string {
  const digest = createHash('sha256');
  for (const { name, tag } of files) digest.update(`${name}\0${tag}\0`);
  return digest.digest('hex').slice(0, 12);
}
