import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A key and its own certificate, as go-plugin's AutoMTLS wants one from a provider. */
export interface Certificate {
  readonly key: string;
  readonly pem: string;
  readonly der: Buffer;
}

const tags = { integer: 0x02, bits: 0x03, bytes: 0x04, oid: 0x06, text: 0x0c, sequence: 0x30, set: 0x31, time: 0x17 };

/** One element of DER (X.690). */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(tags.sequence, ...parts);
const oid = (hex: string): Buffer => der(tags.oid, Buffer.from(hex, 'hex'));
const bits = (content: Buffer): Buffer => der(tags.bits, Buffer.from([0]), content);
/** YYMMDDHHMMSSZ. */
const time = (moment: Date): Buffer =>
  der(tags.time, Buffer.from(`${moment.toISOString().replace(/\D/g, '').slice(2, 14)}Z`));

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const commonName = oid('550403');
const subjectAltName = oid('551d11');
const day = 86_400_000;

/** A self-signed certificate for `localhost` (RFC 5280), good for a year: the name by which go-plugin's client asks for any provider. */
export function selfSigned(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const localhost = Buffer.from('localhost');
  const name = sequence(der(tags.set, sequence(commonName, der(tags.text, localhost))));
  const toBeSigned = sequence(
    der(0xa0, der(tags.integer, Buffer.from([2]))),
    // A serial number is positive, and neither begins with a zero byte.
    der(tags.integer, Buffer.concat([Buffer.from([0x4d]), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + 365 * day))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(subjectAltName, der(tags.bytes, sequence(der(0x82, localhost)))))),
  );
  const certificate = sequence(toBeSigned, ecdsaWithSha256, bits(sign('sha256', toBeSigned, privateKey)));
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    der: certificate,
  };
}
