import { X509Certificate } from 'node:crypto';
import { selfSigned } from '../../../src/rehearsal/certificate';

test('a certificate that proves localhost by its own key, today', () => {
  const { pem, der } = selfSigned();
  const certificate = new X509Certificate(pem);
  expect(certificate.raw.equals(der)).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.subject).toBe('CN=localhost');
  expect(certificate.issuer).toBe('CN=localhost');
  expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now());
  expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now() + 300 * 86_400_000);
});

test('each has a key and a number of its own', () => {
  const [one, other] = [selfSigned(), selfSigned()];
  expect(one.key).not.toBe(other.key);
  expect(new X509Certificate(one.pem).serialNumber).not.toBe(new X509Certificate(other.pem).serialNumber);
});
