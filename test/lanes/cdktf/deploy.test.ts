import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rehearsal, rehearse } from '@plinth/rehearsal';

const root = join(__dirname, '../../..');
const cdktf = process.env.PLINTH_CDKTF ?? 'cdktf';

let rehearsal: Rehearsal;
let outdir: string;
beforeAll(async () => {
  outdir = mkdtempSync(join(tmpdir(), 'plinth-cdktf-'));
  // Destroyed again, so that cdktf finds nothing there and has to make everything.
  rehearsal = await rehearse({ cwd: root, app: 'npx tsx examples/complete/main.ts', secondPlan: false, destroy: true });
}, 180_000);
afterAll(async () => {
  await rehearsal?.close();
  rmSync(outdir, { recursive: true, force: true });
});

/** Runs cdktf-cli where a user would, with the rehearsal's variables. */
function run(...args: string[]): Promise<{ code: number | null; output: string }> {
  const env = { ...process.env, ...rehearsal.env(), CI: 'true', FORCE_COLOR: '0' };
  const child = spawn(cdktf, [...args, '--output', outdir], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code, output }));
  });
}

test('cdktf synth makes the five stacks of examples/complete', async () => {
  const { code, output } = await run('synth');
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(readdirSync(join(outdir, 'stacks')).sort()).toEqual(
    ['cluster', 'foundation', 'ml', 'models', 'services'].map((name) => `prod-${name}`),
  );
}, 120_000);

// Each takes values from the states of those before it, so that all five are made shows the order as well.
test('cdktf deploy makes them all', async () => {
  const { code, output } = await run('deploy', '*', '--auto-approve', '--skip-provider-lock');
  expect({ code, output: code === 0 ? '' : output.slice(-3000) }).toEqual({ code: 0, output: '' });
  const added = [...output.matchAll(/Apply complete! Resources: (\d+) added, 0 changed, 0 destroyed/g)].map(
    ([, count]) => Number(count),
  );
  expect(added).toHaveLength(5);
  expect(Math.min(...added)).toBeGreaterThan(20);
}, 300_000);
