import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { app, root } from './support';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'main-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the program as a process of its own, whose temporary files are in `folder`. */
function start(argv: readonly string[], cwd: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'src/cli/main.ts'), ...argv], {
    cwd,
    env: { ...process.env, TMPDIR: folder, TSX_DISABLE_CACHE: '1', TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      child.stderr.on('data', (chunk: Buffer) => {
        err += chunk.toString();
        if (err.includes(text)) resolve();
      });
      child.once('close', () => reject(new Error(`it ended before it said "${text}": ${err}`)));
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, said, ended, out: () => out };
}

const twoStacks = join(root, 'test/fixtures/rehearsal/two-stacks');

it('stays up with --keep until it is interrupted, and leaves no file', async () => {
  const { child, said, ended, out } = start(['rehearse', '--keep', '--json', '--app', app('main.ts')], twoStacks);
  await said('This stands until Ctrl-C');
  expect(readdirSync(folder)).not.toEqual([]);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(JSON.parse(out())).toMatchObject({ ok: true });
  expect(readdirSync(folder)).toEqual([]);
});

it('leaves no file either when it is interrupted in the middle', async () => {
  const { child, said, ended, out } = start(['rehearse', '--app', app('main.ts')], twoStacks);
  await said('ground: init');
  child.kill('SIGTERM');
  expect(await ended).toBe(130);
  expect(out()).toBe('');
  expect(readdirSync(folder)).toEqual([]);
});

it('ends in peace when whoever reads has gone', async () => {
  const { child, ended } = start(['catalogue', '--json'], twoStacks);
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  expect(await ended).toBe(0);
  expect(err).toBe('');
});
