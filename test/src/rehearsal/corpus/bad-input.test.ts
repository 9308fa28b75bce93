import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sentence } from '@plinth/contract';
import { rehearse, type RehearseOptions } from '@plinth/rehearsal';

const root = join(__dirname, '../../../..');
const usual = { TMPDIR: process.env['TMPDIR'], TERRAFORM_BINARY_NAME: process.env['TERRAFORM_BINARY_NAME'] };

/** Folders of a test: its project, and the one in which temporary files lie. */
let project: string;
let temporary: string;
let mark: string;

/** Jest's environment is a copy, which Node itself does not look at. */
function temporaryIs(folder: string): void {
  process.env['TMPDIR'] = folder;
  jest.spyOn(os, 'tmpdir').mockReturnValue(folder);
}

beforeEach(() => {
  const base = tmpdir();
  project = mkdtempSync(join(base, 'plinth-bad-'));
  temporaryIs((temporary = mkdtempSync(join(base, 'plinth-tmp-'))));
  // By its seconds, a process that was started here is known.
  mark = `9${Date.now() % 1_000_000}${process.pid}`;
});

afterEach(() => {
  jest.restoreAllMocks();
  for (const [name, value] of Object.entries(usual)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  // However it went, neither a file nor a process is left.
  const left = readdirSync(temporary);
  rmSync(temporary, { recursive: true, force: true });
  rmSync(project, { recursive: true, force: true });
  expect(left).toEqual([]);
  expect(running()).toBe(false);
});

const running = (): boolean =>
  spawnSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).stdout.split('\n').includes(`sleep ${mark}`);

/** A configuration in a folder of the project. */
function configured(json: object): string {
  const folder = join(project, 'infra');
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(json));
  return folder;
}

const refused = async (options: RehearseOptions): Promise<string> =>
  rehearse({ cwd: root, ...options }).then(
    async (rehearsal) => {
      await rehearsal.close();
      return rehearsal.report.findings.map(sentence).join('\n');
    },
    (error: Error) => error.message,
  );

test('a folder without stacks', async () => {
  expect(await refused({ outdir: project })).toBe(
    `${project}/manifest.json: the synthesized output cannot be read, because there is no such file; ` +
      'give the folder that cdktf synth wrote, usually cdktf.out, or one with a Terraform configuration.',
  );
});

test('what cannot be copied', async () => {
  spawnSync('mkfifo', [join(project, 'pipe')]);
  writeFileSync(join(project, 'manifest.json'), '{}');
  expect(await refused({ outdir: project })).toMatch(/: the synthesized output cannot be read, because .*(FIFO|pipe)/i);
});

test('a project that is not there', async () => {
  expect(await refused({ cwd: join(project, 'nowhere') })).toMatch(
    /nowhere: the synthesized output cannot be read, because there is no such folder; /,
  );
});

test('a provider without bindings', async () => {
  const outdir = configured({ resource: { acme_anvil: { a: {} } } });
  expect(await refused({ outdir })).toBe(
    `project ${root}: the provider "acme" has no bindings, because a rehearsal takes the schemas of a provider from its CDKTF ` +
      'bindings; install @cdktf/provider-acme, or run cdktf get for it.',
  );
});

test('a provider in another version than the bindings have', async () => {
  const outdir = configured({
    terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: '~> 5.0' } } },
  });
  expect(await refused({ outdir })).toBe(
    'stack infra, terraform.required_providers: it asks for the provider "aws" in version ~> 5.0, and the bindings are of 6.25.0, ' +
      'because a rehearsal takes the schemas of a provider from its CDKTF bindings; ' +
      'install the @cdktf/provider-aws that was generated from such a version, or ask for 6.25.0.',
  );
});

test('a stack that the program does not make', async () => {
  const outdir = configured({ resource: { terraform_data: { d: {} } } });
  expect(await refused({ outdir, stacks: ['infar'] })).toBe(
    'the stacks to rehearse: there is no stack "infar", because the program makes infra; did you mean infra.',
  );
});

test('answers that cannot be read', async () => {
  const outdir = configured({});
  expect(await refused({ outdir, fixtures: join(project, 'none.json') })).toMatch(
    /none\.json: the answers for data sources cannot be read, because .*; give a JSON file such as /,
  );
});

test('no folder for temporary files', async () => {
  temporaryIs(join(project, 'gone'));
  const cure = 'set TMPDIR to a folder that can be written to and has a short path, such as /tmp';
  expect(await refused({ outdir: configured({}) })).toMatch(
    new RegExp(`^${project}/gone: no temporary folder can be made here, because (Error: )?ENOENT.*; ${cure}\\.$`),
  );
  const long = join(project, 'a'.repeat(60));
  temporaryIs(long);
  mkdirSync(long);
  expect(await refused({ outdir: join(project, 'infra') })).toBe(
    `${long}: the path of a temporary folder here is too long, because a socket in it could not be opened: ` +
      `81 bytes are left for the folder; ${cure}.`,
  );
  expect(readdirSync(long)).toEqual([]);
});

test('a program that something kills, and what it had started', async () => {
  const app = `sleep ${mark} & kill -9 $$`;
  expect(await refused({ cwd: project, app })).toMatch(
    /: the program was ended by SIGKILL:\n\n, because it must synthesize before it can be rehearsed; /,
  );
});

test('a program that ends and leaves something running', async () => {
  expect(await refused({ cwd: project, app: `sleep ${mark} & echo started` })).toContain(
    'see that the program calls app.synth()',
  );
});

test('a program that never ends, and is interrupted', async () => {
  const controller = new AbortController();
  const told = refused({ cwd: project, app: `sleep ${mark}`, signal: controller.signal });
  while (!running()) await new Promise((resolve) => setTimeout(resolve, 20));
  controller.abort(new Error('enough'));
  expect(await told).toBe('enough');
});

test('Terraform killed in the middle of an apply, with what it was about to do', async () => {
  // The parent of what a provisioner runs is Terraform.
  const command = `sleep ${mark} & kill -9 $PPID; wait`;
  const outdir = configured({ resource: { terraform_data: { d: { provisioner: [{ 'local-exec': { command } }] } } } });
  expect(await refused({ outdir })).toBe(
    'stack infra: terraform apply was ended by SIGKILL, because something outside of the rehearsal stopped it, such as a system ' +
      'that ran out of memory; see what ended it, and rehearse again.',
  );
});

test('a Terraform that is none', async () => {
  const binary = join(project, 'terraform');
  writeFileSync(binary, '#!/bin/sh\necho "cannot open shared object file" >&2\nexit 127\n');
  chmodSync(binary, 0o755);
  process.env['TERRAFORM_BINARY_NAME'] = binary;
  expect(await refused({ outdir: configured({}) })).toBe(
    'stack infra: terraform init ended with exit code 127, because it says:\ncannot open shared object file\n; mend what it says.',
  );
  process.env['TERRAFORM_BINARY_NAME'] = join(project, 'tofu');
  expect(await refused({ outdir: join(project, 'infra') })).toMatch(
    /^TERRAFORM_BINARY_NAME: .*tofu cannot be found, because /,
  );
});

test('the command, interrupted while the program runs: exit code 130', async () => {
  const main = join(root, 'src/cli/main.ts');
  const env = { ...process.env, TSX_DISABLE_CACHE: '1', TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
  const args = ['--import', 'tsx', main, 'rehearse', '--app', `sleep ${mark}`];
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  while (!running()) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGINT');
  expect(await ended).toBe(130);
}, 60_000);
