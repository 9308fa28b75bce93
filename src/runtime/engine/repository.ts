import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseLocation, PlinthError } from '@plinth/contract';
import type { ListedFile, LocationClient } from '../clients/location.js';

/** A model as the repository holds it. */
export interface FoundModel {
  readonly name: string;
  /** Newest version, and the path of its ONNX file relative to the repository; undefined where there is none. */
  readonly newest:
    { readonly version: string; readonly file: string; readonly files: readonly ListedFile[] } | undefined;
  /** Changes when any file of the newest version does. */
  readonly digest: string;
  /** Whether a config.pbtxt stands beside the versions. */
  readonly configured: boolean;
}

/** Numeric and without a leading zero, as Triton wants it. */
const versionName = /^[1-9]\d*$/;

/**
 * A model repository in Triton's layout, `<model>/<version>/model.onnx` (or `model.onnx/model.onnx` with external data
 * beside it). Of each model the newest version is served: Triton's default policy, `latest { num_versions: 1 }`.
 */
export class Repository {
  /** @param scratch where files of a bucket are kept while they are served */
  constructor(
    private readonly location: LocationClient,
    private readonly scratch: string,
  ) {}

  /**
   * Every model that is there now, by name.
   * @throws PlinthError `repository-missing` where the folder is not there, `location-unreadable`
   */
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
      models.set(name, [...(models.get(name) ?? []), file]);
    }
    return [...models].map(([name, files]) => found(name, files));
  }

  /**
   * The path of a model's ONNX file on this machine; files of a bucket are fetched first, unless they are there unchanged.
   * @throws PlinthError `model-file-missing`, `location-unreadable`, `scratch-unwritable`
   */
  async fetch(model: FoundModel): Promise<string> {
    if (model.newest === undefined)
      throw new PlinthError({
        code: 'model-file-missing',
        what: 'no version of the model can be served',
        where: `${this.location.text}/${model.name}`,
        why: 'there is no folder with a version number that holds model.onnx',
        cure: `store the model as ${model.name}/1/model.onnx`,
      });
    const parsed = parseLocation(this.location.text);
    if (parsed.kind === 'folder') return join(parsed.path, model.newest.file);

    const home = join(
      this.scratch,
      'models',
      createHash('sha256').update(this.location.text).digest('hex').slice(0, 12),
    );
    const folder = join(home, `${model.name}-${model.newest.version}-${model.digest}`);
    const onnx = join(folder, model.newest.file);
    if (existsSync(onnx)) return onnx;
    const part = `${folder}.part`;
    try {
      await rm(part, { recursive: true, force: true });
      await mkdir(part, { recursive: true });
    } catch (error) {
      throw new PlinthError(
        {
          code: 'scratch-unwritable',
          what: 'the model cannot be kept',
          where: this.scratch,
          why: (error as Error).message,
          cure: 'name a writable folder with --scratch',
        },
        { cause: error },
      );
    }
    for (const file of model.newest.files) {
      await mkdir(dirname(join(part, file.name)), { recursive: true });
      await this.location.download(file.name, join(part, file.name));
    }
    // Renamed when whole, so that a folder of that name always is.
    await rename(part, folder);
    return onnx;
  }
}

function found(name: string, files: readonly ListedFile[]): FoundModel {
  const configured = files.some((file) => file.name === `${name}/config.pbtxt`);
  const versions = new Set(files.map((file) => file.name.split('/')[1] ?? '').filter((part) => versionName.test(part)));
  const byAge = [...versions].sort((a, b) => Number(b) - Number(a));
  for (const version of byAge) {
    const folder = `${name}/${version}/`;
    const own = files.filter((file) => file.name.startsWith(folder));
    const file = own.find(
      ({ name: path }) => path === `${folder}model.onnx` || path === `${folder}model.onnx/model.onnx`,
    );
    if (file === undefined) continue;
    const digest = createHash('sha256');
    for (const each of own) digest.update(`${each.name}\0${each.tag}\0`);
    return {
      name,
      newest: { version, file: file.name, files: own },
      digest: digest.digest('hex').slice(0, 12),
      configured,
    };
  }
  return { name, newest: undefined, digest: 'none', configured };
}
