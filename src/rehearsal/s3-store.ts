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

/** What buckets held at one moment. */
export type StoreSnapshot = ReadonlyMap<string, ReadonlyMap<string, StoredObject>>;

/** Buckets over a folder. A bucket is there as soon as anybody names it. */
export class S3Store {
  private buckets = new Map<string, Map<string, StoredObject>>();
  /** Whether a snapshot may need files that nothing else does. */
  private kept = false;
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
    if (old !== undefined) this.discard(old);
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
    this.discard(stored);
  }

  private discard({ file }: StoredObject): void {
    if (!this.kept) rmSync(file, { force: true });
  }

  /** From here on no file goes before the folder does. */
  snapshot(): StoreSnapshot {
    this.kept = true;
    return new Map([...this.buckets].map(([name, objects]) => [name, new Map(objects)]));
  }

  restore(snapshot: StoreSnapshot): void {
    this.buckets = new Map([...snapshot].map(([name, objects]) => [name, new Map(objects)]));
  }

  /** Objects of a bucket in the order of their keys, as UTF-8 orders them. */
  list(bucket: string, prefix = ''): StoredObject[] {
    return [...(this.buckets.get(bucket)?.values() ?? [])]
      .filter(({ key }) => key.startsWith(prefix))
      .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }
}
