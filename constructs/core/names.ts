import { createHash } from 'node:crypto';
import { PlinthError } from '@plinth/contract';

const platformName = /^[a-z][a-z0-9-]{1,18}[a-z0-9]$/;

/** Refuses a platform name that would not fit into the names made from it. */
export function checkPlatformName(name: string): void {
  if (platformName.test(name)) return;
  const tooLong = name.length > 20;
  throw new PlinthError({
    code: tooLong ? 'name-too-long' : 'invalid-name',
    where: name,
    what: `the platform's name '${name}' ${tooLong ? `has ${name.length} characters` : 'is not usable'}`,
    why: tooLong
      ? 'AWS limits names made from it (63 characters for a bucket, 32 for a load balancer), which leaves 20 for the platform'
      : 'it must be 3 to 20 small letters, digits and hyphens, beginning with a letter and not ending with a hyphen',
    cure: "choose a short name such as 'prod' or 'team-a'",
  });
}

/**
 * Physical names: prefixed with the platform, the same at every synth, and never longer than their service allows.
 * What does not fit is cut and ends in eight characters of a hash of the whole, so that two long names stay apart.
 */
export class Names {
  constructor(private readonly platform: string) {}

  /** `<platform>-<part>-<part>`, at most `max` characters (64 by default, IAM's limit for a role). */
  of(parts: readonly string[], max = 64): string {
    const whole = [this.platform, ...parts]
      .join('-')
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
      .replace(/-{2,}/g, '-')
      .replace(/^-|-$/g, '');
    if (whole.length <= max) return whole;
    const hash = createHash('sha256').update(whole).digest('hex').slice(0, 8);
    return `${whole.slice(0, max - 9).replace(/-$/, '')}-${hash}`;
  }
}

/** Refuses a Kubernetes name that is not a DNS label of at most 63 characters; `limit` is lower where suffixes follow. */
export function checkKubernetesName(where: string, name: string, limit = 63): void {
  if (name.length <= limit && /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) return;
  const tooLong = name.length > limit;
  throw new PlinthError({
    code: tooLong ? 'name-too-long' : 'invalid-name',
    where,
    what: `the name '${name}' ${tooLong ? `has ${name.length} characters` : 'is not usable'}`,
    why: tooLong
      ? `Kubernetes allows ${limit} here`
      : 'Kubernetes names are small letters, digits and hyphens, beginning with a letter and not ending with a hyphen',
    cure: tooLong ? `shorten the id to ${limit} characters or fewer` : "choose an id such as 'fraud-v2'",
  });
}
