import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppliedResource } from './report';
import type { S3Store } from './s3-store';
import type { SynthesizedStack } from './synth';

/** Where a stack's state lies in the rehearsal's own S3. */
export interface StateLocation {
  readonly bucket: string;
  readonly key: string;
}

/** The file that Terraform reads after `cdk.tf.json`: what it says of a block replaces what stands there. */
const overrideFile = 'rehearsal_override.tf.json';

const ownBucket = 'plinth-rehearsal-state';

/** Where the state of a stack goes: the bucket and key it names, or else a bucket of the rehearsal's own. */
export function stateLocation({ name, json }: SynthesizedStack): StateLocation {
  const { bucket, key } = json.terraform?.backend?.['s3'] ?? {};
  return typeof bucket === 'string' && typeof key === 'string'
    ? { bucket, key }
    : { bucket: ownBucket, key: `${name}.tfstate` };
}

/**
 * Sends every stack's state, and what stacks read of each other's, to the rehearsal's S3 through Terraform's own `s3` backend. The
 * local backend would rewrite a growing file for each resource; a remote one would ask a cloud, by a profile or role of the user's.
 */
export function overrideBackends(stacks: readonly SynthesizedStack[], region: string): void {
  const byBackend = new Map(stacks.map((stack) => [backendText(stack.json.terraform?.backend), stateLocation(stack)]));
  for (const stack of stacks) {
    const remote: Record<string, object> = {};
    for (const [name, { backend, config }] of Object.entries(stack.json.data?.['terraform_remote_state'] ?? {}) as [
      string,
      { backend?: string; config?: unknown },
    ][]) {
      const { bucket, key } = (config ?? {}) as Partial<StateLocation>;
      const known = byBackend.get(backendText({ [backend ?? '']: config }));
      const location =
        known ?? (backend === 's3' && bucket !== undefined && key !== undefined ? { bucket, key } : undefined);
      if (location !== undefined) remote[name] = { backend: 's3', config: { ...location, region } };
    }
    const override = {
      terraform: { backend: { s3: { ...stateLocation(stack), region, use_lockfile: true } } },
      ...(Object.keys(remote).length === 0 ? {} : { data: { terraform_remote_state: remote } }),
    };
    writeFileSync(join(stack.folder, overrideFile), JSON.stringify(override, null, 2));
  }
}

/** A backend as text, the same for a stack's own backend block and for the `terraform_remote_state` that reads it. */
function backendText(backend: unknown): string {
  return JSON.stringify(backend, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            // Only where the state lies counts, not how it is locked or kept.
            .filter(
              ([key, item]) =>
                !['use_lockfile', 'encrypt', 'kms_key_id', 'dynamodb_table'].includes(key) && item !== null,
            )
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : value,
  );
}

interface StateFile {
  readonly resources?: readonly {
    readonly module?: string;
    readonly mode: 'managed' | 'data';
    readonly type: string;
    readonly name: string;
    readonly provider: string;
    readonly instances: readonly {
      readonly index_key?: string | number;
      readonly attributes?: Record<string, unknown>;
      readonly private?: string;
    }[];
  }[];
}

/** What a stack's state holds. */
export function readState(store: S3Store, stack: SynthesizedStack): AppliedResource[] {
  return instances(store, stack).map(({ resource }) => resource);
}

/** The tokens by which the rehearsed world knows the resources of a stack, by their addresses. */
export function stateTokens(store: S3Store, stack: SynthesizedStack): Map<string, string> {
  const found = instances(store, stack).filter(({ token }) => token !== '');
  return new Map(found.map(({ resource: { address }, token }) => [address, token]));
}

function instances(store: S3Store, stack: SynthesizedStack): { resource: AppliedResource; token: string }[] {
  const { bucket, key } = stateLocation(stack);
  const text = store.read(bucket, key)?.toString('utf8');
  if (text === undefined) return [];
  const { resources = [] } = JSON.parse(text) as StateFile;
  return resources.flatMap(({ module, mode, type, name, provider, instances: all }) =>
    all.map(({ index_key: index, attributes, private: kept = '' }) => ({
      resource: {
        stack: stack.name,
        address: `${module === undefined ? '' : `${module}.`}${mode === 'data' ? 'data.' : ''}${type}.${name}${index === undefined ? '' : `[${JSON.stringify(index)}]`}`,
        mode,
        type,
        name,
        provider: /"(.*)"/.exec(provider)?.[1] ?? provider,
        values: attributes ?? {},
      },
      token: Buffer.from(kept, 'base64').toString('utf8'),
    })),
  );
}
