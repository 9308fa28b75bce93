import { nearest, PlinthError } from '@plinth/contract';
import { bindingFolder, bindingSource, findBindings } from './binding-source';
import { deriveSchema } from './derive';
import type { Block, ProviderSchema } from './types';

/** The types of one provider that a program uses. */
export interface UsedTypes {
  readonly resources: ReadonlySet<string>;
  readonly dataSources: ReadonlySet<string>;
}

/**
 * Derives a provider's schemas from the bindings in the user's project, and only those that are used: all of aws would take seconds.
 * A type the bindings do not know is left out: Terraform's core then says so itself, with file and line.
 * @throws PlinthError `bindings-missing`
 */
export class BindingSchemas {
  private readonly known = new Map<string, Block | undefined>();

  constructor(private readonly cwd: string) {}

  of(provider: string, used: UsedTypes): ProviderSchema {
    const lib = findBindings(this.cwd, provider);
    if (lib === undefined) throw missing(this.cwd, provider);
    const pick = (mode: 'resource' | 'data', types: ReadonlySet<string>): Map<string, Block> => {
      const found = new Map<string, Block>();
      for (const type of [...types].sort()) {
        const block = this.block(lib, provider, mode, type);
        if (block !== undefined) found.set(type, block);
      }
      return found;
    };
    return {
      provider: this.remember(`${lib}/provider`, () => bindingSource(`${lib}/provider`)) ?? {
        attributes: [],
        blocks: [],
      },
      resources: pick('resource', used.resources),
      dataSources: pick('data', used.dataSources),
    };
  }

  private block(lib: string, provider: string, mode: 'resource' | 'data', type: string): Block | undefined {
    return this.remember(`${lib}/${mode}/${type}`, () => {
      const folder = bindingFolder(lib, provider, mode, type);
      return folder === undefined ? '' : bindingSource(folder);
    });
  }

  private remember(key: string, source: () => string): Block | undefined {
    if (!this.known.has(key)) this.known.set(key, deriveSchema(source()));
    return this.known.get(key);
  }
}

const prebuilt = ['aws', 'helm', 'kubernetes', 'null', 'random', 'time', 'tls'];

function missing(cwd: string, provider: string): PlinthError {
  const near = nearest(provider, prebuilt);
  return new PlinthError({
    code: 'bindings-missing',
    what: `the provider "${provider}" has no bindings`,
    where: `project ${cwd}`,
    why: 'a rehearsal takes the schemas of a provider from its CDKTF bindings',
    cure: `install @cdktf/provider-${near ?? provider}, or run cdktf get for it`,
  });
}
