import type { Caller } from '../../../../src/runtime/engine/admission';
import type { Authenticator } from '../../../../src/runtime/operation/auth';
import type { RequestError } from '../../../../src/runtime/engine/errors';
import { makeGate } from '../../../../src/runtime/operation/gate';
import { TenantLimits } from '../../../../src/runtime/operation/tenants';

/** Who answers at once or later, as a known and a new token do. */
const auth = (later: boolean): Authenticator =>
  ({
    authenticate: (header: string | undefined): Caller | Promise<Caller> => {
      const caller = { tenant: header ?? 'nobody' };
      return later ? Promise.resolve(caller) : caller;
    },
  }) as unknown as Authenticator;
const limits = (): TenantLimits => new TenantLimits({ rate: 1, burst: 1, maxTenants: 10 }, () => 0);

test('there is none where nothing is checked', () => expect(makeGate(undefined, undefined)).toBeUndefined());

test.each([false, true])(
  'the tenant of the token is the one that is limited (signature checked: %s)',
  async (later) => {
    const gate = makeGate(auth(later), limits());
    expect(await gate?.({ authorization: 'a' }, 'infer')).toEqual({ tenant: 'a' });
    await expect(async () => gate?.({ authorization: 'a' }, 'infer')).rejects.toThrow(
      /tenant "a": the request is refused/,
    );
    expect(await gate?.({ authorization: 'b' }, 'infer')).toEqual({ tenant: 'b' });
  },
);

test('only inference counts, and without tokens all callers share one limit', async () => {
  const gate = makeGate(undefined, limits());
  for (let i = 0; i < 5; i++) await gate?.({}, 'read');
  expect(gate?.({}, 'infer')).toEqual({});
  expect(() => gate?.({}, 'infer')).toThrow(/callers without a name/);
});

test.each([false, true])(
  'calls that do not pass and calls that change the server are told (signature checked: %s)',
  async (later) => {
    const told: unknown[] = [];
    const gate = makeGate(auth(later), limits(), {
      turnedAway: ({ kind }: RequestError, need) => told.push([kind, need]),
      controlled: ({ tenant }: Caller) => told.push(tenant),
    });
    await gate?.({ authorization: 'a' }, 'read');
    await gate?.({ authorization: 'a' }, 'control');
    await gate?.({ authorization: 'a' }, 'infer');
    await expect(async () => gate?.({ authorization: 'a' }, 'infer')).rejects.toThrow(/tenant "a"/);
    expect(told).toEqual(['a', ['limited', 'infer']]);
  },
);
