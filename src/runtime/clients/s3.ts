import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { checkName, notFound, unreadable, unwritable } from './location-errors.js';
import type { ListedFile, ListOptions, LocationClient } from './location.js';

type Sdk = typeof import('@aws-sdk/client-s3');

/** Milliseconds; the SDK by itself waits for ever. */
const patience = {
  connectionTimeout: 5_000,
  requestTimeout: 60_000,
  throwOnRequestTimeout: true,
  socketTimeout: 30_000,
};

/** A prefix in an S3 bucket, or in what speaks S3 at AWS_ENDPOINT_URL_S3. */
export class S3Location implements LocationClient {
  private connection: Promise<{ sdk: Sdk; client: S3Client }> | undefined;

  constructor(
    readonly text: string,
    private readonly bucket: string,
    private readonly prefix: string,
  ) {}

  /** The SDK costs memory and start-up time, so only those pay who name a bucket. */
  private connect(): Promise<{ sdk: Sdk; client: S3Client }> {
    this.connection ??= import('@aws-sdk/client-s3').then((sdk) => {
      const endpoint = process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'];
      // A stand-in at an address of its own has no DNS name per bucket.
      const stand = endpoint === undefined ? {} : { endpoint, forcePathStyle: true };
      return { sdk, client: new sdk.S3Client({ ...stand, requestHandler: patience }) };
    });
    return this.connection;
  }

  private key(name: string): string {
    return this.prefix === '' ? name : `${this.prefix}/${name}`;
  }

  async list({ under = '', after }: ListOptions = {}): Promise<ListedFile[]> {
    if (under !== '') checkName(under, this.text);
    const { sdk, client } = await this.connect();
    const base = this.prefix === '' ? '' : `${this.prefix}/`;
    const files: ListedFile[] = [];
    let token: string | undefined;
    try {
      do {
        const page = await client.send(
          new sdk.ListObjectsV2Command({
            Bucket: this.bucket,
            Prefix: under === '' ? base : `${base}${under}/`,
            ContinuationToken: token,
            StartAfter: after === undefined ? undefined : base + after,
          }),
        );
        for (const object of page.Contents ?? []) {
          const name = (object.Key ?? '').slice(base.length);
          // Consoles make empty objects that end in a slash and stand for folders.
          if (name === '' || name.endsWith('/') || name.split('/').some((part) => part.startsWith('.'))) continue;
          files.push({
            name,
            bytes: object.Size ?? 0,
            modified: object.LastModified ?? new Date(0),
            tag: object.ETag ?? '',
          });
        }
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    } catch (error) {
      throw unreadable(this.text, error);
    }
    return files;
  }

  private async open(name: string): Promise<Readable> {
    checkName(name, this.text);
    const where = `s3://${this.bucket}/${this.key(name)}`;
    const { sdk, client } = await this.connect();
    try {
      const answer = await client.send(new sdk.GetObjectCommand({ Bucket: this.bucket, Key: this.key(name) }));
      if (answer.Body === undefined) throw new Error('the answer has no body');
      return answer.Body as Readable;
    } catch (error) {
      throw error instanceof sdk.NoSuchKey ? notFound(where, error) : unreadable(where, error);
    }
  }

  async read(name: string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    const body = await this.open(name);
    try {
      for await (const chunk of body) chunks.push(chunk as Buffer);
    } catch (error) {
      throw unreadable(`s3://${this.bucket}/${this.key(name)}`, error);
    }
    return Buffer.concat(chunks);
  }

  async download(name: string, path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    const part = join(dirname(path), `.${randomUUID()}.part`);
    const body = await this.open(name);
    try {
      await pipeline(body, createWriteStream(part, { flags: 'wx' }));
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      throw unreadable(`s3://${this.bucket}/${this.key(name)}`, error);
    }
  }

  async write(name: string, body: string | Uint8Array): Promise<void> {
    checkName(name, this.text);
    const { sdk, client } = await this.connect();
    try {
      // The SDK takes an empty string for a stream of unknown length.
      await client.send(
        new sdk.PutObjectCommand({
          Bucket: this.bucket,
          Key: this.key(name),
          Body: typeof body === 'string' ? Buffer.from(body) : body,
        }),
      );
    } catch (error) {
      throw unwritable(`s3://${this.bucket}/${this.key(name)}`, error);
    }
  }
}
