import { nearest, PlinthError } from '@plinth/contract';
import { bindingFolder, bindingSource, bindingTypes, findBindings } from './binding-source';
import type { StackJson } from '../synth';
import { deriveSchema } from './derive';
import { boundVersion, checkProviderVersion, versionWithin } from './provider-version';
import { factsOf, withFacts } from '../facts';
import type { Block, ProviderSchema } from './types';

/** The types of one provider that a program uses. */
export interface UsedTypes {
  readonly resources: ReadonlySet<string>;
  readonly dataSources: ReadonlySet<string>;
  /** Default: none. */
  readonly ephemeral?: ReadonlySet<string>;
}

type Mode = 'resource' | 'data';

/**
 * Derives a provider's schemas from the bindings in the user's project, and only those that are used: all of aws would take seconds.
 * A type the bindings do not know is left out: Terraform's core then says so itself, with file and line, and asks whether the type that
 * is spelled most like it was meant, which is why that one is served.
 * @throws PlinthError `bindings-missing`, `provider-version-mismatch`
 */
export class BindingSchemas {
  private readonly known = new Map<string, Block | undefined>();

  constructor(private readonly cwd: string) {}

  /**
   * Refuses stacks that ask for another version of a provider than the bindings are of.
   * @throws PlinthError `provider-version-mismatch`
   */
  check(stacks: readonly { readonly name: string; readonly json: StackJson }[]): void {
    for (const { name: stack, json } of stacks) {
      for (const [local, { source, version }] of Object.entries(json.terraform?.required_providers ?? {})) {
        const provider = (source ?? local).split('/').at(-1) ?? local;
        const lib = findBindings(this.cwd, provider);
        if (lib === undefined || version === undefined) continue;
        checkProviderVersion(lib, provider, { stack, constraint: version });
      }
    }
  }

  /** The provider's version that the bindings are of; where they do not tell it, one that the constraints allow. */
  version(provider: string, constraints: readonly string[]): string {
    const lib = findBindings(this.cwd, provider);
    return (lib === undefined ? undefined : boundVersion(lib, provider)) ?? versionWithin(constraints);
  }

  of(provider: string, used: UsedTypes): ProviderSchema {
    const lib = findBindings(this.cwd, provider);
    if (lib === undefined) throw missing(this.cwd, provider);
    const pick = (types: ReadonlySet<string>, ...modes: readonly Mode[]): Map<string, Block> => {
      const found = new Map<string, Block>();
      for (const type of [...types].sort()) {
        const blockOf = (name: string): Block | undefined =>
          modes.map((mode) => this.block(lib, provider, mode, name)).find((one) => one !== undefined);
        const block = blockOf(type);
        const meant =
          block === undefined
            ? nearest(
                type,
                modes.flatMap((mode) => bindingTypes(lib, provider, mode)),
              )
            : type;
        const served = block ?? (meant === undefined ? undefined : blockOf(meant));
        if (meant !== undefined && served !== undefined) found.set(meant, served);
      }
      return found;
    };
    return {
      provider: this.remember(`${lib}/provider`, () => bindingSource(`${lib}/provider`)) ?? {
        attributes: [],
        blocks: [],
      },
      resources: pick(used.resources, 'resource'),
      dataSources: pick(used.dataSources, 'data'),
      // Bindings hold no ephemeral resources. One has the arguments of the data source that bears its name, or else of the resource.
      ephemeral: pick(used.ephemeral ?? new Set(), 'data', 'resource'),
    };
  }

  private block(lib: string, provider: string, mode: Mode, type: string): Block | undefined {
    const block = this.remember(`${lib}/${mode}/${type}`, () => {
      const folder = bindingFolder(lib, provider, mode, type);
      return folder === undefined ? '' : bindingSource(folder);
    });
    const facts = mode === 'resource' ? factsOf(type) : undefined;
    return block === undefined || facts === undefined ? block : withFacts(block, facts);
  }

  private remember(key: string, source: () => string): Block | undefined {
    // Names are cut out of the source, and V8 would keep the whole of it for each; a copy holds nothing but itself.
    if (!this.known.has(key)) this.known.set(key, structuredClone(deriveSchema(source())));
    return this.known.get(key);
  }
}

const prebuilt = ['aws', 'helm', 'kubernetes', 'null', 'random', 'time', 'tls'];

function missing(cwd: string, provider: string): PlinthError {
  // Of a short name, nearly every other one is near.
  const near = nearest(
    provider,
    prebuilt.filter((name) => name.length > 4),
  );
  return new PlinthError({
    code: 'bindings-missing',
    what: `the provider "${provider}" has no bindings`,
    where: `project ${cwd}`,
    why: 'a rehearsal takes the schemas of a provider from its CDKTF bindings',
    cure: `install @cdktf/provider-${near ?? provider}, or run cdktf get for it`,
  });
}
