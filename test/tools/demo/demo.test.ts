import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { JsonDocument } from '@plinth/contract';
import type { DemoResult } from '../../../tools/demo/result';

let folder: string;
let temporary: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-out-'));
  temporary = mkdtempSync(join(tmpdir(), 'demo-'));
});
afterEach(() => [folder, temporary].forEach((path) => rmSync(path, { recursive: true, force: true })));

const minimal = ['--app', `${process.execPath} --import tsx examples/minimal/main.ts`];

function demo(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [resolve('tools/demo.mjs'), '--out', folder, ...argv], {
    env: { ...process.env, TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  const waiting: (() => void)[] = [];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    waiting.forEach((look) => look());
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const said = (text: string): Promise<void> =>
    new Promise((done, fail) => {
      waiting.push(() => err.includes(text) && done());
      void ended.then(() => fail(new Error(`it ended before it said "${text}": ${err}`)));
    });
  return { child, ended, said, out: () => out, err: () => err };
}

const answers = async (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

it('says in one sentence how Terraform is had, and ends with 3', async () => {
  const { ended, out, err } = demo([], { TERRAFORM_BINARY_NAME: 'no-such-terraform' });
  expect(await ended).toBe(3);
  expect(out()).toBe('');
  expect(err()).toMatch(/^TERRAFORM_BINARY_NAME: no-such-terraform cannot be found, .*install Terraform.*\.\n$/);
});

it.each([
  [
    ['--kep'],
    'npm run demo: --kep is not a flag, because there are --app, --out, --keep, --json, --help; did you mean --keep.\n',
  ],
  [['--app'], "npm run demo: --app has no value, because it needs one; see 'npm run demo -- --help'.\n"],
])('tells wrong usage in a sentence and ends with 2: %j', async (argv, sentence) => {
  const { ended, err } = demo(argv);
  expect(await ended).toBe(2);
  expect(err()).toBe(sentence);
});

it('leaves no process and no file when it is interrupted while servers run', async () => {
  const { child, ended, said, err, out } = demo(minimal);
  await said('monitor answers on');
  const urls = [...err().matchAll(/answers on (\S+)/g)].map(([, url = '']) => url);
  expect(urls).toHaveLength(2);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(out()).toBe('');
  for (const url of urls) expect(await answers(url)).toBe(false);
  expect([readdirSync(temporary), readdirSync(folder)]).toEqual([[], []]);
}, 120_000);

it('rehearses, serves, watches and reports; stays up with --keep, and leaves cleanly', async () => {
  const { child, ended, said, out } = demo([...minimal, '--json', '--keep']);
  await said('This stands until Ctrl-C');
  const { ok, result, errors } = JSON.parse(out()) as JsonDocument<DemoResult>;
  expect(errors).toEqual([]);
  expect(ok).toBe(true);
  expect(result).toMatchObject({
    rehearsal: { ok: true, stacks: [{ name: 'minimal', secondPlan: 'empty' }] },
    // examples/models/PROVENANCE.md
    heldOut: { rows: 228, correct: 222 },
    unshifted: { windows: 4, alarms: 0 },
    shift: { raised: true },
  });
  const [server, monitor] = result?.running ?? [];
  expect(await answers(`${server?.url}/v2/models/tumour`)).toBe(true);
  expect(await answers(`${monitor?.url}/report`)).toBe(true);
  expect(readFileSync(join(folder, 'platform.svg'), 'utf8')).toContain('Plinth Model Server');
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('97.4 %');
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(await answers(`${server?.url}/v2/models/tumour`)).toBe(false);
  expect(readdirSync(temporary)).toEqual([]);
}, 240_000);
