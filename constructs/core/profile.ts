import { PlinthError } from '@plinth/contract';

export type ProfileKind = 'production' | 'staging' | 'ephemeral';

/**
 * How durable, how protected and how large an environment is. Components ask the profile for their defaults, so that
 * one word at the top decides for the whole platform; every default can still be set on the component.
 */
export class Profile {
  /** Three of everything that must not fail, deletion protected, kept for long. */
  static production(): Profile {
    return new Profile('production');
  }

  /** As production, at two replicas and with shorter retention. */
  static staging(): Profile {
    return new Profile('staging');
  }

  /**
   * One of everything, on spot capacity, and nothing that resists deletion.
   * @param options.ttl how long it is meant to live: a number and `m`, `h` or `d`, such as `8h`; it ends up in the tag `plinth:ttl`
   * @throws PlinthError `invalid-ttl` when the text is not of that form
   */
  static ephemeral(options: { readonly ttl: string }): Profile {
    if (!/^[1-9]\d*[mhd]$/.test(options.ttl)) {
      throw new PlinthError({
        code: 'invalid-ttl',
        where: 'Profile.ephemeral',
        what: `the ttl '${options.ttl}' cannot be read`,
        why: 'a ttl is a whole number followed by m, h or d',
        cure: "write for instance Profile.ephemeral({ ttl: '8h' })",
      });
    }
    return new Profile('ephemeral', options.ttl);
  }

  /** The profile of that kind, as a platform's contract names it. */
  static ofKind(kind: ProfileKind, ttl = '8h'): Profile {
    return kind === 'ephemeral' ? Profile.ephemeral({ ttl }) : new Profile(kind);
  }

  private constructor(
    readonly kind: ProfileKind,
    /** How long an ephemeral environment is meant to live. */
    readonly ttl?: string,
  ) {}

  /** How many replicas of something that production runs `wanted` times. */
  replicas(wanted: number): number {
    return Math.min(wanted, { production: wanted, staging: 2, ephemeral: 1 }[this.kind]);
  }

  /** Whether databases, clusters and keys refuse to be deleted. */
  get deletionProtection(): boolean {
    return this.kind === 'production';
  }

  /** Whether buckets and registries may be destroyed with what they hold. */
  get forceDestroy(): boolean {
    return this.kind === 'ephemeral';
  }

  /** Whether nodes may be spot instances where a workload does not say otherwise. */
  get spot(): boolean {
    return this.kind === 'ephemeral';
  }

  /** Whether what can be spread over availability zones is. */
  get multiZone(): boolean {
    return this.kind !== 'ephemeral';
  }

  /** Days that logs are kept. A value CloudWatch Logs accepts. */
  get logRetentionDays(): number {
    return { production: 365, staging: 90, ephemeral: 7 }[this.kind];
  }

  /** Days that database backups are kept. */
  get backupRetentionDays(): number {
    return { production: 30, staging: 7, ephemeral: 1 }[this.kind];
  }

  /** Days between the request to delete a KMS key and its deletion; AWS allows 7 to 30. */
  get keyDeletionDays(): number {
    return this.kind === 'production' ? 30 : 7;
  }
}
