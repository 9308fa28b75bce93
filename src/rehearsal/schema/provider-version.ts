import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlinthError } from '@plinth/contract';

/** A version that a stack asks for. */
export interface WantedVersion {
  readonly stack: string;
  /** As Terraform writes it: `~> 6.0`. */
  readonly constraint: string;
}

/**
 * Refuses bindings of another version of a provider than a stack asks for: the schemas would be of one that Terraform would not install.
 * @param lib the folder of the bindings
 * @throws PlinthError `provider-version-mismatch`
 */
export function checkProviderVersion(lib: string, provider: string, { stack, constraint }: WantedVersion): void {
  const version = boundVersion(lib, provider);
  if (version === undefined || allows(constraint, version)) return;
  throw new PlinthError({
    code: 'provider-version-mismatch',
    what: `it asks for the provider "${provider}" in version ${constraint}, and the bindings are of ${version}`,
    where: `stack ${stack}, terraform.required_providers`,
    why: 'a rehearsal takes the schemas of a provider from its CDKTF bindings',
    cure: `install the @cdktf/provider-${provider} that was generated from such a version, or ask for ${version}`,
  });
}

/** The provider's version that bindings were generated from, where they tell it. */
export function boundVersion(lib: string, provider: string): string | undefined {
  const read = (file: string): unknown => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);
  const prebuilt = read(join(lib, '../package.json')) as { cdktf?: { provider?: { version?: string } } } | undefined;
  // What `cdktf get` generates lies in .gen/providers/NAME.
  const generated = read(join(lib, '../../versions.json')) as Record<string, string> | undefined;
  const own = Object.entries(generated ?? {}).find(([address]) => address.endsWith(`/${provider}`))?.[1];
  return prebuilt?.cdktf?.provider?.version ?? own;
}

/**
 * Whether a version meets a constraint (https://developer.hashicorp.com/terraform/language/expressions/version-constraints).
 * What cannot be read is for Terraform to refuse.
 */
export function allows(constraint: string, version: string): boolean {
  const have = segments(version);
  return constraint.split(',').every((part) => {
    const [, operator = '=', text = ''] = /^\s*(=|!=|>=|<=|>|<|~>)?\s*v?(\d+(?:\.\d+){0,2})\s*$/.exec(part) ?? [];
    if (text === '') return true;
    const wanted = segments(text);
    const order = compare(have, wanted);
    switch (operator) {
      case '!=':
        return order !== 0;
      case '>':
        return order > 0;
      case '>=':
        return order >= 0;
      case '<':
        return order < 0;
      case '<=':
        return order <= 0;
      case '~>':
        // Only the last number that is given may grow; a single one is read as with a zero after it.
        return order >= 0 && compare(have.slice(0, fixed(text)), wanted.slice(0, fixed(text))) === 0;
      default:
        return order === 0;
    }
  });
}

/**
 * A version that meets all of these constraints, for a provider of which nothing tells the version: one that they name, or the next.
 * @returns where none does, the highest that is named, for Terraform to say so
 */
export function versionWithin(constraints: readonly string[]): string {
  const named = constraints
    .flatMap((constraint) => constraint.match(/\d+(\.\d+){0,2}/g) ?? [])
    .map(segments)
    .sort((a, b) => compare(b, a));
  const next = ([major = 0, minor = 0, patch = 0]: readonly number[]): number[] => [major, minor, patch + 1];
  const candidates = [...named, ...named.map(next)].map((one) => one.join('.'));
  const meets = (version: string): boolean => constraints.every((constraint) => allows(constraint, version));
  return ['1.0.0', ...candidates, '0.0.1'].find(meets) ?? candidates[0] ?? '1.0.0';
}

const segments = (version: string): number[] => [...version.split('.').map(Number), 0, 0].slice(0, 3);
const fixed = (text: string): number => Math.max(1, text.split('.').length - 1);
const compare = (a: readonly number[], b: readonly number[]): number =>
  a.map((item, i) => item - (b[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
