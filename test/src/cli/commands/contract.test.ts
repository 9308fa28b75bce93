import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readContract } from '../../../../constructs/core/platform-contract';
import { app, plinth } from '../support';

const small = app('test/fixtures/cli/foundation.ts');

it('writes the file by which another repository finds the platform', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'contract-'));
  try {
    const file = join(folder, 'plinth.contract.json');
    const { code, out } = await plinth(['contract', 'small', '--app', small, '--out', file]);
    expect({ code, out }).toEqual({ code: 0, out: `Written to ${file}.\n` });
    expect(readContract(file, 'small')).toMatchObject({ platform: 'small' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('prints it, or the one document', async () => {
  const plain = await plinth(['contract', 'small', '--app', small]);
  expect(plain.code).toBe(0);
  const ran = await plinth(['contract', 'small', '--app', small, '--json']);
  expect(ran.document().result).toEqual(JSON.parse(plain.out));
});

it.each([
  ['smal', small, 'it makes small; did you mean small.'],
  [
    'prod',
    app('examples/minimal/main.ts'),
    'no stack of it belongs to one; name one that it makes, or give its command with --app.',
  ],
])('says which platforms there are instead of %s', async (name, command, rest) => {
  const { code, err } = await plinth(['contract', name, '--app', command]);
  expect(code).toBe(2);
  expect(err).toBe(`plinth contract: the program makes no platform '${name}', because ${rest}\n`);
});
