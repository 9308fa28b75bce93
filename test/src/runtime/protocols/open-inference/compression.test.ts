import { gunzipSync, inflateSync } from 'node:zlib';
import { chooseEncoding, compress } from '../../../../../src/runtime/protocols/open-inference/compression';

test.each<[string | undefined, string | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['deflate', 'deflate'],
  ['gzip, deflate, br', 'gzip'],
  ['gzip;q=0.5, deflate', 'deflate'],
  ['gzip;q=0.5,deflate;q=0.5', 'gzip'],
  ['gzip;q=0', undefined],
  ['gzip;q=2', undefined],
  ['gzip;q=nonsense', undefined],
  ['br', undefined],
  ['*', 'gzip'],
  ['*, gzip;q=0', 'deflate'],
  ['*;q=0', undefined],
  ['identity, gzip;q=0.5', undefined],
  ['identity;q=0.5, gzip;q=0.5', 'gzip'],
])('Accept-Encoding "%s" prefers %s', (accept, encoding) => {
  expect(chooseEncoding(accept, 1025)).toBe(encoding);
});

test('what is small stays as it is', () => {
  expect(chooseEncoding('gzip', 1024)).toBeUndefined();
});

test('both forms come back as they went', async () => {
  const bytes = Buffer.from('plain '.repeat(1000));
  expect(gunzipSync(await compress(bytes, 'gzip'))).toEqual(bytes);
  expect(inflateSync(await compress(bytes, 'deflate'))).toEqual(bytes);
});
