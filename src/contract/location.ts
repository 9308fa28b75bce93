import { z } from 'zod';

/** A folder, or a prefix in a bucket: `/models`, `./models`, `s3://bucket/prefix`. */
export const location = z
  .string()
  .min(1)
  .refine(
    (text) => !/^[a-z][a-z0-9+.-]*:\/\//.test(text) || /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/|$)/.test(text),
    {
      error: 'a location is a folder, or s3://bucket/prefix with a valid bucket name',
    },
  );

export type Location =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

/** Splits a location. The prefix of a bucket has no leading and no trailing slash, and may be empty. */
export function parseLocation(text: string): Location {
  const parsed = location.parse(text);
  if (!parsed.startsWith('s3://')) return { kind: 'folder', path: parsed };
  const [bucket = '', ...rest] = parsed.slice('s3://'.length).split('/');
  return { kind: 's3', bucket, prefix: rest.filter((part) => part !== '').join('/') };
}
