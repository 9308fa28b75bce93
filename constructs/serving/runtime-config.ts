import { dirname } from 'node:path';
import { files } from '@plinth/contract';
import { Fn, TerraformLocal } from 'cdktf';
import { Construct } from 'constructs';
import type { z } from 'zod';
import { Encodable, encode } from '../core/encode';
import { fail } from '../core/findings';

/** On pods that read a model's files when they start: the digest of those files. */
export const filesAnnotation = 'plinth.dev/model-files';

/** A configuration of the runtime, as its pod finds it. */
export interface RuntimeConfig {
  /** Files by ConfigMap, for a Workload. */
  readonly files: { readonly config: Readonly<Record<string, string>> };
  /** Folder to ConfigMap, for its pod. */
  readonly mounts: Readonly<Record<string, string>>;
  /** Makes new pods when the configuration changes. */
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Renders a configuration for the runtime, checked by the very schema with which the runtime will read it.
 * @param locations those keys whose values are known only when Terraform plans; the rest is checked as it stands
 * @throws PlinthError `invalid-config`, with the key and what is wrong with it
 */
export function runtimeConfig(
  at: Construct,
  name: string,
  schema: z.ZodType,
  config: Readonly<Record<string, unknown>>,
  locations: Readonly<Record<string, string>>,
): RuntimeConfig {
  const placeholder = Object.fromEntries(Object.keys(locations).map((key) => [key, 's3://bucket/prefix']));
  const payloadLog = config.payloadLog as { location?: string } | undefined;
  const checked = schema.safeParse({
    ...config,
    ...placeholder,
    ...(payloadLog && { payloadLog: { ...payloadLog, location: 's3://bucket/prefix' } }),
  });
  if (!checked.success) {
    const issue = checked.error.issues[0];
    fail(at, {
      code: 'invalid-config',
      what: `the runtime would refuse its configuration at '${issue?.path.join('.') || 'the top'}'`,
      why: (issue?.message ?? 'it does not fit the schema').replace(/\.$/, ''),
      cure: 'correct that setting',
    });
  }
  const document = encode.json({ ...config, ...locations } as { [key: string]: Encodable });
  // By way of a local value: a function of a function's text would make cdktf warn of escapes that are in order.
  const local = new TerraformLocal(at, `${name}-config`, document);
  return {
    files: { config: { [files.configKey]: document } },
    mounts: { [dirname(files.config)]: `${name}-config` },
    annotations: { 'plinth.dev/config': Fn.sha256(local.asString) },
  };
}
