import { createHash, timingSafeEqual } from 'node:crypto';
import { authTokens, type Scope, type ServeConfig } from '@plinth/contract';
import type { Caller, Need } from '../engine/admission.js';
import { RequestError } from '../engine/errors.js';
import type { Logger } from '../program.js';
import { JwtVerifier, type Grant } from './jwt.js';
import { WatchedFile } from './watched-file.js';

interface StaticToken extends Grant {
  readonly hash: Buffer;
}

const nobody: Caller = {};

/** Checks bearer tokens (RFC 6750): static ones by their hash, others as JSON Web Tokens. */
export class Authenticator {
  /** Requests that were turned away so far. */
  readonly refused = { unauthenticated: 0, forbidden: 0 };

  private constructor(
    private readonly openMetadata: boolean,
    private readonly tokens: WatchedFile<readonly StaticToken[]> | undefined,
    private readonly jwt: JwtVerifier | undefined,
  ) {}

  /** @throws PlinthError `file-unreadable`, `file-invalid` */
  static async open(
    { tokensFile, jwt, openMetadata }: NonNullable<ServeConfig['auth']>,
    logger: Logger,
  ): Promise<Authenticator> {
    const tokens =
      tokensFile === undefined ? undefined : new WatchedFile(tokensFile, parseTokens, '--auth-tokens-file', logger);
    try {
      return new Authenticator(
        openMetadata,
        tokens,
        jwt === undefined ? undefined : await JwtVerifier.open(jwt, logger),
      );
    } catch (error) {
      tokens?.stop();
      throw error;
    }
  }

  stop(): void {
    this.tokens?.stop();
    this.jwt?.stop();
  }

  /**
   * Lets a call pass or not. Answers without a promise unless a signature has to be verified.
   * @param header the value of `Authorization`
   * @throws RequestError `unauthenticated`, `forbidden`; `unavailable` when the issuer's keys cannot be had
   */
  authenticate(header: string | undefined, need: Need): Caller | Promise<Caller> {
    if (need === 'metadata') {
      if (this.openMetadata) return nobody;
      need = 'read';
    }
    const token = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header ?? '')?.[1];
    if (token === undefined) throw this.unauthenticated(header !== undefined);
    const hash = createHash('sha256').update(token).digest();
    const known = this.find(hash);
    if (known !== undefined) return this.permit(known, need);
    if (this.jwt === undefined) throw this.unauthenticated(true);
    try {
      const grant = this.jwt.verify(token, hash.toString('latin1'));
      if (!(grant instanceof Promise)) return this.permit(grant, need);
      const scope = need;
      return grant.then(
        (verified) => this.permit(verified, scope),
        (error: unknown) => {
          throw error instanceof RequestError ? error : this.unauthenticated(true, (error as Error).message);
        },
      );
    } catch (error) {
      throw error instanceof RequestError ? error : this.unauthenticated(true, (error as Error).message);
    }
  }

  /** Compares with every hash, so that the time it takes tells nothing. */
  private find(hash: Buffer): StaticToken | undefined {
    let found: StaticToken | undefined;
    for (const token of this.tokens?.value ?? []) if (timingSafeEqual(token.hash, hash)) found = token;
    return found;
  }

  private permit({ scopes, tenant }: Grant, need: Scope): Caller {
    if (scopes.includes(need)) return { tenant };
    this.refused.forbidden++;
    const has = scopes.length === 0 ? 'no scope' : `the scopes ${scopes.join(', ')}`;
    throw new RequestError(
      'forbidden',
      {
        code: 'scope-missing',
        what: 'the call is not allowed',
        where: 'header Authorization',
        why: `it needs the scope ${need}, and the token has ${has}`,
        cure: 'use a token with that scope',
      },
      { challenge: `Bearer realm="plinth", error="insufficient_scope", scope="${need}"` },
    );
  }

  private unauthenticated(given: boolean, why = 'its token is not one that is known here'): RequestError {
    this.refused.unauthenticated++;
    return new RequestError(
      'unauthenticated',
      {
        code: given ? 'token-invalid' : 'token-missing',
        what: given ? 'the token is not accepted' : 'there is no token',
        where: 'header Authorization',
        why: given ? why : 'this server answers known callers only',
        cure: given ? 'send a valid one: Authorization: Bearer TOKEN' : 'send Authorization: Bearer TOKEN',
      },
      { challenge: given ? 'Bearer realm="plinth", error="invalid_token"' : 'Bearer realm="plinth"' },
    );
  }
}

function parseTokens(text: string): readonly StaticToken[] {
  const result = authTokens.safeParse(JSON.parse(text));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new Error(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is refused'}`);
  }
  return result.data.tokens.map(({ sha256, scopes, tenant, name }) => ({
    hash: Buffer.from(sha256, 'hex'),
    scopes,
    tenant: tenant ?? name,
  }));
}
