import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveConfig, type ServeConfigInput } from '@plinth/contract';
import fc from 'fast-check';
import { exportJWK, SignJWT, type JWTPayload } from 'jose';
import type { Caller, Need } from '../../../../src/runtime/engine/admission';
import { RequestError, type FailureKind } from '../../../../src/runtime/engine/errors';
import { Authenticator } from '../../../../src/runtime/operation/auth';
import { JwtVerifier, type JwtSettings } from '../../../../src/runtime/operation/jwt';
import { cleanup, memoryLogger } from '../support/cleanup';

const shop = cleanup();
const { logger } = memoryLogger();

type AuthInput = NonNullable<ServeConfigInput['auth']>;
const settings = (auth: AuthInput) => serveConfig.parse({ modelRepository: '/m', auth }).auth as NonNullable<AuthInput>;

async function open(auth: AuthInput): Promise<Authenticator> {
  const made = await Authenticator.open(settings(auth) as Parameters<typeof Authenticator.open>[0], logger);
  shop.after(() => made.stop());
  return made;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
function tokensFile(content: unknown): string {
  const file = join(shop.folder(), 'tokens.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}
const ci = { name: 'ci', sha256: sha256('secret-of-ci'), scopes: ['infer', 'read'], tenant: 'acme' };
const admin = { name: 'admin', sha256: sha256('secret-of-admin'), scopes: ['control'] };

async function refusal(auth: Authenticator, header: string | undefined, need: Need): Promise<RequestError> {
  try {
    await auth.authenticate(header, need);
  } catch (error) {
    return error as RequestError;
  }
  throw new Error('it was let through');
}
async function refused(auth: Authenticator, header: string | undefined, need: Need): Promise<FailureKind> {
  const error = await refusal(auth, header, need);
  expect(error).toBeInstanceOf(RequestError);
  return error.kind;
}

describe('static tokens', () => {
  test('pass with their scopes, and carry their tenant, which is their name by default', async () => {
    const auth = await open({ tokensFile: tokensFile({ tokens: [ci, admin] }) });
    expect(auth.authenticate('Bearer secret-of-ci', 'infer')).toEqual({ tenant: 'acme' });
    expect(auth.authenticate('bearer secret-of-ci', 'metadata')).toEqual({ tenant: 'acme' });
    expect(auth.authenticate('Bearer secret-of-admin', 'control')).toEqual({ tenant: 'admin' });
    expect(auth.refused).toEqual({ unauthenticated: 0, forbidden: 0 });
  });

  test('are refused without the scope, and the refusal names it', async () => {
    const auth = await open({ tokensFile: tokensFile({ tokens: [ci, admin] }) });
    const error = await refusal(auth, 'Bearer secret-of-ci', 'control');
    expect(error.kind).toBe('forbidden');
    expect(error.message).toBe(
      'header Authorization: the call is not allowed, because it needs the scope control, and the token has the scopes infer, read; use a token with that scope.',
    );
    expect(error.challenge).toBe('Bearer realm="plinth", error="insufficient_scope", scope="control"');
    expect(await refused(auth, 'Bearer secret-of-admin', 'infer')).toBe('forbidden');
    expect(auth.refused).toEqual({ unauthenticated: 0, forbidden: 2 });
  });

  test('are missed or unknown: the refusal says which, challenges, and never repeats the token', async () => {
    const auth = await open({ tokensFile: tokensFile({ tokens: [ci] }) });
    const missing = await refusal(auth, undefined, 'infer');
    expect([missing.kind, missing.challenge]).toEqual(['unauthenticated', 'Bearer realm="plinth"']);
    expect(missing.message).toMatch(/there is no token, because this server answers known callers only/);
    for (const header of ['Bearer wrong', 'Basic c2VjcmV0', 'Bearer', 'Bearer a b', 'Bearer secret-of-ci!', '']) {
      const error = await refusal(auth, header, 'infer');
      expect([error.kind, error.finding.code]).toEqual(['unauthenticated', 'token-invalid']);
      expect(error.challenge).toBe('Bearer realm="plinth", error="invalid_token"');
      expect(error.message).not.toMatch(/wrong|c2Vjc|secret/);
    }
    expect(auth.refused.unauthenticated).toBe(7);
  });

  test('are not needed for metadata where the configuration says so', async () => {
    const auth = await open({ tokensFile: tokensFile({ tokens: [ci] }), openMetadata: true });
    expect(auth.authenticate(undefined, 'metadata')).toEqual({});
    expect(await refused(auth, undefined, 'read')).toBe('unauthenticated');
  });

  test('are read anew when the file changes, and stay when the change is wrong', async () => {
    const file = tokensFile({ tokens: [ci] });
    const auth = await open({ tokensFile: file });
    const look = (): Promise<void> => (auth as unknown as { tokens: { look(): Promise<void> } }).tokens.look();
    writeFileSync(file, JSON.stringify({ tokens: [admin] }));
    await look();
    expect(await refused(auth, 'Bearer secret-of-ci', 'infer')).toBe('unauthenticated');
    expect(auth.authenticate('Bearer secret-of-admin', 'control')).toEqual({ tenant: 'admin' });
    writeFileSync(file, '{');
    await look();
    expect(auth.authenticate('Bearer secret-of-admin', 'control')).toEqual({ tenant: 'admin' });
  });

  test.each([
    [
      'no JSON',
      '{',
      /tokens\.json: the file does not say what it should, because .*; correct the file of --auth-tokens-file\.$/,
    ],
    [
      'a token in place of its hash',
      { tokens: [{ ...ci, sha256: 'secret' }] },
      /tokens\.0\.sha256: it is the SHA-256 hash/,
    ],
    ['an unknown scope', { tokens: [{ ...ci, scopes: ['all'] }] }, /tokens\.0\.scopes\.0/],
    ['no scope', { tokens: [{ ...ci, scopes: [] }] }, /tokens\.0\.scopes/],
  ])('a file with %s stops the start', async (_, content, message) => {
    await expect(open({ tokensFile: tokensFile(content) })).rejects.toThrow(message);
  });

  test('a file that is not there stops the start', async () => {
    await expect(open({ tokensFile: join(shop.folder(), 'none') })).rejects.toMatchObject({
      finding: { code: 'file-unreadable' },
    });
  });
});

describe('JSON Web Tokens', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const issuer = 'https://issuer.example';
  const keySet = async (): Promise<object> => ({
    keys: [
      { ...(await exportJWK(rsa.publicKey)), kid: 'r', alg: 'RS256', use: 'sig' },
      { ...(await exportJWK(ec.publicKey)), kid: 'e', alg: 'ES256', use: 'sig' },
    ],
  });

  interface Choices {
    readonly claims?: JWTPayload;
    readonly key?: KeyObject;
    readonly header?: { alg: string; kid?: string };
    readonly lifetime?: number;
  }
  const at = (seconds = 0): number => Math.floor(Date.now() / 1000) + seconds;
  const sign = ({ claims, key, header, lifetime = 60 }: Choices = {}): Promise<string> =>
    new SignJWT({ iss: issuer, aud: 'plinth', sub: 'acme', scope: 'infer read', exp: at(lifetime), ...claims })
      .setProtectedHeader(header ?? { alg: 'RS256', kid: 'r' })
      .sign(createPrivateKey((key ?? rsa.privateKey).export({ type: 'pkcs8', format: 'pem' })));

  const withFile = async (jwt: Partial<JwtSettings> = {}): Promise<Authenticator> => {
    const jwksFile = join(shop.folder(), 'jwks.json');
    writeFileSync(jwksFile, JSON.stringify(await keySet()));
    return open({ jwt: { issuer, audience: 'plinth', jwksFile, ...jwt } });
  };
  const bearer = async (choices?: Choices): Promise<string> => `Bearer ${await sign(choices)}`;

  test('pass with the scopes and the tenant of their claims; the second time without a promise', async () => {
    const auth = await withFile();
    const header = await bearer();
    const first = auth.authenticate(header, 'infer');
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toEqual({ tenant: 'acme' });
    expect(auth.authenticate(header, 'read')).toEqual({ tenant: 'acme' });
    expect(await refused(auth, header, 'control')).toBe('forbidden');
    const ecHeader = await bearer({ key: ec.privateKey, header: { alg: 'ES256', kid: 'e' } });
    expect(await auth.authenticate(ecHeader, 'infer')).toEqual({ tenant: 'acme' });
  });

  test('take scopes from a list, with a prefix, and the tenant from another claim', async () => {
    const auth = await withFile({ scopesClaim: 'roles', scopesPrefix: 'plinth:', tenantClaim: 'org' });
    const header = await bearer({ claims: { roles: ['plinth:control', 'infer'], org: 'lab' } });
    expect(await auth.authenticate(header, 'control')).toEqual({ tenant: 'lab' });
    expect(await refused(auth, header, 'infer')).toBe('forbidden');
  });

  test.each<[string, Choices, RegExp]>([
    ['expired', { lifetime: -60 }, /"exp" claim timestamp check failed/],
    ['of another issuer', { claims: { iss: 'https://other.example' } }, /unexpected "iss" claim value/],
    ['for another audience', { claims: { aud: 'other' } }, /unexpected "aud" claim value/],
    ['not yet valid', { claims: { nbf: at(120) } }, /"nbf" claim timestamp check failed/],
    ['without an end', { claims: { exp: undefined } }, /missing required "exp" claim/],
    ['without a tenant', { claims: { sub: '' } }, /its claim "sub" names no tenant/],
    ['signed with another key', { key: stranger.privateKey }, /signature verification failed/],
    ['signed with an unknown key', { header: { alg: 'RS256', kid: 'zz' } }, /no applicable key found/],
    [
      'signed with an algorithm that is not allowed',
      { header: { alg: 'PS256' } },
      /"alg" \(Algorithm\) Header Parameter value not allowed/,
    ],
  ])('one that is %s is refused', async (_, choices, why) => {
    const error = await refusal(await withFile(), await bearer(choices), 'infer');
    expect(error.kind).toBe('unauthenticated');
    expect(error.message).toMatch(why);
  });

  test('one without a signature, or with a shared secret made of the public key, is refused', async () => {
    const auth = await withFile();
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = part({ iss: issuer, aud: 'plinth', sub: 'acme', scope: 'infer', exp: at(60) });
    expect(await refused(auth, `Bearer ${part({ alg: 'none' })}.${claims}.`, 'infer')).toBe('unauthenticated');
    const secret = Buffer.from(rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string);
    const forged = await new SignJWT({ iss: issuer, aud: 'plinth', sub: 'acme', scope: 'infer', exp: at(60) })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new Uint8Array(secret));
    expect(await refused(auth, `Bearer ${forged}`, 'infer')).toBe('unauthenticated');
    expect(await refused(auth, `Bearer ${'a'.repeat(20_000)}.b.c`, 'infer')).toBe('unauthenticated');
  });

  test('clocks may differ by the tolerance', async () => {
    const auth = await withFile({ clockToleranceSeconds: 120 });
    expect(await auth.authenticate(await bearer({ lifetime: -60 }), 'infer')).toEqual({ tenant: 'acme' });
  });

  test('one that was verified is believed for a minute at most, and never beyond its end', async () => {
    let now = Date.now();
    const jwksFile = join(shop.folder(), 'jwks.json');
    writeFileSync(jwksFile, JSON.stringify(await keySet()));
    const { jwt } = settings({ jwt: { issuer, audience: 'plinth', jwksFile, clockToleranceSeconds: 0 } });
    const verifier = await JwtVerifier.open(jwt as JwtSettings, logger, () => now);
    shop.after(() => verifier.stop());
    const long = await sign({ lifetime: 3600 });
    const short = await sign({ lifetime: 20 });
    await verifier.verify(long, 'long');
    await verifier.verify(short, 'short');
    now += 21_000;
    expect(verifier.verify(long, 'long')).not.toBeInstanceOf(Promise);
    await expect(verifier.verify(short, 'short')).rejects.toThrow(/"exp" claim/);
    now += 60_000;
    expect(verifier.verify(long, 'long')).toBeInstanceOf(Promise);
  });

  test('a flood of forgeries is refused, and those who are known already are not', async () => {
    const auth = await withFile();
    const known = await bearer();
    await auth.authenticate(known, 'infer');
    const forged = await sign({ key: stranger.privateKey });
    const flood = Array.from({ length: 400 }, (_, i) => refused(auth, `Bearer ${forged}${i}`, 'infer'));
    expect(auth.authenticate(known, 'infer')).toEqual({ tenant: 'acme' });
    const kinds = await Promise.all(flood);
    expect(kinds.filter((kind) => kind === 'unauthenticated')).toHaveLength(256);
    expect(kinds.filter((kind) => kind === 'rejected')).toHaveLength(144);
    expect(await auth.authenticate(await bearer({ claims: { jti: 'after' } }), 'infer')).toEqual({ tenant: 'acme' });
  });

  test('whatever a header says, it is refused with a sentence that does not repeat it', async () => {
    const auth = await withFile();
    const genuine = await sign();
    const part = fc.oneof(
      fc.base64String(),
      fc.constantFrom(...genuine.split('.')),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    );
    const token = fc
      .tuple(part, part, part)
      .map((parts) => parts.join('.'))
      .filter((text) => text !== genuine);
    const header = fc.oneof(
      fc.string(),
      fc.string().map((text) => `Bearer ${text}`),
      token.map((text) => `Bearer ${text}`),
    );
    await fc.assert(
      fc.asyncProperty(header, fc.constantFrom<Need>('infer', 'read', 'control', 'metadata'), async (text, need) => {
        const error = await refusal(auth, text, need);
        expect(error).toBeInstanceOf(RequestError);
        expect(['unauthenticated', 'unavailable']).toContain(error.kind);
        expect(error.message).not.toContain(genuine.split('.')[2]);
      }),
      { numRuns: 500 },
    );
  });

  test('keys come from the URL of the issuer, once for many requests; without them it is not the token that is at fault', async () => {
    let fetches = 0;
    let fails = false;
    const keys = JSON.stringify(await keySet());
    const { url } = await shop.http((_, response) => {
      fetches++;
      response.writeHead(fails ? 500 : 200, { 'content-type': 'application/json' }).end(fails ? '{}' : keys);
    });
    const jwksUrl = `${url}/jwks`;
    const jwt = { issuer, audience: 'plinth', jwksUrl };
    const auth = await open({ jwt });
    const header = await bearer();
    const callers = await Promise.all(
      Array.from({ length: 20 }, (): Caller | Promise<Caller> => auth.authenticate(header, 'infer')),
    );
    expect(new Set(callers.map(({ tenant }) => tenant))).toEqual(new Set(['acme']));
    expect(await auth.authenticate(await bearer({ claims: { jti: '2' } }), 'infer')).toEqual({ tenant: 'acme' });
    expect(fetches).toBe(1);
    fails = true;
    const error = await refusal(await open({ jwt }), header, 'infer');
    expect([error.kind, error.finding.code]).toEqual(['unavailable', 'keys-unavailable']);
    expect(error.message).toMatch(/the token cannot be checked, because the keys of its issuer cannot be had/);
  });
});

test.each([
  [{ jwt: { issuer: 'i', audience: 'a' } }, /keys come from jwksUrl or from jwksFile/],
  [{ jwt: { issuer: 'i', audience: 'a', jwksUrl: 'http://issuer.example/jwks' } }, /need https/],
  [{ jwt: { issuer: 'i', audience: 'a', jwksUrl: 'http://localhost.example/jwks' } }, /need https/],
  [{ jwt: { issuer: 'i', audience: 'a', jwksFile: 'f', algorithms: 'HS256' } }, /algorithms are some of RS256/],
  [{}, /tokens are known from tokensFile, from jwt, or from both/],
])('the configuration %j is refused', (auth, message) => {
  expect(() => serveConfig.parse({ modelRepository: '/m', auth })).toThrow(message);
});
