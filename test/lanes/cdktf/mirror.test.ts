import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearse, type Rehearsal } from '@plinth/rehearsal';

const root = join(__dirname, '../../..');
const cdktf = process.env['PLINTH_CDKTF'] ?? 'cdktf';

let rehearsal: Rehearsal;
let project: string;
beforeAll(async () => {
  // A copy, since cdktf lays local states beside the program.
  project = realpathSync(mkdtempSync(join(tmpdir(), 'plinth-cdktf-')));
  cpSync(join(root, 'test/fixtures/rehearsal/two-stacks'), project, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  rehearsal = await rehearse({ cwd: project, providers: 'mirror', secondPlan: false, destroy: true });
}, 120_000);
afterAll(async () => {
  await rehearsal?.close();
  rmSync(project, { recursive: true, force: true });
});

function run(...args: string[]): Promise<{ code: number | null; output: string }> {
  const env = { ...process.env, ...rehearsal.env(), CI: 'true', FORCE_COLOR: '0' };
  const child = spawn(cdktf, args, { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

test('cdktf deploy and destroy, with the lock files that cdktf makes itself', async () => {
  const deployed = await run('deploy', '*', '--auto-approve');
  expect({ code: deployed.code, output: deployed.code === 0 ? '' : deployed.output.slice(-3000) }).toEqual({
    code: 0,
    output: '',
  });
  const added = [...deployed.output.matchAll(/Apply complete! Resources: (\d+) added, 0 changed, 0 destroyed/g)];
  expect(added.map(([, count]) => count).sort()).toEqual(['4', '9']);
  for (const stack of ['ground', 'workloads']) {
    const lock = readFileSync(join(project, 'cdktf.out/stacks', stack, '.terraform.lock.hcl'), 'utf8');
    expect(lock).toContain('provider "registry.terraform.io/hashicorp/');
    expect(lock).toContain('h1:');
  }
  // The second time, cdktf finds its lock files and holds the providers against them.
  const again = await run('diff', 'ground');
  expect({ code: again.code, output: again.code === 0 ? '' : again.output.slice(-3000) }).toEqual({
    code: 0,
    output: '',
  });
  expect(again.output).toContain('No changes. Your infrastructure matches the configuration.');
  const destroyed = await run('destroy', '*', '--auto-approve');
  expect(destroyed.output).toContain('Destroy complete! Resources: 9 destroyed.');
}, 300_000);
