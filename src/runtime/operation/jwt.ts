import { scopes as allScopes, type Scope, type ServeConfig } from '@plinth/contract';
import { LRUCache } from 'lru-cache';
import type { JWTVerifyGetKey } from 'jose';
import { RequestError } from '../engine/errors.js';
import type { Logger } from '../program.js';
import { WatchedFile } from './watched-file.js';

export type JwtSettings = NonNullable<NonNullable<ServeConfig['auth']>['jwt']>;

/** What a token allows. */
export interface Grant {
  readonly scopes: readonly Scope[];
  readonly tenant: string;
}

/** How long a verified token is believed without looking at its signature again, and how many are remembered. */
const cacheMs = 60_000;
const cacheTokens = 10_000;

/** Signatures that are verified at once: who sends nothing but forgeries must not fill the queue of Node's threads. */
const maxVerifying = 256;

/** A verified token is longer than anything that providers issue. */
const maxTokenLength = 16 * 1024;

/** JSON Web Tokens of one OpenID Connect provider (RFC 7519, RFC 9068). */
export class JwtVerifier {
  private readonly known = new LRUCache<string, { readonly grant: Grant; readonly until: number }>({
    max: cacheTokens,
  });
  private readonly verifying = new Map<string, Promise<Grant>>();

  private constructor(
    private readonly settings: JwtSettings,
    private readonly jose: typeof import('jose'),
    private readonly keys: JWTVerifyGetKey,
    private readonly file: WatchedFile<JWTVerifyGetKey> | undefined,
    private readonly now: () => number,
  ) {}

  /** @throws PlinthError `file-unreadable`, `file-invalid` */
  static async open(settings: JwtSettings, logger: Logger, now: () => number = Date.now): Promise<JwtVerifier> {
    const jose = await import('jose');
    const { jwksFile, jwksUrl } = settings;
    if (jwksFile === undefined) {
      // The library remembers the keys for ten minutes, and asks at most twice a minute for a key that it does not know.
      const keys = jose.createRemoteJWKSet(new URL(jwksUrl ?? ''), { timeoutDuration: 5000 });
      return new JwtVerifier(settings, jose, keys, undefined, now);
    }
    const parse = (text: string): JWTVerifyGetKey =>
      jose.createLocalJWKSet(JSON.parse(text) as Parameters<typeof jose.createLocalJWKSet>[0]);
    const file = new WatchedFile(jwksFile, parse, '--auth-jwt-jwks-file', logger);
    return new JwtVerifier(settings, jose, (header, token) => file.value(header, token), file, now);
  }

  stop(): void {
    this.file?.stop();
  }

  /**
   * What the token allows. One that was verified within the last minute and has not expired is answered at once.
   * @param hash of the token: tokens themselves are not kept
   * @throws Error whose message says what is wrong with the token; RequestError `unavailable` when the keys cannot be had, `rejected`
   *   when too many tokens are being verified
   */
  verify(token: string, hash: string): Grant | Promise<Grant> {
    const known = this.known.get(hash);
    if (known !== undefined && known.until > this.now()) return known.grant;
    // Many requests with a new token at once cost one verification.
    let promise = this.verifying.get(hash);
    if (promise === undefined) {
      if (this.verifying.size >= maxVerifying) throw busy();
      promise = this.check(token, hash).finally(() => this.verifying.delete(hash));
      this.verifying.set(hash, promise);
    }
    return promise;
  }

  private async check(token: string, hash: string): Promise<Grant> {
    if (token.length > maxTokenLength || token.split('.').length !== 3) throw new Error('it is not a token known here');
    const { issuer, audience, algorithms, clockToleranceSeconds, scopesClaim, tenantClaim } = this.settings;
    const now = this.now();
    const { payload } = await this.jose
      .jwtVerify(token, this.keys, {
        issuer,
        audience,
        algorithms: algorithms.split(','),
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(now),
        requiredClaims: ['exp'],
      })
      .catch((error: unknown) => {
        throw this.refusal(error);
      });
    const tenant = payload[tenantClaim];
    if (typeof tenant !== 'string' || tenant === '' || tenant.length > 128)
      throw new Error(`its claim "${tenantClaim}" names no tenant`);
    const grant = { scopes: this.scopes(payload[scopesClaim]), tenant };
    const expires = ((payload.exp ?? 0) + clockToleranceSeconds) * 1000;
    this.known.set(hash, { grant, until: Math.min(expires, now + cacheMs) });
    return grant;
  }

  private scopes(claim: unknown): Scope[] {
    const words = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
    return allScopes.filter((scope) => words.includes(this.settings.scopesPrefix + scope));
  }

  /** The token's fault is its bearer's; keys that cannot be had are not. */
  private refusal(error: unknown): Error {
    const { errors } = this.jose;
    const tokens = [errors.JWTExpired, errors.JWTClaimValidationFailed, errors.JWTInvalid, errors.JWSInvalid];
    const keys = [errors.JWSSignatureVerificationFailed, errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys];
    const other = [errors.JOSEAlgNotAllowed, errors.JOSENotSupported];
    const why = (error as Error).message.replace(/[\s.]+$/, '');
    if ([...tokens, ...keys, ...other].some((kind) => error instanceof kind)) return new Error(why, { cause: error });
    return new RequestError(
      'unavailable',
      {
        code: 'keys-unavailable',
        what: 'the token cannot be checked',
        where: this.settings.jwksUrl ?? this.settings.jwksFile ?? '',
        why: `the keys of its issuer cannot be had (${why})`,
        cure: 'send it again a little later, and see whether the issuer can be reached',
      },
      { cause: error },
    );
  }
}

function busy(): RequestError {
  return new RequestError(
    'rejected',
    {
      code: 'tokens-overloaded',
      what: 'the token is not checked',
      where: 'header Authorization',
      why: `${maxVerifying} new tokens are being verified already`,
      cure: 'send the request again a little later, with the same token',
    },
    { retryAfterSeconds: 1 },
  );
}
