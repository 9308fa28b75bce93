import type { ServeConfig } from '@plinth/contract';
import { LRUCache } from 'lru-cache';
import { RequestError } from '../engine/errors.js';

export type TenantSettings = NonNullable<ServeConfig['tenants']>;

interface Limit {
  /** Requests per second. */
  readonly rate: number;
  /** Requests that may come at once. */
  readonly burst: number;
}

interface Bucket extends Limit {
  tokens: number;
  /** Milliseconds, when `tokens` was right. */
  at: number;
}

/**
 * A token bucket per tenant. Requests that name no tenant share one. A tenant that is forgotten because too many others came
 * since starts with a full bucket again: names should come from tokens, not from what a client may make up.
 */
export class TenantLimits {
  /** Requests that were turned away so far. */
  limited = 0;
  private readonly buckets: LRUCache<string, Bucket>;
  private readonly named: ReadonlyMap<string, Limit>;
  private readonly usual: Limit;

  /** @param now milliseconds of a clock that never goes back */
  constructor(
    settings: TenantSettings,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.usual = limit(settings.rate, settings.burst);
    this.named = new Map(
      (settings.limits ?? '')
        .split(',')
        .filter((text) => text !== '')
        .map((text) => {
          const [name = '', values = ''] = text.split('=');
          const [rate = '', burst] = values.split('/');
          return [name, limit(Number(rate), burst === undefined ? undefined : Number(burst))];
        }),
    );
    this.buckets = new LRUCache({ max: settings.maxTenants });
  }

  /** Tenants that are remembered. */
  get size(): number {
    return this.buckets.size;
  }

  /** Takes one request from the tenant's bucket. @throws RequestError `limited`, with the seconds until there is one */
  take(tenant = ''): void {
    const now = this.now();
    let bucket = this.buckets.get(tenant);
    if (bucket === undefined) {
      const own = this.named.get(tenant) ?? this.usual;
      this.buckets.set(tenant, (bucket = { ...own, tokens: own.burst, at: now }));
    }
    bucket.tokens = Math.min(bucket.burst, bucket.tokens + ((now - bucket.at) / 1000) * bucket.rate);
    bucket.at = now;
    if (bucket.tokens >= 1) {
      bucket.tokens--;
      return;
    }
    this.limited++;
    const seconds = Math.max(1, Math.ceil((1 - bucket.tokens) / bucket.rate));
    throw new RequestError(
      'limited',
      {
        code: 'tenant-limited',
        what: 'the request is refused',
        where: tenant === '' ? 'callers without a name' : `tenant "${tenant}"`,
        why: `it may send ${bucket.rate} requests a second, and ${bucket.burst} at once`,
        cure: `send it again in ${seconds} s, or ask for a higher limit`,
      },
      { retryAfterSeconds: seconds },
    );
  }
}

function limit(rate: number, burst = Math.max(1, Math.ceil(rate))): Limit {
  return { rate, burst };
}
