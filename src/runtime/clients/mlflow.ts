import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PlinthError } from '@plinth/contract';
import { z } from 'zod';
import { openLocation } from './location.js';

/** A registered model: where its aliases point, and its tags. */
export interface RegisteredModel {
  readonly name: string;
  readonly aliases: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** One version of a registered model. */
export interface RegisteredVersion {
  readonly version: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Where it was registered from. */
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** The files of a model version. */
export interface Artifacts {
  readonly text: string;
  /** The files of its folder, not of folders in it. */
  list(): Promise<{ readonly name: string; readonly bytes: number }[]>;
  /** Copies a file to a path on this machine; a reader of that path never sees half of it. */
  download(name: string, path: string): Promise<void>;
}

export interface MlflowOptions {
  /** The Authorization header; undefined is none. */
  readonly authorization?: string | undefined;
  /** Milliseconds that an answer may take, and that a download may stand still. */
  readonly timeout?: number;
}

const pairs = z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]);
const registeredModel = z.object({
  registered_model: z.object({
    name: z.string(),
    aliases: z.array(z.object({ alias: z.string(), version: z.coerce.string() })).default([]),
    tags: pairs,
  }),
});
const modelVersion = z.object({
  model_version: z.object({
    version: z.coerce.string(),
    tags: pairs,
    source: z.string().default(''),
    creation_timestamp: z.coerce.number(),
  }),
});
const downloadUri = z.object({ artifact_uri: z.string() });
const listing = z.object({
  files: z
    .array(z.object({ path: z.string(), is_dir: z.boolean().default(false), file_size: z.coerce.number().default(0) }))
    .default([]),
});

const byKey = (list: z.output<typeof pairs>): Record<string, string> =>
  Object.fromEntries(list.map(({ key, value }) => [key, value]));

/** The model registry of an MLflow server, over its REST API (https://mlflow.org/docs/latest/rest-api.html). */
export class MlflowClient {
  private readonly base: string;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly timeout: number;

  /** @param uri `http(s)://host[:port][/prefix]`; a name and password in it are sent as basic authentication */
  constructor(uri: string, { authorization, timeout = 10_000 }: MlflowOptions = {}) {
    const url = new URL(uri);
    const own = url.username === '' ? authorization : basic(url.username, url.password);
    url.username = url.password = url.search = url.hash = '';
    this.base = url.href.replace(/\/+$/, '');
    this.headers = own === undefined ? {} : { authorization: own };
    this.timeout = timeout;
  }

  /**
   * The server that the variables of MLflow's own clients name: MLFLOW_REGISTRY_URI or MLFLOW_TRACKING_URI, with
   * MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.
   * @throws PlinthError `setting-registry`
   */
  static fromEnvironment(env: Readonly<Record<string, string | undefined>>): MlflowClient {
    const uri = env['MLFLOW_REGISTRY_URI'] || env['MLFLOW_TRACKING_URI'];
    if (uri === undefined || uri === '' || !/^https?:\/\/[^/]/.test(uri) || !URL.canParse(uri))
      throw new PlinthError({
        code: 'setting-registry',
        what: 'there is no model registry to ask',
        where: 'MLFLOW_TRACKING_URI',
        why: uri === undefined || uri === '' ? 'it is not set' : `"${uri}" is not an address of HTTP`,
        cure: 'set it to the address of an MLflow server, as http://mlflow:5000',
      });
    const token = env['MLFLOW_TRACKING_TOKEN'];
    const user = env['MLFLOW_TRACKING_USERNAME'];
    const authorization =
      user !== undefined && user !== ''
        ? basic(encodeURIComponent(user), encodeURIComponent(env['MLFLOW_TRACKING_PASSWORD'] ?? ''))
        : token === undefined || token === ''
          ? undefined
          : `Bearer ${token}`;
    return new MlflowClient(uri, { authorization });
  }

  /** Without a name or a password. */
  get text(): string {
    return this.base;
  }

  /** @throws PlinthError `not-in-registry`, `registry-refused`, `registry-failed`, `registry-unreachable`, as all of these */
  async registeredModel(name: string): Promise<RegisteredModel> {
    const { registered_model: found } = await this.get('registered-models/get', { name }, registeredModel);
    const aliases = Object.fromEntries(found.aliases.map(({ alias, version }) => [alias, version]));
    return { name: found.name, aliases, tags: byKey(found.tags) };
  }

  async version(name: string, version: string): Promise<RegisteredVersion> {
    return versionOf(await this.get('model-versions/get', { name, version }, modelVersion));
  }

  async versionByAlias(name: string, alias: string): Promise<RegisteredVersion> {
    return versionOf(await this.get('registered-models/alias', { name, alias }, modelVersion));
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    await this.send('POST', 'registered-models/alias', { name, alias, version });
  }

  async setTag(name: string, key: string, value: string): Promise<void> {
    const set = (): Promise<void> => this.send('POST', 'registered-models/set-tag', { name, key, value });
    await set().catch((error: unknown) => {
      // Where two write a new tag at once, both insert it, and MLflow's database refuses one of them: now it is there.
      if (!/IntegrityError|UniqueViolation|UNIQUE constraint/i.test((error as Error).message)) throw error;
      return set();
    });
  }

  async deleteTag(name: string, key: string): Promise<void> {
    await this.send('DELETE', 'registered-models/delete-tag', { name, key });
  }

  async setVersionTag(name: string, version: string, key: string, value: string): Promise<void> {
    await this.send('POST', 'model-versions/set-tag', { name, version, key, value });
  }

  /** The files of a version, through the server's proxy of artifacts or, where it names a bucket, from there. */
  async artifacts(name: string, version: string): Promise<Artifacts> {
    const { artifact_uri: uri } = await this.get('model-versions/get-download-uri', { name, version }, downloadUri);
    if (uri.startsWith('s3://')) return bucket(uri);
    const match = /^mlflow-artifacts:(?:\/\/([^/]*))?\/(.*)$/.exec(uri);
    const host = match?.[1] ?? '';
    if (match === null || (host !== '' && host !== new URL(this.base).host))
      throw new PlinthError({
        code: 'artifacts-elsewhere',
        what: 'the files of the model cannot be fetched',
        where: `models:/${name}/${version}`,
        why: `they are kept at ${uri}, and only the proxy of ${this.base} and s3:// are read`,
        cure: 'start the MLflow server with --artifacts-destination, and register the model again',
      });
    return this.proxied((match[2] ?? '').replace(/\/+$/, ''));
  }

  private proxied(path: string): Artifacts {
    const root = 'api/2.0/mlflow-artifacts/artifacts';
    const where = `mlflow-artifacts:/${path}`;
    return {
      text: where,
      list: async () => {
        const { files } = await this.json(`${root}?${new URLSearchParams({ path }).toString()}`, { where }, listing);
        return files.filter((file) => !file.is_dir).map((file) => ({ name: file.path, bytes: file.file_size }));
      },
      download: async (name, to) => {
        const escaped = `${path}/${name}`.split('/').map(encodeURIComponent).join('/');
        await this.download(`${root}/${escaped}`, `${where}/${name}`, to);
      },
    };
  }

  private get<S extends z.ZodType>(call: string, query: Record<string, string>, schema: S): Promise<z.output<S>> {
    const where = whereOf(query);
    return this.json(`api/2.0/mlflow/${call}?${new URLSearchParams(query).toString()}`, { where }, schema);
  }

  private async send(method: string, call: string, body: Record<string, string>): Promise<void> {
    await this.json(`api/2.0/mlflow/${call}`, { method, body, where: whereOf(body) }, z.unknown());
  }

  private async json<S extends z.ZodType>(
    path: string,
    { method = 'GET', body, where }: { method?: string; body?: Record<string, string>; where: string },
    schema: S,
  ): Promise<z.output<S>> {
    const signal = AbortSignal.timeout(this.timeout);
    const response = await this.request(path, signal, where, method, body);
    const text = await response.text().catch((error: unknown) => {
      throw this.unreachable(where, error);
    });
    if (!response.ok) throw this.refused(response.status, text, where);
    try {
      return schema.parse(text === '' ? {} : JSON.parse(text));
    } catch (error) {
      throw this.failed(where, `what ${this.base} answers is not MLflow's (${short(text)})`, error);
    }
  }

  private async request(
    path: string,
    signal: AbortSignal,
    where: string,
    method = 'GET',
    body?: Record<string, string>,
  ): Promise<Response> {
    try {
      return await fetch(`${this.base}/${path}`, {
        method,
        signal,
        headers: body === undefined ? this.headers : { ...this.headers, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw this.unreachable(where, error);
    }
  }

  private async download(path: string, where: string, to: string): Promise<void> {
    const stalled = new AbortController();
    const timer = setTimeout(() => stalled.abort(new Error(`nothing came for ${this.timeout} ms`)), this.timeout);
    const part = join(dirname(to), `.${randomUUID()}.part`);
    try {
      const response = await this.request(path, stalled.signal, where);
      if (!response.ok || response.body === null) throw this.refused(response.status, await response.text(), where);
      await mkdir(dirname(to), { recursive: true });
      const body = Readable.fromWeb(response.body as import('node:stream/web').ReadableStream);
      body.on('data', () => timer.refresh());
      await pipeline(body, createWriteStream(part, { flags: 'wx' }));
      await rename(part, to);
    } catch (error) {
      await rm(part, { force: true });
      throw error instanceof PlinthError ? error : this.unreachable(where, error);
    } finally {
      clearTimeout(timer);
    }
  }

  private unreachable(where: string, cause: unknown): PlinthError {
    const error = cause as Error;
    const why = error.name === 'TimeoutError' ? `it did not answer in ${this.timeout} ms` : reason(error);
    return new PlinthError(
      {
        code: 'registry-unreachable',
        what: `the MLflow server at ${this.base} cannot be asked`,
        where,
        why,
        cure: 'check that it runs, and that MLFLOW_TRACKING_URI leads to it',
      },
      { cause },
    );
  }

  private refused(status: number, text: string, where: string): PlinthError {
    const said = messageOf(text);
    if (status === 401 || status === 403)
      return new PlinthError({
        code: 'registry-refused',
        what: `the MLflow server at ${this.base} refuses it`,
        where,
        why: `it answered ${status}${said === '' ? '' : ` (${said})`}`,
        cure: 'set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, to those of somebody who may do this',
      });
    if (status === 404)
      return new PlinthError({
        code: 'not-in-registry',
        what: `the MLflow server at ${this.base} does not have it`,
        where,
        why: said === '' ? 'it answered 404' : said,
        cure: 'register it there, or correct its name',
      });
    return this.failed(where, `it answered ${status}${said === '' ? '' : ` (${said})`}`);
  }

  private failed(where: string, why: string, cause?: unknown): PlinthError {
    return new PlinthError(
      {
        code: 'registry-failed',
        what: `the MLflow server at ${this.base} did not do it`,
        where,
        why,
        cure: 'look into its log',
      },
      { cause },
    );
  }
}

function versionOf({ model_version: found }: z.output<typeof modelVersion>): RegisteredVersion {
  return { version: found.version, tags: byKey(found.tags), source: found.source, created: found.creation_timestamp };
}

function bucket(uri: string): Artifacts {
  const location = openLocation(uri);
  return {
    text: uri,
    list: async () => (await location.list()).filter(({ name }) => !name.includes('/')),
    download: (name, path) => location.download(name, path),
  };
}

/** @param user and password as a URL holds them */
function basic(user: string, password: string): string {
  const text = `${decodeURIComponent(user)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

function whereOf({ name = '', version, alias }: Record<string, string>): string {
  return `models:/${name}${alias !== undefined ? `@${alias}` : version !== undefined ? `/${version}` : ''}`;
}

/** fetch says only "fetch failed"; what failed is in its causes. */
function reason({ message, cause }: { message: string; cause?: unknown }): string {
  const { message: own = '', code = '' } = (cause ?? {}) as { message?: string; code?: string };
  return (own || code || message).replace(/[\s.]+$/, '');
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? short(message.replace(/[\s.]+$/, '')) : '';
  } catch {
    return short(text.trim());
  }
}

const short = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);
