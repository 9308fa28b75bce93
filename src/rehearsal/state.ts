import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppliedResource } from './report';
import type { S3Store } from './s3-store';
import type { ProviderSchema } from './schema/types';
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
 * @param addresses whether each resource is given its address as an argument
 */
export function overrideStacks(stacks: readonly SynthesizedStack[], region: string, addresses = false): void {
  const byBackend = new Map(stacks.map((stack) => [backendText(backendOf(stack)), stateLocation(stack)]));
  for (const stack of stacks) {
    const remote: Record<string, object> = {};
    for (const [name, { backend, config }] of Object.entries(stack.json.data?.['terraform_remote_state'] ?? {}) as [
      string,
      { backend?: string; config?: unknown },
    ][]) {
      const { bucket, key } = (config ?? {}) as Partial<StateLocation>;
      const known = byBackend.get(backendText({ [backend ?? '']: config }));
      const named = backend === 's3' && bucket !== undefined && key !== undefined ? { bucket, key } : undefined;
      // A state that no stack here writes is not there; a file may be. Nothing may be asked of a real backend.
      const nowhere = backend === 'local' ? undefined : { bucket: ownBucket, key: `elsewhere/${name}.tfstate` };
      const location = known ?? named ?? nowhere;
      if (location !== undefined) remote[name] = { backend: 's3', config: { ...location, region } };
    }
    const override = {
      terraform: { backend: { s3: { ...stateLocation(stack), region, use_lockfile: true } } },
      ...(Object.keys(remote).length === 0 ? {} : { data: { terraform_remote_state: remote } }),
      ...(addresses && { resource: addressed(stack) }),
    };
    writeFileSync(join(stack.folder, overrideFile), JSON.stringify(override, null, 2));
  }
}

/** The backend as those that read the state name it: HCP Terraform, whose own block is `cloud`, is `remote` to them. */
function backendOf({ json }: SynthesizedStack): object | undefined {
  const { backend, cloud } = json.terraform ?? {};
  return backend ?? (cloud === undefined ? undefined : { remote: cloud });
}

/** For each stack, the names of those whose state it reads. */
export function stateReads(stacks: readonly SynthesizedStack[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byBackend = new Map(stacks.map((stack) => [backendText(backendOf(stack)), stack.name]));
  return new Map(
    stacks.map(({ name, json }) => {
      const remote = Object.values(json.data?.['terraform_remote_state'] ?? {}) as {
        backend?: string;
        config?: unknown;
      }[];
      const read = remote.map(({ backend, config }) => byBackend.get(backendText({ [backend ?? '']: config })));
      return [name, new Set(read.filter((one) => one !== undefined && one !== name))] as [string, ReadonlySet<string>];
    }),
  );
}

/** The argument in which a resource carries its address; no schema of a real provider has it. */
const addressArgument = 'rehearsal_address';

/** Every resource of a stack's root module with its address. */
function addressed({ name: stack, json }: SynthesizedStack): Record<string, Record<string, object>> {
  const resources = Object.entries(json.resource ?? {}).filter(([type]) => type !== 'terraform_data');
  return Object.fromEntries(
    resources.map(([type, instances]) => [
      type,
      Object.fromEntries(
        Object.entries(instances).map(([name, block]) => {
          const { count, for_each: each } = (block ?? {}) as { count?: unknown; for_each?: unknown };
          const index = each !== undefined ? '["${each.key}"]' : count !== undefined ? '[${count.index}]' : '';
          return [name, { [addressArgument]: `${stack}/${type}.${name}${index}` }];
        }),
      ),
    ]),
  );
}

/** Schemas in which every resource has room for its address. */
export function withAddresses(schema: ProviderSchema): ProviderSchema {
  const address = { name: addressArgument, type: 'string', required: false, optional: true, computed: false } as const;
  const resources = [...schema.resources].map(
    ([type, block]) => [type, { ...block, attributes: [...block.attributes, address] }] as const,
  );
  return { ...schema, resources: new Map(resources) };
}

/** `STACK/TYPE.NAME` of a resource; undefined where it carries none. */
export function addressIn(values: Readonly<Record<string, unknown>> | null): string | undefined {
  const address = values?.[addressArgument];
  return typeof address === 'string' ? address : undefined;
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
  readonly resources?: readonly StateResource[];
}

interface StateResource {
  readonly module?: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  readonly provider: string;
  readonly instances: readonly StateInstance[];
}

interface StateInstance {
  readonly index_key?: string | number;
  readonly status?: 'tainted';
  readonly attributes?: Record<string, unknown>;
  readonly private?: string;
  readonly dependencies?: readonly string[];
}

/** A resource in a state, with what the state knows besides. */
export interface HeldResource {
  readonly resource: AppliedResource;
  /** By which the rehearsed world knows it; empty for Terraform's own. */
  readonly token: string;
  /** Addresses, without indices, of what it was made from. */
  readonly dependencies: readonly string[];
  readonly tainted: boolean;
}

/** What a stack's state holds. */
export function readState(store: S3Store, stack: SynthesizedStack): AppliedResource[] {
  return readHeld(store, stack).map(({ resource }) => resource);
}

/** The same with what ties it to the rehearsed world and to each other. */
export function readHeld(store: S3Store, stack: SynthesizedStack): HeldResource[] {
  return (stateFile(store, stack)?.resources ?? []).flatMap((resource) =>
    resource.instances.map((instance) => held(stack.name, resource, instance)),
  );
}

function held(stack: string, resource: StateResource, instance: StateInstance): HeldResource {
  const { mode, type, name, provider } = resource;
  const { [addressArgument]: _address, ...values } = instance.attributes ?? {};
  return {
    resource: {
      stack,
      address: addressOf(resource, instance),
      mode,
      type,
      name,
      provider: /"(.*)"/.exec(provider)?.[1] ?? provider,
      values,
    },
    token: Buffer.from(instance.private ?? '', 'base64').toString('utf8'),
    dependencies: instance.dependencies ?? [],
    tainted: instance.status === 'tainted',
  };
}

function addressOf({ module, mode, type, name }: StateResource, { index_key: index }: StateInstance): string {
  const within = module === undefined ? '' : `${module}.`;
  return `${within}${mode === 'data' ? 'data.' : ''}${type}.${name}${index === undefined ? '' : `[${JSON.stringify(index)}]`}`;
}

/** Takes resources out of a stack's state, as if they had never been made. */
export function forget(store: S3Store, stack: SynthesizedStack, addresses: ReadonlySet<string>): void {
  const state = stateFile(store, stack);
  if (state === undefined) return;
  const resources = (state.resources ?? [])
    .map((resource) => ({
      ...resource,
      instances: resource.instances.filter((instance) => !addresses.has(addressOf(resource, instance))),
    }))
    .filter(({ instances }) => instances.length > 0);
  const { bucket, key } = stateLocation(stack);
  store.put(bucket, key, Buffer.from(JSON.stringify({ ...state, resources })));
}

function stateFile(store: S3Store, stack: SynthesizedStack): StateFile | undefined {
  const { bucket, key } = stateLocation(stack);
  const text = store.read(bucket, key)?.toString('utf8');
  return text === undefined ? undefined : (JSON.parse(text) as StateFile);
}
