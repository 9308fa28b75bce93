import { z } from 'zod';

/** What a caller may do: run models, read about them, or change what the server does (load, unload, settings). */
export const scopes = ['infer', 'read', 'control'] as const;
export type Scope = (typeof scopes)[number];

/**
 * The file of `--auth-tokens-file`. It holds no secret: only the SHA-256 hash of each token, in hexadecimal
 * (`printf %s "$TOKEN" | sha256sum`). Tokens should be long and random: nothing slows down who guesses at a hash.
 */
export const authTokens = z.strictObject({
  tokens: z
    .array(
      z.strictObject({
        /** Whom the token was given to, for people. */
        name: z.string().min(1),
        sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: 'it is the SHA-256 hash of a token: 64 digits 0-9, a-f' }),
        scopes: z.array(z.enum(scopes)).min(1),
        /** Whose limits and traces its requests count to; by default `name`. */
        tenant: z.string().min(1).max(128).optional(),
      }),
    )
    .max(1000),
});

export type AuthTokens = z.output<typeof authTokens>;
