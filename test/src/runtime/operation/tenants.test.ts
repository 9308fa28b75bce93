import { serveConfig } from '@plinth/contract';
import { RequestError } from '../../../../src/runtime/engine/errors';
import { TenantLimits, type TenantSettings } from '../../../../src/runtime/operation/tenants';

function limits(tenants: object): { at(ms: number): void; take(tenant?: string): void; all: TenantLimits } {
  let now = 0;
  const settings = serveConfig.parse({ modelRepository: '/m', tenants }).tenants as TenantSettings;
  const all = new TenantLimits(settings, () => now);
  return { at: (ms) => void (now = ms), take: (tenant) => all.take(tenant), all };
}

function refusal(take: () => void): RequestError {
  try {
    take();
  } catch (error) {
    return error as RequestError;
  }
  throw new Error('it was let through');
}

test('a tenant may send its burst at once and then its rate; another has a bucket of its own', () => {
  const { at, take, all } = limits({ rate: 2, burst: 3 });
  for (let i = 0; i < 3; i++) take('a');
  expect(refusal(() => take('a')).kind).toBe('limited');
  take('b');
  at(499);
  expect(() => take('a')).toThrow(RequestError);
  at(500);
  take('a');
  expect(() => take('a')).toThrow(RequestError);
  at(100_000);
  for (let i = 0; i < 3; i++) take('a');
  expect(() => take('a')).toThrow(RequestError);
  expect(all.limited).toBe(4);
});

test('the refusal says when to come back', () => {
  const { at, take } = limits({ rate: 0.1 });
  take('acme');
  const error = refusal(() => take('acme'));
  expect(error.retryAfterSeconds).toBe(10);
  expect(error.message).toBe(
    'tenant "acme": the request is refused, because it may send 0.1 requests a second, and 1 at once; send it again in 10 s, or ask for a higher limit.',
  );
  at(4000);
  expect(refusal(() => take('acme')).retryAfterSeconds).toBe(6);
});

test('tenants may have limits of their own; callers without a name share one bucket', () => {
  const { take } = limits({ rate: 1, limits: 'acme=100/5,lab=2' });
  for (let i = 0; i < 5; i++) take('acme');
  expect(() => take('acme')).toThrow(/it may send 100 requests a second, and 5 at once/);
  take('lab');
  take('lab');
  expect(() => take('lab')).toThrow(/2 requests a second, and 2 at once/);
  take();
  expect(() => take()).toThrow(/^callers without a name: /);
});

test('no more tenants are remembered than the configuration says', () => {
  const { take, all } = limits({ rate: 1, maxTenants: 10 });
  for (let i = 0; i < 1000; i++) take(`t${i}`);
  expect(all.size).toBe(10);
  expect(() => take('t999')).toThrow(RequestError);
});

test.each(['acme', 'acme=0', 'acme=0.0/5', 'acme=1/0', '=1', 'a=1,,b=2', 'acme=-1'])(
  'limits of "%s" are refused',
  (text) => {
    expect(() => serveConfig.parse({ modelRepository: '/m', tenants: { rate: 1, limits: text } })).toThrow(
      /limits are NAME=RATE/,
    );
  },
);
