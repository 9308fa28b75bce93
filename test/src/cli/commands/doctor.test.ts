import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examine, type Check } from '../../../../src/cli/commands/doctor';
import { plinth, root } from '../support';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'doctor-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('finds what this repository is rehearsed with', async () => {
  const ran = await plinth(['doctor', '--json']);
  expect(ran.code).toBe(0);
  const checks = ran.document<Check[]>().result ?? [];
  const optional = ['deploying', 'rendering charts'];
  expect(checks.filter((check) => !optional.includes(check.for)).every(({ ok }) => ok)).toBe(true);
  expect(checks).toContainEqual(expect.objectContaining({ name: 'cdktf', version: '0.21.0' }));
});

it('shows a person a line each', async () => {
  const { code, out } = await plinth(['doctor']);
  expect(code).toBe(0);
  expect(out).toMatch(/^ok +cdktf +0\.21\.0 +rehearsing$/m);
});

it('ends with 3 where rehearsing lacks something, and says how it is had', async () => {
  const { code, err } = await plinth(['doctor'], folder);
  expect(code).toBe(3);
  expect(err).toContain('this machine: cdktf cannot be found, because rehearsing needs it; npm install cdktf.\n');
});

it('says what is missing, and for what it is needed', async () => {
  const checks = await examine(root, { PATH: folder });
  expect(checks.filter(({ ok }) => !ok).map((check) => [check.name, check.for, check.problem])).toEqual([
    ['Terraform', 'rehearsing', 'cannot be found'],
    ['Helm', 'rendering charts', 'cannot be found'],
    ['AWS CLI', 'deploying', 'cannot be found'],
    ['kubectl', 'deploying', 'cannot be found'],
    ['cdktf-cli', 'deploying', 'cannot be found'],
  ]);
});

it('finds OpenTofu as well, and sees that a tool is too old', async () => {
  const tool = (name: string, says: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\necho '${says}'\n`);
    chmodSync(join(folder, name), 0o755);
  };
  tool('tofu', 'OpenTofu v1.9.1');
  tool('aws', 'aws-cli/1.45.11 Python/3.11');
  tool('helm', 'v3.22.0+gabc');
  tool('kubectl', 'Client Version: v1.34.2');
  const checks = await examine(root, { PATH: folder });
  expect(checks.map(({ name }) => name)).toContain('OpenTofu');
  expect(checks.find(({ name }) => name === 'OpenTofu')).toMatchObject({
    version: '1.9.1',
    ok: false,
    problem: '1.9.1 is older than 1.10',
  });
  expect(checks.find(({ name }) => name === 'AWS CLI')).toMatchObject({
    ok: false,
    problem: '1.45.11 is older than 2.0',
  });
  expect(checks.find(({ name }) => name === 'Helm')).toMatchObject({ version: '3.22.0', ok: true });
  expect(checks.find(({ name }) => name === 'kubectl')).toMatchObject({ ok: true, problem: null });
});
