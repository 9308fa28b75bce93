import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { app, plinth, root } from '../support';

const twoStacks = join(root, 'test/fixtures/rehearsal/two-stacks');
const program = ['rehearse', '--app', app('main.ts')];

it('rehearses a program and says in one document how it went', async () => {
  const ran = await plinth([...program, '--json'], twoStacks);
  expect(ran.code).toBe(0);
  const { ok, result } = ran.document<{ ok: boolean; stacks: { name: string; secondPlan: string }[] }>();
  expect(ok).toBe(true);
  expect(result).toMatchObject({
    ok: true,
    stacks: [
      { name: 'ground', secondPlan: 'empty' },
      { name: 'workloads', secondPlan: 'empty' },
    ],
  });
  expect(ran.err).toMatch(/^ground: second plan \d+\.\d s$/m);
});

it('shows a person a line a stack, and what an empty second plan is worth', async () => {
  const { code, out } = await plinth([...program, '--stack', 'ground'], twoStacks);
  expect(code).toBe(0);
  expect(out).toMatch(/^ground +\d+ +\d+\.\d s +\d+\.\d s +empty$/m);
  expect(out).not.toContain('workloads');
  expect(out).toContain('not that AWS would normalise nothing');
});

it('says which stacks there are', async () => {
  const { code, err } = await plinth([...program, '--stack', 'grund'], twoStacks);
  expect(code).toBe(2);
  expect(err).toContain('there is no stack "grund", because the program makes ground, workloads; did you mean ground.');
});

it('ends with 3 and a sentence where Terraform is missing', async () => {
  const before = process.env['TERRAFORM_BINARY_NAME'];
  process.env['TERRAFORM_BINARY_NAME'] = 'no-such-terraform';
  try {
    const ran = await plinth([...program, '--json'], twoStacks);
    expect(ran.code).toBe(3);
    expect(ran.document().errors).toMatchObject([{ code: 'terraform-missing', where: 'TERRAFORM_BINARY_NAME' }]);
  } finally {
    if (before === undefined) delete process.env['TERRAFORM_BINARY_NAME'];
    else process.env['TERRAFORM_BINARY_NAME'] = before;
  }
});

it('mends a drift made on purpose, and destroys everything at the end', async () => {
  const drift = ['--drift', 'ground/aws_vpc.vpc:gone'];
  const { code, out, err } = await plinth([...program, '--stack', 'ground', '--destroy', ...drift], twoStacks);
  expect([code, err.split('\n').filter((line) => !line.includes(': '))]).toEqual([0, ['']]);
  expect(out).toMatch(/^ground\/aws_vpc\.vpc:gone: mended by aws_vpc\.vpc \(create\)/m);
  expect(err).toMatch(/^ground: destroy \d+\.\d s$/m);
});

it('tells what changed since a commit', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plinth-against-')));
  try {
    cpSync(twoStacks, folder, { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
    writeFileSync(join(folder, '.gitignore'), 'node_modules\n');
    git('init', '--quiet', '--initial-branch=main');
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    const against = [...program, '--against', 'main'];
    const same = await plinth(against, folder);
    expect([same.code, same.out]).toEqual([0, 'Nothing changes of what stands since main.\n']);

    const file = join(folder, 'main.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace('`acme-${caller.accountId}`', "'acme-renamed'"));
    const { code, out, err } = await plinth(against, folder);
    expect(code).toBe(1);
    expect(out).toMatch(/^Since main:\n\nground: /);
    expect(out).toContain(
      'aws_s3_bucket.bucket is replaced, and what it holds is lost\n    bucket: "acme-111122223333" -> "acme-renamed"\n',
    );
    expect(err).toContain(
      'stack ground, aws_s3_bucket.bucket: the change replaces it, and what it holds is lost, because bucket changes from "acme-111122223333" to "acme-renamed"; keep that argument as it was, or move what it holds first.',
    );
    expect((await plinth([...program, '--against', 'nothing'], folder)).code).toBe(2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

it('refuses flags that ask for different rehearsals', async () => {
  const { code, err } = await plinth([...program, '--against', 'main', '--keep'], twoStacks);
  expect(code).toBe(2);
  expect(err).toBe(
    'plinth rehearse: --against and --keep do not go together, because each asks for another rehearsal; run one after the other.\n',
  );
});

it('lets Terraform itself choose the versions of providers, from a mirror', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plinth-cli-')));
  try {
    const asks = (version: string): string =>
      JSON.stringify({
        terraform: { required_providers: { aws: { source: 'hashicorp/aws', version } } },
        ...(version === '~> 6.0' && { module: { older: { source: './older' } } }),
      });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    mkdirSync(join(folder, 'older'));
    writeFileSync(join(folder, 'main.tf.json'), asks('~> 6.0'));
    writeFileSync(join(folder, 'older/main.tf.json'), asks('~> 5.0'));
    expect((await plinth(['rehearse', '--json'], folder)).code).toBe(0);
    const { code, err } = await plinth(['rehearse', '--mirror'], folder);
    expect(code).toBe(1);
    expect(err.replace(/\s+/g, ' ')).toContain('no available releases match the given constraints ~> 5.0, ~> 6.0');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

it('fails on purpose, and tells what the next apply made of it', async () => {
  const fault = 'ground/aws_subnet.subnet-1:create:timeout';
  const argv = [...program, '--stack', 'ground', '--fault', fault, '--chaos', '1', '--seed', '3'];
  const { code, out, err } = await plinth(argv, twoStacks);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^ground\/aws_subnet\.subnet-1:create:timeout +\d+, 1 tainted +\d+ added, 0 changed, 1 destroyed +converged$/m,
  );
  expect(out.match(/ converged$/gm)).toHaveLength(2);
  expect(err).toMatch(
    /^failed on purpose, 1 of 2: ground\/aws_subnet\.subnet-1:create:timeout, and looked after \d+\.\d s$/m,
  );
}, 60_000);

it('refuses a failure that cannot be', async () => {
  const { code, err } = await plinth([...program, '--fault', 'ground/aws_vpc.vpc:explode'], twoStacks);
  expect(code).toBe(2);
  expect(err).toContain('"explode" is nothing that can fail');
  expect((await plinth([...program, '--chaos', 'many'], twoStacks)).code).toBe(2);
});
