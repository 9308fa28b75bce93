import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ordered, readSynthesized, synth } from '../../../src/rehearsal/synth';

let cwd: string;
let into: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'plinth-synth-'));
  into = join(cwd, 'out');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const program = `
const { mkdirSync, writeFileSync } = require('fs');
const out = process.env.CDKTF_OUTDIR;
mkdirSync(out + '/stacks/a', { recursive: true });
writeFileSync(out + '/stacks/a/cdk.tf.json', JSON.stringify({ context: JSON.parse(process.env.CDKTF_CONTEXT_JSON) }));
writeFileSync(out + '/manifest.json', JSON.stringify({ stacks: { a: { name: 'a', synthesizedStackPath: 'stacks/a/cdk.tf.json', dependencies: [] } } }));
`;

test("runs the app of cdktf.json with CDKTF's variables", async () => {
  writeFileSync(join(cwd, 'main.js'), program);
  const terraformModules = ['./modules/a', { name: 'b', source: '../b' }, 'terraform-aws-modules/vpc/aws@5.0.0'];
  const config = { app: 'node main.js', context: { colour: 'red' }, terraformModules };
  writeFileSync(join(cwd, 'cdktf.json'), JSON.stringify(config));
  const [stack] = await synth({ cwd, into });
  expect(stack).toMatchObject({ name: 'a', folder: join(into, 'stacks/a'), dependsOn: [] });
  expect(stack?.json).toMatchObject({ context: { colour: 'red', cdktfRelativeModules: ['./modules/a', '../b'] } });
});

test('takes what is synthesized already, without the state and plugins that lie there', async () => {
  const outdir = join(cwd, 'cdktf.out');
  mkdirSync(join(outdir, 'stacks/a/.terraform'), { recursive: true });
  mkdirSync(join(outdir, 'stacks/a/assets'), { recursive: true });
  writeFileSync(join(outdir, 'stacks/a/terraform.tfstate'), '{}');
  writeFileSync(join(outdir, 'stacks/a/assets/file'), 'asset');
  writeFileSync(join(outdir, 'stacks/a/cdk.tf.json'), '{}');
  writeFileSync(
    join(outdir, 'manifest.json'),
    JSON.stringify({ stacks: { a: { name: 'a', synthesizedStackPath: 'stacks/a/cdk.tf.json' } } }),
  );
  await synth({ cwd, outdir: 'cdktf.out', into });
  expect(existsSync(join(into, 'stacks/a/assets/file'))).toBe(true);
  expect(existsSync(join(into, 'stacks/a/terraform.tfstate'))).toBe(false);
  expect(existsSync(join(into, 'stacks/a/.terraform'))).toBe(false);
});

test('without a program to run, a sentence says so', async () => {
  await expect(synth({ cwd, into })).rejects.toThrow(
    `${cwd}: no program to rehearse, because there is no cdktf.json with an "app" here, and no --app was given; ` +
      'give the command that runs your program with --app, such as --app "npx tsx main.ts".',
  );
  writeFileSync(join(cwd, 'cdktf.json'), '{');
  await expect(synth({ cwd, into })).rejects.toThrow(
    /cdktf\.json: the file is not JSON, because .*; mend it, or give the command with --app\.$/,
  );
});

test('a program that fails is quoted', async () => {
  const app = `node -e "console.error('no such bucket'); process.exit(7)"`;
  await expect(synth({ cwd, app, into })).rejects.toMatchObject({
    finding: {
      code: 'synth-failed',
      what: 'the program ended with exit code 7:\nno such bucket\n',
      where: app,
      cure: 'mend what it says, and run it alone to see that it ends without an error',
    },
  });
});

test('a program that writes nothing, or nonsense, is told so', async () => {
  await expect(synth({ cwd, app: 'true', into })).rejects.toMatchObject({
    finding: {
      code: 'synth-unreadable',
      where: join(into, 'manifest.json'),
      cure: 'see that the program calls app.synth() and takes its output folder from CDKTF, not from its own code',
    },
  });
  mkdirSync(into);
  writeFileSync(join(into, 'manifest.json'), '{"stacks":{}}');
  await expect(synth({ cwd, app: 'true', into })).rejects.toMatchObject({ finding: { why: 'it names no stack' } });
  await expect(synth({ cwd, outdir: 'nowhere', into })).rejects.toMatchObject({
    finding: {
      where: join(cwd, 'nowhere'),
      why: 'there is no such folder',
      cure: 'give the folder that cdktf synth wrote, usually cdktf.out, or one with a Terraform configuration',
    },
  });
});

test('each stack comes after those it depends on, and a circle is named', () => {
  const stack = (name: string, ...dependsOn: string[]) => ({ name, dependsOn });
  expect(ordered([stack('c', 'b', 'elsewhere'), stack('a'), stack('b', 'a')]).map(({ name }) => name)).toEqual([
    'a',
    'b',
    'c',
  ]);
  expect(() => ordered([stack('a', 'b'), stack('b', 'c'), stack('c', 'b')])).toThrow(
    'manifest.json: the stacks depend on each other in a circle: b -> c -> b, because none of them can be applied first; ' +
      'move what both need into a stack of its own.',
  );
});

test("output that nobody can read is told by its owner's path", async () => {
  const outdir = join(cwd, 'cdktf.out');
  const refused = async (path: string, why: string | RegExp) =>
    expect(synth({ cwd, outdir, into })).rejects.toMatchObject({
      finding: { code: 'synth-unreadable', where: join(outdir, path), why: expect.stringMatching(why) as string },
    });
  writeFileSync(outdir, '');
  await refused('', /^it is a file$/);
  rmSync(outdir);
  mkdirSync(outdir);
  await refused('manifest.json', /^there is no such file$/);
  const put = (manifest: string | object) =>
    writeFileSync(join(outdir, 'manifest.json'), typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  put('{"stacks":');
  await refused('manifest.json', /JSON/);
  put('[]');
  await refused('manifest.json', /^it is not a JSON object$/);
  put({ stacks: { a: {} } });
  await refused('manifest.json', /^a stack in it has no name or no path$/);
  put({ stacks: { a: { name: 'a', synthesizedStackPath: '../elsewhere/cdk.tf.json' } } });
  await refused('manifest.json', /^the stack a lies outside of the folder$/);
  put({ stacks: { a: { name: 'a', synthesizedStackPath: 'a/cdk.tf.json' } } });
  await refused('a/cdk.tf.json', /^there is no such file$/);
  mkdirSync(join(outdir, 'a'));
  writeFileSync(join(outdir, 'a/cdk.tf.json'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 255]));
  await refused('a/cdk.tf.json', /JSON/);
  writeFileSync(join(outdir, 'a/cdk.tf.json'), 'null');
  await refused('a/cdk.tf.json', /^it is not a JSON object$/);
});

test('a backend that Terraform does not know is refused', async () => {
  const outdir = join(cwd, 'out-of-s4');
  mkdirSync(outdir);
  const configure = (backend: object) =>
    writeFileSync(join(outdir, 'main.tf.json'), JSON.stringify({ terraform: { backend } }));
  configure({ s4: { bucket: 'acme' } });
  const knows = 'Terraform knows azurerm, consul, cos, gcs, http, inmem, kubernetes, local, oss, pg, remote, s3';
  await expect(synth({ cwd, outdir, into })).rejects.toThrow(
    `stack out-of-s4, terraform.backend, ${outdir}: there is no backend "s4", because ${knows}; did you mean s3.`,
  );
  configure({ elsewhere: {} });
  await expect(synth({ cwd, outdir, into })).rejects.toMatchObject({ finding: { cure: 'name one of these' } });
});

test("a folder with Terraform's own files is one stack, its modules at the same distance", async () => {
  const project = join(cwd, 'live/shop');
  for (const folder of ['live/shop', 'modules/network', 'modules/tags'])
    mkdirSync(join(cwd, folder), { recursive: true });
  const network = 'resource "aws_vpc" "main" {}\nmodule "tags" {\n  source = "../tags"\n}\n';
  writeFileSync(join(cwd, 'modules/network/main.tf'), network);
  writeFileSync(join(cwd, 'modules/tags/main.tf.json'), JSON.stringify({ resource: { terraform_data: { t: {} } } }));
  writeFileSync(join(project, 'main.tf'), 'module "network" {\n  source = "../../modules/network"\n}\n');
  writeFileSync(join(project, 'data.tf.json'), JSON.stringify({ data: { aws_region: { here: {} } } }));
  writeFileSync(join(project, 'terraform.tfstate'), '{}');
  const [stack] = await synth({ cwd, outdir: 'live/shop', into });
  expect(stack).toMatchObject({ name: 'shop', folder: join(into, 'live/shop'), dependsOn: [] });
  expect(stack?.json).toMatchObject({
    resource: { aws_vpc: {}, terraform_data: {} },
    data: { aws_region: { here: {} } },
  });
  expect(existsSync(join(into, 'modules/tags/main.tf.json'))).toBe(true);
  expect(existsSync(join(into, 'live/shop/terraform.tfstate'))).toBe(false);
  // Without a program to run, the project's own folder is meant.
  rmSync(into, { recursive: true });
  expect((await synth({ cwd: project, into })).map(({ name }) => name)).toEqual(['shop']);
});

test('reads what is synthesized already without running or copying anything', () => {
  mkdirSync(join(cwd, 'stacks/a'), { recursive: true });
  writeFileSync(join(cwd, 'stacks/a/cdk.tf.json'), JSON.stringify({ resource: { aws_vpc: { v: {} } } }));
  const stacks = { a: { name: 'a', synthesizedStackPath: 'stacks/a/cdk.tf.json', dependencies: [] } };
  writeFileSync(join(cwd, 'manifest.json'), JSON.stringify({ stacks }));
  expect(readSynthesized(cwd)).toMatchObject([{ name: 'a', json: { resource: { aws_vpc: { v: {} } } } }]);
  const plain = join(cwd, 'plain');
  mkdirSync(plain);
  writeFileSync(join(plain, 'main.tf.json'), JSON.stringify({ resource: { aws_vpc: { v: {} } } }));
  expect(readSynthesized(plain)).toMatchObject([
    { name: 'plain', folder: plain, json: { resource: { aws_vpc: { v: {} } } } },
  ]);
  expect(() => readSynthesized(join(cwd, 'nowhere'))).toThrow('the synthesized output cannot be read');
});
