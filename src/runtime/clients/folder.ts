import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { checkName, notFound, unreadable, unwritable } from './location-errors.js';
import type { ListedFile, ListOptions, LocationClient } from './location.js';

const missing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

/** A folder on this machine. */
export class FolderLocation implements LocationClient {
  constructor(
    readonly text: string,
    private readonly root: string,
  ) {}

  async list({ under = '', after }: ListOptions = {}): Promise<ListedFile[]> {
    if (under !== '') checkName(under, this.text);
    const files: ListedFile[] = [];
    try {
      await this.walk(under, files);
    } catch (error) {
      throw unreadable(this.text, error);
    }
    const sorted = files.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    return after === undefined
      ? sorted
      : sorted.filter((file) => Buffer.compare(Buffer.from(file.name), Buffer.from(after)) > 0);
  }

  private async walk(folder: string, into: ListedFile[]): Promise<void> {
    const entries = await readdir(join(this.root, folder), { withFileTypes: true }).catch((error: unknown) => {
      if (missing(error)) return [];
      throw error;
    });
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      // Mounted ConfigMaps and repositories under development hold symbolic links: what counts is what they lead to.
      const facts = await stat(join(this.root, name)).catch((error: unknown) => {
        if (missing(error)) return undefined;
        throw error;
      });
      if (facts?.isDirectory() === true) await this.walk(name, into);
      else if (facts?.isFile() === true)
        into.push({ name, bytes: facts.size, modified: facts.mtime, tag: `${facts.size}-${facts.mtimeMs}` });
    }
  }

  async read(name: string): Promise<Buffer> {
    checkName(name, this.text);
    const path = join(this.root, name);
    try {
      return await readFile(path);
    } catch (error) {
      throw missing(error) ? notFound(path, error) : unreadable(path, error);
    }
  }

  async download(name: string, path: string): Promise<void> {
    checkName(name, this.text);
    const source = join(this.root, name);
    await mkdir(dirname(path), { recursive: true });
    const part = join(dirname(path), `.${randomUUID()}.part`);
    try {
      await copyFile(source, part);
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      throw missing(error) ? notFound(source, error) : unreadable(source, error);
    }
  }

  async write(name: string, body: string | Uint8Array): Promise<void> {
    checkName(name, this.text);
    const path = join(this.root, name);
    const part = join(dirname(path), `.${randomUUID()}.part`);
    try {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(part, 'wx');
      try {
        await file.writeFile(body);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined);
      throw unwritable(path, error);
    }
  }
}
