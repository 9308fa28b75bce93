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

/** A location, or registered models of MLflow: `models:/fraud`, `models:/fraud@champion`, `models:/fraud/3`, with commas between. */
export const modelRepositoryLocation = location.refine(
  (text) =>
    !text.startsWith('models:') ||
    /^models:\/[^/@:,]+(@[\w-]+|\/[1-9]\d*)?( *, *models:\/[^/@:,]+(@[\w-]+|\/[1-9]\d*)?)*$/.test(text),
  { error: 'registered models are models:/NAME, models:/NAME@ALIAS or models:/NAME/VERSION, with commas between' },
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

/** A subject that other servers may not take for a pattern. */
const natsLocation = /^(nats|tls):\/\/([^/@\s]+)\/([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)$/;

/**
 * Where a payload log goes: a folder, a prefix in a bucket, or the subjects of a NATS JetStream:
 * `nats://host:4222/subject-prefix`, several hosts with commas between them, `tls://` where the connection must be encrypted.
 */
export const payloadLocation = z
  .string()
  .refine((text) => (/^(nats|tls):/.test(text) ? natsLocation.test(text) : location.safeParse(text).success), {
    error:
      'a payload log goes to a folder, to s3://bucket/prefix with a valid bucket name, or to nats://host:4222/subject-prefix without a password in it',
  });

export type PayloadLocation =
  | Location
  | { readonly kind: 'nats'; readonly servers: readonly string[]; readonly tls: boolean; readonly subject: string };

/** Splits the location of a payload log. */
export function parsePayloadLocation(text: string): PayloadLocation {
  const [, scheme, hosts = '', subject = ''] = natsLocation.exec(text) ?? [];
  if (scheme === undefined) return parseLocation(text);
  return { kind: 'nats', servers: hosts.split(','), tls: scheme === 'tls', subject };
}
