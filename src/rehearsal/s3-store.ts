import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An object of a bucket, without its bytes. */
export interface StoredObject {
  readonly key: string;
  readonly size: number;
  /** MD5 in hex, as S3 gives for what was put in one piece. */
  readonly etag: string;
  readonly modified: Date;
  readonly contentType: string;
  /** `x-amz-meta-*`, without that prefix. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly file: string;
}

/** Buckets over a folder. A bucket is there as soon as anybody names it. */
export class S3Store {
  private readonly buckets = new Map<string, Map<string, StoredObject>>();
  private files = 0;

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  put(
    bucket: string,
    key: string,
    body: Uint8Array,
    about: { readonly contentType?: string; readonly metadata?: Readonly<Record<string, string>> } = {},
  ): StoredObject {
    // A new file for every version: who reads the old one reads it whole.
    const file = join(this.folder, String(this.files++));
    writeFileSync(file, body, { mode: 0o600 });
    const stored: StoredObject = {
      key,
      size: body.length,
      etag: createHash('md5').update(body).digest('hex'),
      modified: new Date(),
      contentType: about.contentType ?? 'application/octet-stream',
      metadata: about.metadata ?? {},
      file,
    };
    const objects = this.buckets.get(bucket) ?? new Map<string, StoredObject>();
    const old = objects.get(key);
    objects.set(key, stored);
    this.buckets.set(bucket, objects);
    if (old !== undefined) rmSync(old.file, { force: true });
    return stored;
  }

  head(bucket: string, key: string): StoredObject | undefined {
    return this.buckets.get(bucket)?.get(key);
  }

  read(bucket: string, key: string): Buffer | undefined {
    const stored = this.head(bucket, key);
    return stored === undefined ? undefined : readFileSync(stored.file);
  }

  delete(bucket: string, key: string): void {
    const stored = this.head(bucket, key);
    if (stored === undefined) return;
    this.buckets.get(bucket)?.delete(key);
    rmSync(stored.file, { force: true });
  }

  /** Objects of a bucket in the order of their keys, as UTF-8 orders them. */
  list(bucket: string, prefix = ''): StoredObject[] {
    return [...(this.buckets.get(bucket)?.values() ?? [])]
      .filter(({ key }) => key.startsWith(prefix))
      .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }
}
