import AdmZip from 'adm-zip';
import { zip } from 'plinth/constructs/core/zip';

const files = { 'index.mjs': "export const answer = '…';\n", 'a/b.txt': '', 'crc.txt': '123456789' };

test('another program finds in it what was put into it', () => {
  const entries = new AdmZip(zip(files)).getEntries();
  expect(Object.fromEntries(entries.map((entry) => [entry.entryName, entry.getData().toString('utf8')]))).toEqual(
    files,
  );
  // The check value of CRC-32: https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat-bits.32
  expect(entries.map(({ header }) => header.crc).at(-1)).toBe(0xcbf43926);
});

test('the same files give the same bytes', () => {
  expect(zip(files).equals(zip({ ...files }))).toBe(true);
});
