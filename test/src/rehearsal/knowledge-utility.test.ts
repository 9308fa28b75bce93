import { randomKnowledge, timeKnowledge, tlsKnowledge } from '../../../src/rehearsal/knowledge-utility';
import { digitsOf, type Making } from '../../../src/rehearsal/plausible';
import type { Knowledge } from '../../../src/rehearsal/provider';
import type { TfObject, TfValue } from '../../../src/rehearsal/protocol/codec';

const ask = (knowledge: Knowledge, type: string, name: string, values: TfObject = {}): TfValue | undefined => {
  const making: Making = { type, values, region: 'r', account: 'a', digits: digitsOf(type + JSON.stringify(values)) };
  return knowledge.curated(name, making, true);
};

test.each<[string, string, TfObject, RegExp]>([
  ['random_id', 'hex', { byte_length: 4 }, /^[0-9a-f]{8}$/],
  ['random_id', 'hex', { byte_length: 2, prefix: 'p-' }, /^p-[0-9a-f]{4}$/],
  ['random_id', 'dec', { byte_length: 2 }, /^\d+$/],
  ['random_id', 'id', { byte_length: 3 }, /^[\w-]{4}$/],
  ['random_bytes', 'hex', { length: 16 }, /^[0-9a-f]{32}$/],
  ['random_bytes', 'base64', { length: 3 }, /^[\w+/]{4}$/],
  ['random_password', 'result', { length: 24, special: false }, /^[A-Za-z0-9]{24}$/],
  ['random_password', 'result', { length: 12, special: true, override_special: '!' }, /^(?=.*!)[A-Za-z0-9!]{12}$/],
  ['random_string', 'result', { length: 70, upper: false, numeric: false, special: false }, /^[a-z]{70}$/],
  ['random_password', 'bcrypt_hash', {}, /^\$2a\$10\$.{53}$/],
  ['random_password', 'id', {}, /^none$/],
  ['random_pet', 'id', { length: 3, prefix: 'acme', separator: '_' }, /^acme(_[a-z]+){3}$/],
  ['random_uuid', 'result', {}, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/],
  ['random_integer', 'id', { result: 7 }, /^7$/],
])('%s %s of %j', (type, name, values, pattern) => {
  expect(ask(randomKnowledge, type, name, values)).toMatch(pattern);
});

test('an integer lies in its range, and a list is shuffled', () => {
  const integer = ask(randomKnowledge, 'random_integer', 'result', { min: 20, max: 22 });
  expect([20, 21, 22]).toContain(integer);
  const shuffled = ask(randomKnowledge, 'random_shuffle', 'result', { input: ['a', 'b', 'c'] }) as string[];
  expect([...shuffled].sort()).toEqual(['a', 'b', 'c']);
  expect(ask(randomKnowledge, 'random_shuffle', 'result', { input: ['a', 'b'], result_count: 3 })).toHaveLength(3);
  expect(ask(randomKnowledge, 'random_shuffle', 'result', { input: [] })).toEqual([]);
  expect(ask(randomKnowledge, 'random_password', 'special')).toBe(true);
});

test.each<[string, string, TfObject, RegExp]>([
  [
    'tls_private_key',
    'private_key_pem',
    {},
    /^-----BEGIN PRIVATE KEY-----\n([\w+/=]{1,64}\n)+-----END PRIVATE KEY-----\n$/,
  ],
  ['tls_private_key', 'public_key_openssh', { algorithm: 'ED25519' }, /^ssh-ed25519 [\w+/=]+\n$/],
  ['tls_private_key', 'public_key_fingerprint_md5', {}, /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/],
  ['tls_self_signed_cert', 'validity_end_time', { validity_period_hours: 24 }, /^2026-01-02T00:00:00Z$/],
  ['tls_certificate', 'sha1_fingerprint', {}, /^[0-9a-f]{40}$/],
  ['tls_cert_request', 'cert_request_pem', {}, /^-----BEGIN CERTIFICATE REQUEST-----\n/],
])('%s %s of %j', (type, name, values, pattern) => {
  expect(ask(tlsKnowledge, type, name, values)).toMatch(pattern);
});

test.each<[string, string, TfObject, TfValue]>([
  ['time_static', 'rfc3339', {}, '2026-01-01T00:00:00Z'],
  ['time_static', 'unix', { rfc3339: '2020-02-12T06:36:13Z' }, 1581489373],
  ['time_offset', 'rfc3339', { offset_days: 7, base_rfc3339: '2026-02-27T00:00:00Z' }, '2026-03-06T00:00:00Z'],
  ['time_offset', 'hour', { offset_hours: 5, offset_minutes: 90 }, 6],
  ['time_rotating', 'rotation_rfc3339', { rotation_months: 1 }, '2026-02-01T00:00:00Z'],
  ['time_rotating', 'id', {}, '2026-01-01T00:00:00Z'],
])('%s %s of %j is %p', (type, name, values, expected) => {
  expect(ask(timeKnowledge, type, name, values)).toBe(expected);
});
