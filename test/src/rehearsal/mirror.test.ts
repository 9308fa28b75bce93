import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findTerraform, rehearse, type Rehearsal, type RehearseOptions } from '@plinth/rehearsal';

const cwd = join(__dirname, '../../fixtures/rehearsal/two-stacks');
const folders: string[] = [];
const open: Rehearsal[] = [];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'plinth-mirror-'));
  folders.push(made);
  return made;
}
async function rehearsed(options: RehearseOptions): Promise<Rehearsal> {
  const rehearsal = await rehearse({ cwd, providers: 'mirror', ...options });
  open.push(rehearsal);
  return rehearsal;
}
afterEach(async () => {
  for (const rehearsal of open.splice(0)) await rehearsal.close();
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

const bucket = {
  terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: '~> 6.0' } } },
  provider: { aws: [{ region: 'eu-west-1' }] },
  resource: { aws_s3_bucket: { lake: { bucket: 'lake' } } },
};
const modules = { older: { source: './module' } };

/** A configuration in Terraform's own format, with a local backend. */
function configuration(json: object = bucket): string {
  const made = folder();
  writeFileSync(join(made, 'main.tf.json'), JSON.stringify(json));
  return made;
}

interface Ended {
  code: number | null;
  output: string;
}
/** What another's wrapper does: calls Terraform with the variables that it was given, and no others. */
function wrapper(where: string, script: string, env: Record<string, string>): Promise<Ended> & { child: ChildProcess } {
  const child = spawn('sh', ['-ec', script], {
    cwd: where,
    env: { PATH: `${dirname(findTerraform())}:${process.env['PATH'] ?? ''}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, output })));
  return Object.assign(ended, { child });
}

/** The folder of a rehearsal, which its processes have in their command lines. */
const place = (rehearsal: Rehearsal): string => dirname(rehearsal.env()['TF_CLI_CONFIG_FILE']!);
const processes = (where: string): string[] =>
  spawnSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line.includes(join(where, 'provider.cjs')));
async function gone(where: string): Promise<void> {
  while (processes(where).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
}

test('Terraform installs, locks, starts and ends the providers of a program; nothing is left', async () => {
  const rehearsal = await rehearsed({});
  expect(rehearsal.report.findings).toEqual([]);
  expect(rehearsal.report).toMatchObject({
    resources: 13,
    stacks: [{ secondPlan: 'empty' }, { secondPlan: 'empty' }],
  });
  const where = place(rehearsal);
  const lock = readFileSync(join(where, 'cdktf.out/stacks/ground/.terraform.lock.hcl'), 'utf8');
  expect(lock).toContain('provider "registry.terraform.io/hashicorp/aws"');
  expect(lock).toMatch(/version += "6\.25\.0"/);
  expect(lock).toMatch(/hashes = \[\s+"h1:[\w+/]{43}=",\s+\]/);
  await gone(where);
  await rehearsal.close();
  expect(existsSync(where)).toBe(false);
}, 120_000);

test('a wrapper needs no more than the variables; its lock file holds in the next rehearsal, and not for another provider', async () => {
  const where = configuration();
  const first = await rehearsed({ outdir: where });
  const lifecycle =
    'terraform init -input=false\nterraform plan -input=false -out=plan\nterraform apply plan\nterraform plan -detailed-exitcode\nterraform destroy -auto-approve';
  const { code, output } = await wrapper(where, lifecycle, first.env());
  expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  expect(output).toContain('Apply complete! Resources: 1 added, 0 changed, 0 destroyed.');
  expect(output).toContain('Destroy complete! Resources: 1 destroyed.');
  const lock = readFileSync(join(where, '.terraform.lock.hcl'), 'utf8');
  expect(lock).toContain('h1:');
  await first.close();

  rmSync(join(where, '.terraform'), { recursive: true });
  const second = await rehearsed({ outdir: where });
  const again = await wrapper(where, 'terraform init -input=false -lockfile=readonly', second.env());
  expect({ code: again.code, output: again.code === 0 ? '' : again.output }).toEqual({ code: 0, output: '' });

  const packages = join(place(second), 'mirror/registry.terraform.io/hashicorp/aws/6.25.0');
  for (const platform of spawnSync('ls', [packages], { encoding: 'utf8' }).stdout.trim().split('\n'))
    appendFileSync(join(packages, platform, 'terraform-provider-aws_v6.25.0_x5'), '# changed\n');
  const changed = await wrapper(where, 'terraform init -input=false -no-color', second.env());
  expect(changed.code).toBe(1);
  expect(changed.output.replace(/[│\s]+/g, ' ')).toContain(
    "doesn't match any of the checksums previously recorded in the dependency lock file",
  );
}, 120_000);

test('providers lock finds the mirror, for the platform that cdktf-cli asks for', async () => {
  const where = configuration();
  const rehearsal = await rehearsed({ outdir: where });
  const { code, output } = await wrapper(where, 'terraform providers lock -platform=linux_amd64', rehearsal.env());
  expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  expect(readFileSync(join(where, '.terraform.lock.hcl'), 'utf8')).toContain('h1:');
}, 60_000);

test('a constraint that the mirror cannot meet is refused in the words of Terraform', async () => {
  const where = configuration({ ...bucket, module: modules });
  mkdirSync(join(where, 'module'));
  writeFileSync(
    join(where, 'module/main.tf.json'),
    JSON.stringify({ terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: '~> 5.0' } } } }),
  );
  const { report } = await rehearsed({ outdir: where });
  expect(report.findings).toMatchObject([
    { code: 'terraform-failed', what: 'terraform init: Failed to query available provider packages' },
  ]);
  expect(report.findings[0]?.why.replace(/\s+/g, ' ')).toContain(
    'no available releases match the given constraints ~> 5.0, ~> 6.0',
  );
}, 60_000);

test('two Terraforms at once on the same mirror, one of them without TLS', async () => {
  const [one, other] = [configuration(), configuration()];
  const rehearsal = await rehearsed({ outdir: one, destroy: true });
  const script = 'terraform init -input=false\nterraform apply -input=false -auto-approve';
  const ended = await Promise.all([
    wrapper(one, script, rehearsal.env()),
    wrapper(other, script.replaceAll('apply', 'plan').replace('-auto-approve', ''), {
      ...rehearsal.env(),
      TF_DISABLE_PLUGIN_TLS: '1',
    }),
  ]);
  expect(ended.map(({ code, output }) => (code === 0 ? '' : output))).toEqual(['', '']);
  await gone(place(rehearsal));
}, 60_000);

test('a Terraform that is killed leaves no provider behind', async () => {
  const armed: { terraform?: ChildProcess } = {};
  const where = configuration();
  const rehearsal = await rehearsed({
    outdir: where,
    destroy: true,
    fail: () => (armed.terraform?.kill('SIGKILL'), undefined),
  });
  const init = await wrapper(where, 'terraform init -input=false', rehearsal.env());
  expect(init.code).toBe(0);
  const running = wrapper(where, 'exec terraform apply -input=false -auto-approve', rehearsal.env());
  armed.terraform = running.child;
  await running;
  expect(running.child.signalCode).toBe('SIGKILL');
  await gone(place(rehearsal));
}, 60_000);

test('a Ctrl-C, which reaches the providers as well, lets Terraform finish what it does and keep it', async () => {
  const armed: { interrupt?: () => void } = {};
  let interrupted = 0;
  const where = configuration();
  const rehearsal = await rehearsed({
    outdir: where,
    destroy: true,
    fail: () => (armed.interrupt?.(), undefined),
  });
  const init = await wrapper(where, 'terraform init -input=false', rehearsal.env());
  expect(init.code).toBe(0);
  const running = wrapper(where, 'exec terraform apply -input=false -auto-approve', rehearsal.env());
  armed.interrupt = () => {
    const started = processes(place(rehearsal));
    for (const line of started) process.kill(parseInt(line, 10), 'SIGINT');
    interrupted = started.length;
    running.child.kill('SIGINT');
  };
  const { output } = await running;
  expect(interrupted).toBeGreaterThan(0);
  expect(output).toContain('Creation complete');
  expect(readFileSync(join(where, 'terraform.tfstate'), 'utf8')).toContain('"bucket": "lake"');
  await gone(place(rehearsal));
}, 60_000);

test('a provider that somebody started by hand ends with the rehearsal', async () => {
  const where = configuration();
  const rehearsal = await rehearsed({ outdir: where });
  const packages = join(
    place(rehearsal),
    'mirror/registry.terraform.io/hashicorp/aws/6.25.0/*/terraform-provider-aws*',
  );
  const by = wrapper(where, `exec ${packages}`, {});
  const line = await new Promise<string>((resolve) =>
    by.child.stdout?.once('data', (chunk: Buffer) => resolve(String(chunk))),
  );
  expect(line).toMatch(/^1\|6\|unix\|\/.+\.sock\|grpc\|\n$/);
  await rehearsal.close();
  expect(await by).toMatchObject({ code: 0 });
}, 60_000);
