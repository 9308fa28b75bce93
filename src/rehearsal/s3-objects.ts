import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Knowledge } from './provider';
import { Refusal } from './protocol/provider';
import type { TfObject } from './protocol/codec';
import type { S3Store } from './s3-store';

const text = (values: TfObject, name: string): string | undefined => {
  const value = values[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/**
 * Objects that Terraform puts into a bucket become real ones, which a local process then reads with a real SDK.
 * @param folders those of the stacks, from which a relative `source` is meant
 */
export function s3Objects(store: S3Store, folders: readonly string[]): NonNullable<Knowledge['changed']> {
  return (type, before, after) => {
    if (type !== 'aws_s3_object' && type !== 'aws_s3_bucket_object') return;
    if (before !== null) store.delete(text(before, 'bucket') ?? '', text(before, 'key') ?? '');
    if (after === null) return;
    const contentType = text(after, 'content_type');
    store.put(
      text(after, 'bucket') ?? '',
      text(after, 'key') ?? '',
      bodyOf(after, folders),
      contentType === undefined ? {} : { contentType },
    );
  };
}

function bodyOf(values: TfObject, folders: readonly string[]): Buffer {
  const encoded = text(values, 'content_base64');
  if (encoded !== undefined) return Buffer.from(encoded, 'base64');
  const source = text(values, 'source');
  if (source === undefined) return Buffer.from(text(values, 'content') ?? '');
  const places = isAbsolute(source) ? [source] : folders.map((folder) => join(folder, source));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) {
    throw new Refusal({
      severity: 'error',
      summary: 'The file of an S3 object is missing',
      detail: `source "${source}" is not there, seen from the stack's folder; bring it along as a TerraformAsset.`,
      path: ['source'],
    });
  }
  return readFileSync(found);
}
