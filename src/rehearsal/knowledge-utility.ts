import { digitsOf, type Making } from './plausible';
import type { Knowledge } from './provider';
import type { TfObject, TfValue } from './protocol/codec';

const number = (value: TfValue | undefined, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;
const text = (value: TfValue | undefined, otherwise = ''): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;

/** As many hex digits as are wanted. */
function hex(digits: string, length: number): string {
  let all = digits;
  while (all.length < length) all += digitsOf(all);
  return all.slice(0, length);
}

const base64 = (digits: string, bytes: number): string => Buffer.from(hex(digits, bytes * 2), 'hex').toString('base64');
const uuid = (d: string): string =>
  [d.slice(0, 8), d.slice(8, 12), `4${d.slice(13, 16)}`, `a${d.slice(17, 20)}`, d.slice(20, 32)].join('-');

/** A text in armour of the right shape. It opens nothing: no key stands behind it. */
const pem = (label: string, digits: string, bytes: number): string =>
  `-----BEGIN ${label}-----\n${base64(digits, bytes)
    .replaceAll(/(.{64})/g, '$1\n')
    .trimEnd()}\n-----END ${label}-----\n`;

const simple = (make: (name: string, making: Making) => TfValue | undefined): Knowledge => ({
  curated: (name, making) => make(name, making),
  answer: () => undefined,
});

const alphabets = { lower: 'abcdefghijklmnopqrstuvwxyz', upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', numeric: '0123456789' };

/** As long as it was asked for, from the letters it was asked for, and at least one of each kind. */
function secret({ values, digits }: Making): string {
  const special = text(values['override_special'], '!@#$%&*()-_=+[]{}<>:?');
  const kinds = Object.entries({ ...alphabets, special }).filter(([kind]) => values[kind] !== false);
  const length = number(values['length'], 16);
  return Array.from({ length }, (_, i) => {
    const letters = kinds[i % kinds.length]?.[1] ?? alphabets.lower;
    return letters[parseInt(hex(digits, (i + 1) * 4).slice(-4), 16) % letters.length];
  }).join('');
}

const words = [
  'able',
  'brave',
  'calm',
  'deep',
  'eager',
  'fair',
  'gentle',
  'honest',
  'keen',
  'lively',
  'merry',
  'noble',
];

/** What the random provider draws (https://registry.terraform.io/providers/hashicorp/random/latest/docs): here the same in every run. */
export const randomKnowledge = simple((name, making): TfValue | undefined => {
  const { type, values, digits } = making;
  const bytes = number(values['byte_length'], number(values['length'], 8));
  const id = Buffer.from(hex(digits, bytes * 2), 'hex');
  const prefix = text(values['prefix']);
  if (['lower', 'upper', 'numeric', 'number', 'special'].includes(name)) return true;
  if (name === 'bcrypt_hash') return `$2a$10$${base64(digits, 40).replaceAll(/[+=]/g, '.').slice(0, 53)}`;
  if (name === 'hex') return type === 'random_bytes' ? id.toString('hex') : prefix + id.toString('hex');
  if (name === 'base64') return id.toString('base64');
  if (name === 'b64_std') return prefix + id.toString('base64');
  if (name === 'b64_url') return prefix + id.toString('base64url');
  if (name === 'dec') return prefix + BigInt(`0x${id.toString('hex')}`).toString();
  if (name === 'separator') return '-';
  const drawn = (): TfValue => {
    switch (type) {
      case 'random_integer': {
        const [min, max] = [number(values['min'], 0), number(values['max'], 0)];
        return min + (parseInt(digits.slice(0, 12), 16) % (max - min + 1));
      }
      case 'random_shuffle': {
        const input = Array.isArray(values['input']) ? values['input'] : [];
        const first = input.length === 0 ? 0 : parseInt(digits.slice(0, 8), 16) % input.length;
        const count = number(values['result_count'], input.length);
        return Array.from(
          { length: input.length === 0 ? 0 : count },
          (_, i) => input[(first + i) % input.length] ?? null,
        );
      }
      case 'random_uuid':
        return uuid(digits);
      default:
        return secret(making);
    }
  };
  if (name === 'result') return drawn();
  if (name !== 'id') return undefined;
  if (type === 'random_id') return id.toString('base64url');
  if (type === 'random_pet') {
    const pet = Array.from(
      { length: number(values['length'], 2) },
      (_, i) => words[parseInt(digits.slice(i * 4, i * 4 + 4), 16) % words.length] ?? '',
    );
    return [...(prefix === '' ? [] : [prefix]), ...pet].join(text(values['separator'], '-'));
  }
  if (type === 'random_password') return 'none';
  if (type === 'random_shuffle') return '-';
  const result = values['result'] ?? drawn();
  return typeof result === 'string' ? result : String(result as number);
});

const began = '2026-01-01T00:00:00Z';

/** What the TLS provider makes (https://registry.terraform.io/providers/hashicorp/tls/latest/docs), in shape: nothing can be opened with it. */
export const tlsKnowledge = simple((name, { type, values, digits }): TfValue | undefined => {
  const kind = { RSA: 'ssh-rsa', ECDSA: 'ecdsa-sha2-nistp256', ED25519: 'ssh-ed25519' }[
    text(values['algorithm'], 'RSA')
  ];
  const hours = number(values['validity_period_hours'], 0);
  switch (name) {
    case 'id':
      return type === 'tls_private_key' ? hex(digits, 40) : BigInt(`0x${hex(digits, 32)}`).toString();
    case 'ecdsa_curve':
      return 'P224';
    case 'rsa_bits':
      return 2048;
    case 'key_algorithm':
    case 'ca_key_algorithm':
    case 'public_key_algorithm':
      return 'RSA';
    case 'signature_algorithm':
      return 'SHA256-RSA';
    case 'private_key_pem':
    case 'private_key_pem_pkcs8':
      return pem('PRIVATE KEY', digits, 96);
    case 'private_key_openssh':
      return pem('OPENSSH PRIVATE KEY', digits, 192);
    case 'public_key_pem':
      return pem('PUBLIC KEY', digits, 64);
    case 'public_key_openssh':
      return `${kind} ${base64(digits, 48)}\n`;
    case 'public_key_fingerprint_md5':
      return hex(digits, 32).match(/../g)?.join(':');
    case 'public_key_fingerprint_sha256':
      return `SHA256:${base64(digits, 32).replaceAll('=', '')}`;
    case 'cert_pem':
      return pem('CERTIFICATE', digits, 256);
    case 'cert_request_pem':
      return pem('CERTIFICATE REQUEST', digits, 192);
    case 'sha1_fingerprint':
      return hex(digits, 40);
    case 'serial_number':
      return BigInt(`0x${hex(digits, 32)}`).toString();
    case 'version':
      return 3;
    case 'validity_start_time':
    case 'not_before':
      return began;
    case 'validity_end_time':
      return instant(Date.parse(began) + hours * 3_600_000);
    case 'not_after':
      return '2036-01-01T00:00:00Z';
    default:
      return undefined;
  }
});

const instant = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('.000', '');

/** The moment that is meant: a given one or the same in every run, moved by what stands under a prefix (`offset_`, `rotation_`). */
function moment(values: TfObject, prefix: string): Date {
  const given = Date.parse(text(values['base_rfc3339'], text(values['rfc3339'], began)));
  const date = new Date(Number.isNaN(given) ? Date.parse(began) : given);
  const by = (unit: string): number => number(values[`${prefix}${unit}`], 0);
  date.setUTCFullYear(
    date.getUTCFullYear() + by('years'),
    date.getUTCMonth() + by('months'),
    date.getUTCDate() + by('days'),
  );
  date.setUTCSeconds(date.getUTCSeconds() + by('seconds') + 60 * by('minutes') + 3600 * by('hours'));
  return date;
}

/** What the time provider keeps (https://registry.terraform.io/providers/hashicorp/time/latest/docs). */
export const timeKnowledge = simple((name, { type, values }): TfValue | undefined => {
  const now = moment(values, type === 'time_offset' ? 'offset_' : '');
  const parts: Record<string, TfValue> = {
    id: text(values['base_rfc3339'], began),
    base_rfc3339: began,
    rfc3339: instant(now.getTime()),
    rotation_rfc3339: instant(moment(values, 'rotation_').getTime()),
    unix: now.getTime() / 1000,
    year: now.getUTCFullYear(),
    month: now.getUTCMonth() + 1,
    day: now.getUTCDate(),
    hour: now.getUTCHours(),
    minute: now.getUTCMinutes(),
    second: now.getUTCSeconds(),
  };
  return parts[name];
});
