import type { UsedTypes } from './schema/provider-schema';
import type { StackJson } from './synth';

/** A provider that a program needs. */
export interface UsedProvider {
  /** `hashicorp/aws`. */
  readonly address: string;
  /** `aws`: the name of its bindings, and what its types begin with. */
  readonly name: string;
  readonly used: UsedTypes;
}

/** The providers and types that stacks use. Terraform's own (`terraform_data`, `terraform_remote_state`) need none. */
export function usedProviders(stacks: readonly StackJson[]): UsedProvider[] {
  const providers = new Map<string, { name: string } & Record<keyof UsedTypes, Set<string>>>();
  const use = (address: string) => {
    const name = address.split('/').at(-1) ?? address;
    const known = providers.get(address) ?? {
      name,
      resources: new Set<string>(),
      dataSources: new Set<string>(),
      ephemeral: new Set<string>(),
    };
    providers.set(address, known);
    return known;
  };
  for (const stack of stacks) {
    const sources = new Map(
      Object.entries(stack.terraform?.required_providers ?? {}).map(([local, { source }]) => [
        local,
        addressOf(source ?? local),
      ]),
    );
    // Terraform asks for what is configured as well, though nothing uses it.
    for (const local of Object.keys(stack.provider ?? {})) use(sources.get(local) ?? addressOf(local));
    for (const address of sources.values()) if (address !== terraformItself) use(address);
    const add = (type: string, mode: keyof UsedTypes): void => {
      const local = type.split('_')[0] ?? type;
      const address = sources.get(local) ?? addressOf(local);
      if (address !== terraformItself) use(address)[mode].add(type);
    };
    for (const type of Object.keys(stack.resource ?? {})) add(type, 'resources');
    for (const type of Object.keys(stack.data ?? {})) add(type, 'dataSources');
    for (const type of Object.keys(stack.ephemeral ?? {})) add(type, 'ephemeral');
  }
  return [...providers].map(([address, { name, ...used }]) => ({ address, name, used }));
}

const terraformItself = 'hashicorp/terraform';

/** `aws`, `hashicorp/aws` and `registry.terraform.io/hashicorp/aws` are one. */
function addressOf(source: string): string {
  const parts = source.split('/');
  if (source === 'terraform.io/builtin/terraform') return terraformItself;
  return parts.length === 1 ? `hashicorp/${source}` : parts.slice(-2).join('/');
}
