import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTerraform, run } from '../../../src/rehearsal/terraform';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'plinth-terraform-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string): string {
  const file = join(folder, name);
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return file;
}

test('terraform comes before tofu, and the variable before both', () => {
  const tofu = program('tofu');
  expect(findTerraform({ PATH: folder })).toBe(tofu);
  const terraform = program('terraform');
  expect(findTerraform({ PATH: folder })).toBe(terraform);
  expect(findTerraform({ PATH: folder, TERRAFORM_BINARY_NAME: 'tofu' })).toBe(tofu);
  expect(findTerraform({ PATH: '', TERRAFORM_BINARY_NAME: tofu })).toBe(tofu);
});

test('without either, a sentence says how to get one', () => {
  expect(() => findTerraform({ PATH: folder })).toThrow(
    'PATH: terraform and tofu cannot be found, because a rehearsal runs the real Terraform; install Terraform 1.10 or later ' +
      '(https://developer.hashicorp.com/terraform/install) or OpenTofu (https://opentofu.org/docs/intro/install), ' +
      'so that it is on the PATH, or name it in TERRAFORM_BINARY_NAME.',
  );
  expect(() => findTerraform({ PATH: folder, TERRAFORM_BINARY_NAME: 'terragrunt' })).toThrow(
    'TERRAFORM_BINARY_NAME: terragrunt cannot be found',
  );
  writeFileSync(join(folder, 'terraform'), 'not executable', { mode: 0o644 });
  expect(() => findTerraform({ PATH: folder })).toThrow('cannot be found');
});

test('a command ends with its code and its output, line by line', async () => {
  const lines: string[] = [];
  const script =
    'process.stdout.write("one\\ntw"); process.stdout.write("o\\n"); process.stderr.write("err"); process.exit(3)';
  const ended = await run(process.execPath, ['-e', script], {
    cwd: folder,
    env: process.env,
    onLine: (line) => lines.push(line),
  });
  expect(ended).toEqual({ code: 3, stdout: 'one\ntwo\n', stderr: 'err' });
  expect(lines).toEqual(['one', 'two']);
});

test('a command that is not there is an error', async () => {
  await expect(run(join(folder, 'nothing'), [], { cwd: folder, env: process.env })).rejects.toThrow('ENOENT');
});

test('an abort asks the command, and what its shell started, to end', async () => {
  const controller = new AbortController();
  const file = join(folder, 'ended');
  const script = `process.on("SIGTERM", () => { require("fs").writeFileSync(${JSON.stringify(file)}, "asked"); process.exit(0) }); console.log("up"); setInterval(() => {}, 1000)`;
  const running = run(`${process.execPath} -e '${script}' ; true`, [], {
    cwd: folder,
    env: process.env,
    shell: true,
    signal: controller.signal,
    onLine: () => controller.abort(new Error('enough')),
  });
  await expect(running).rejects.toThrow('enough');
  expect(existsSync(file) && readFileSync(file, 'utf8')).toBe('asked');
  await expect(run('true', [], { cwd: folder, env: process.env, signal: controller.signal })).rejects.toThrow('enough');
});
