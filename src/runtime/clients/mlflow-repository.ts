import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PlinthError, sentence, type Finding } from '@plinth/contract';
import { unwritableScratch, type FoundModel, type FoundVersion, type ModelRepository } from '../engine/repository.js';
import type { Logger } from '../program.js';
import { defaultAlias, otherTags, trafficFromTags, type TrafficFacts } from '../traffic/facts.js';
import type { MlflowClient, RegisteredModel, RegisteredVersion } from './mlflow.js';

/** One registered model to serve. */
export interface RegisteredModelReference {
  readonly name: string;
  /** Only where this alias points. */
  readonly alias?: string;
  /** Only this version. */
  readonly version?: string;
}

/** A model of the registry, with where its traffic goes. */
export interface FoundRegisteredModel extends FoundModel {
  readonly traffic: TrafficFacts;
  /** Versions that are served whatever a version policy says. */
  readonly aliased: readonly string[];
}

/** A version with whether a config.pbtxt was logged with it. */
type FoundRegisteredVersion = FoundVersion & { readonly configured: boolean };

/** Whether a repository is a registry's: `models:/fraud`. */
export const isRegistered = (text: string): boolean => text.startsWith('models:/');

/**
 * Reads `models:/fraud`, `models:/fraud@champion` or `models:/fraud/3`, or several of them with commas between.
 * @throws PlinthError `setting-models`
 */
export function parseRegistered(text: string): RegisteredModelReference[] {
  const references = text.split(',').map((part) => {
    const match = /^models:\/([^/@:,]+)(?:@([\w-]+)|\/([1-9]\d*))?$/.exec(part.trim());
    if (match === null)
      throw new PlinthError({
        code: 'setting-models',
        what: `"${part.trim()}" names no registered model`,
        where: '--model-repository',
        why: 'models of a registry are models:/NAME, models:/NAME@ALIAS or models:/NAME/VERSION, with commas between',
        cure: 'write it as one of these',
      });
    const [, name = '', alias, version] = match;
    return { name, ...(alias === undefined ? {} : { alias }), ...(version === undefined ? {} : { version }) };
  });
  const twice = references.find(({ name }, at) => references.findIndex((other) => other.name === name) !== at);
  if (twice !== undefined)
    throw new PlinthError({
      code: 'setting-models',
      what: `the model ${twice.name} is named twice`,
      where: '--model-repository',
      why: 'a server has one model of a name',
      cure: `name models:/${twice.name} once, which serves all its aliases`,
    });
  return references;
}

/** Files that MLflow writes beside a model and that no model reads. */
const notTheModel = /^(MLmodel|conda\.yaml|python_env\.yaml|requirements\.txt|.*input_example.*|registered_modelmeta)$/;

/** Registered models of an MLflow server. Of each, the versions are served to which an alias points. */
export class MlflowRepository implements ModelRepository {
  private readonly references: readonly RegisteredModelReference[];
  private readonly files = new Map<string, Promise<readonly { readonly name: string; readonly bytes: number }[]>>();

  /** Models as they were when they last had a version, and those that have none any more. */
  private readonly last = new Map<string, FoundRegisteredModel>();
  private readonly bare = new Set<string>();

  /**
   * @param scratch where fetched models are kept
   * @param needed versions that are still needed, although no alias points to them any more
   */
  constructor(
    readonly text: string,
    private readonly client: MlflowClient,
    private readonly scratch: string,
    private readonly logger: Logger,
    private readonly needed: (model: string) => readonly string[] = () => [],
  ) {
    this.references = parseRegistered(text);
  }

  /** @throws PlinthError `registry-unreachable`, `registry-refused`, `registry-failed` */
  list(): Promise<FoundRegisteredModel[]> {
    return Promise.all(this.references.map((reference) => this.find(reference)));
  }

  private async find({ name, alias, version: only }: RegisteredModelReference): Promise<FoundRegisteredModel> {
    let registered: RegisteredModel;
    try {
      registered = await this.client.registeredModel(name);
    } catch (error) {
      // One that is not registered must not stop the others.
      if (!(error instanceof PlinthError) || error.finding.code !== 'not-in-registry') throw error;
      registered = { name, aliases: {}, tags: {} };
    }
    const wanted = Object.entries(registered.aliases).filter(([own]) => alias === undefined || own === alias);
    const aliases: Record<string, string> = only === undefined ? Object.fromEntries(wanted) : { [defaultAlias]: only };
    const versions = new Set([...Object.values(aliases), ...this.needed(name)]);
    const found = (await Promise.all([...versions].map((version) => this.version(name, version)))).filter(
      (version) => version !== undefined,
    );
    const before = this.last.get(name);
    if (found.length === 0 && before !== undefined) {
      if (!this.bare.has(name)) this.logger.error({ model: name }, sentence(withoutAliases(name, this.client.text)));
      this.bare.add(name);
      return before;
    }
    this.bare.delete(name);
    found.sort((a, b) => Number(b.version) - Number(a.version));
    const first = found.find(({ version }) => version === aliases[defaultAlias]) ?? found[0];
    const model: FoundRegisteredModel = {
      name,
      versions: found,
      digest: first?.configured === true ? first.digest : 'none',
      traffic: trafficFromTags(
        aliases,
        only === undefined && alias === undefined ? registered.tags : {},
        `models:/${name}`,
      ),
      aliased: found.map(({ version }) => version),
      read: async (file) => (first === undefined ? undefined : this.beside(name, first, file)),
    };
    if (found.length > 0) this.last.set(name, model);
    return model;
  }

  private async version(name: string, version: string): Promise<FoundRegisteredVersion | undefined> {
    let registered: RegisteredVersion;
    try {
      registered = await this.client.version(name, version);
    } catch (error) {
      if (error instanceof PlinthError && error.finding.code === 'not-in-registry') return undefined;
      throw error;
    }
    const { source, created } = registered;
    const digest = createHash('sha256')
      .update([this.client.text, name, version, source, created].join('\0'))
      .digest('hex')
      .slice(0, 16);
    const files = await this.filesOf(name, version, digest);
    return {
      version,
      digest,
      configured: files.some((file) => file.name === 'config.pbtxt'),
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      fetch: (file) => this.fetch(name, registered, digest, file),
    };
  }

  /** The files of a version, asked for once: a registered version does not change. */
  private filesOf(name: string, version: string, digest: string): Promise<readonly { name: string; bytes: number }[]> {
    let files = this.files.get(digest);
    if (files === undefined) {
      files = this.client
        .artifacts(name, version)
        .then((artifacts) => artifacts.list())
        .then((list) => list.filter((file) => !notTheModel.test(file.name)))
        .catch((error: unknown) => {
          this.files.delete(digest);
          throw error;
        });
      this.files.set(digest, files);
    }
    return files;
  }

  private async beside(name: string, { version, digest }: FoundVersion, file: string): Promise<Buffer | undefined> {
    const files = await this.filesOf(name, version, digest);
    if (!files.some((each) => each.name === file)) return undefined;
    return readFile(join(await this.keep(name, version, digest), file));
  }

  private async fetch(name: string, version: RegisteredVersion, digest: string, wanted?: string): Promise<string> {
    const files = await this.filesOf(name, version.version, digest);
    const onnx = files.filter((file) => file.name.endsWith('.onnx'));
    const named =
      onnx.find((file) => file.name === (wanted ?? 'model.onnx')) ?? (onnx.length === 1 ? onnx[0] : undefined);
    const where = `models:/${name}/${version.version}`;
    if (named === undefined)
      throw new PlinthError({
        code: 'model-file-missing',
        what: `the version holds no ${wanted ?? 'model.onnx'}`,
        where,
        why: files.length === 0 ? 'its folder is empty' : `it holds ${files.map((file) => file.name).join(', ')}`,
        cure: 'log the model with mlflow.onnx.log_model, or as an artifact model.onnx',
      });
    let home = await this.keep(name, version.version, digest);
    const expected = version.tags[otherTags.digest];
    let actual = await sha256(join(home, named.name));
    if (expected !== undefined && expected !== actual) {
      // What was kept may be what is broken.
      await rm(home, { recursive: true, force: true });
      home = await this.keep(name, version.version, digest);
      actual = await sha256(join(home, named.name));
      if (expected !== actual) {
        await rm(home, { recursive: true, force: true });
        throw new PlinthError({
          code: 'digest-mismatch',
          what: 'the model file is not the one that was registered',
          where: `${where}, ${named.name}`,
          why: `its SHA-256 is ${actual}, and the tag ${otherTags.digest} says ${expected}`,
          cure: 'find out who changed the file; register the model as a new version',
        });
      }
    }
    if (expected === undefined) await this.tag(name, version.version, actual);
    return join(home, named.name);
  }

  /** Writes down which file was first seen, so that every replica serves that one. Who may not write is only told. */
  private async tag(name: string, version: string, digest: string): Promise<void> {
    try {
      await this.client.setVersionTag(name, version, otherTags.digest, digest);
    } catch (error) {
      this.logger.warn({ model: name, version }, (error as Error).message);
    }
  }

  /** The folder of a version's files on this machine. */
  private async keep(name: string, version: string, digest: string): Promise<string> {
    const home = join(this.scratch, 'models', 'mlflow', digest);
    if (
      await access(home).then(
        () => true,
        () => false,
      )
    )
      return home;
    const part = `${home}.${randomUUID().slice(0, 8)}.part`;
    await mkdir(part, { recursive: true }).catch((error: unknown) => {
      throw unwritableScratch(this.scratch, error);
    });
    try {
      const artifacts = await this.client.artifacts(name, version);
      for (const file of await this.filesOf(name, version, digest))
        await artifacts.download(file.name, join(part, file.name));
      // Renamed when whole, so that a folder of that name always is; another may have been faster.
      await rename(part, home).catch(async (error: unknown) => {
        if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      });
    } finally {
      await rm(part, { recursive: true, force: true });
    }
    return home;
  }
}

function withoutAliases(name: string, registry: string): Finding {
  return {
    code: 'no-alias',
    what: 'the model is served as it was',
    where: `models:/${name}`,
    why: `at ${registry} no alias points to a version of it any more`,
    cure: 'set an alias, or end the server',
  };
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
