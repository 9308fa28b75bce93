import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { App, TerraformStack } from 'cdktf';
import { RehearsalAssertionError, expectRehearsal, rehearsalOf } from '../../../../src/rehearsal/expect';

let outdir: string;
beforeEach(() => (outdir = realpathSync(mkdtempSync(join(os.tmpdir(), 'plinth-expected-')))));
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(outdir, { recursive: true, force: true });
});

function program(build: (stack: TerraformStack) => void, into = outdir): App {
  const app = new App({ outdir: into });
  const stack = new TerraformStack(app, 'data');
  new AwsProvider(stack, 'aws', { region: 'eu-west-1' });
  build(stack);
  return app;
}
const bucket = (name: string) => (stack: TerraformStack) => void new S3Bucket(stack, 'lake', { bucket: name });

test('an app is rehearsed once for all that is expected of it, and leaves nothing behind', async () => {
  const place = join(outdir, 'tmp');
  mkdirSync(place);
  jest.spyOn(os, 'tmpdir').mockReturnValue(place);
  const app = program(bucket('acme-lake'), join(outdir, 'out'));
  const synth = jest.spyOn(app, 'synth');
  await Promise.all([expectRehearsal(app).toApplyCleanly(), expectRehearsal(app).toHaveEmptySecondPlan()]);
  await expectRehearsal(app).toHaveNothingPublic();
  await expectRehearsal(app).toGrantAtMost([]);
  expect((await rehearsalOf(app)).resources()).toMatchObject([
    { address: 'aws_s3_bucket.lake', values: { bucket: 'acme-lake', region: 'eu-west-1' } },
  ]);
  expect(synth).toHaveBeenCalledTimes(1);
  expect(readdirSync(place)).toEqual([]);
});

test('what does not hold is an error with the findings as sentences', async () => {
  const app = program((stack) => new SqsQueue(stack, 'queue', { name: 'jobs', visibilityTimeoutSeconds: 50_000 }));
  const refused = expectRehearsal(app).toApplyCleanly();
  await expect(refused).rejects.toThrow(RehearsalAssertionError);
  await expect(refused).rejects.toThrow(
    /^the program does not apply cleanly; there is one finding:\n {2}- .*aws_sqs_queue\.queue.*visibility_timeout_seconds.*\.$/,
  );
  await expectRehearsal(app).not.toApplyCleanly();
  // Nothing was applied, so that nothing public could be found: that is no proof.
  await expect(expectRehearsal(app).toHaveNothingPublic()).rejects.toThrow(
    'this cannot be told before the program applies',
  );
  await expect(expectRehearsal(app).not.toHaveNothingPublic()).rejects.toThrow(RehearsalAssertionError);
});

test('with .not, what holds is an error', async () => {
  const app = program(bucket('acme-lake'));
  await expect(expectRehearsal(app).not.toApplyCleanly()).rejects.toThrow(
    'expected otherwise, but the program applies cleanly: 1 resources in 1 stacks',
  );
});

test('a program that replaces or forgets what is stateful is told, with the argument that forces it', async () => {
  const database = (identifier: string) => (stack: TerraformStack) =>
    void new DbInstance(stack, 'db', {
      identifier,
      engine: 'postgres',
      instanceClass: 'db.t4g.micro',
      allocatedStorage: 20,
      username: 'plinth',
      manageMasterUserPassword: true,
      skipFinalSnapshot: true,
      availabilityZone: identifier === 'a' ? 'eu-west-1a' : 'eu-west-1b',
    });
  // Both are written to one folder, as two apps are that say nothing else.
  const [before, after] = [program(database('a')), program(database('b'))];
  await expect(expectRehearsal(after).toReplaceNothingStateful(before)).rejects.toThrow(
    /^the change loses what is stateful:\n {2}- stack data, aws_db_instance\.db: the change replaces it, .*availability_zone changes from "eu-west-1a" to "eu-west-1b"/,
  );
  await expectRehearsal(after).not.toReplaceNothingStateful(before);
  await expectRehearsal(before).toReplaceNothingStateful(program(database('a')));
  await expect(expectRehearsal(program(() => {})).toReplaceNothingStateful(before)).rejects.toThrow(
    'the change destroys it',
  );
}, 60_000);

test('a folder, a command and a commit are programs as well', async () => {
  program(bucket('acme-lake'), join(outdir, 'out')).synth();
  await expectRehearsal(join(outdir, 'out')).toApplyCleanly();
  expect(await rehearsalOf(join(outdir, 'out'))).toBe(await rehearsalOf(join(outdir, 'out')));
  // What a folder holds now is rehearsed, not what it held.
  program(bucket('acme-other'), join(outdir, 'out')).synth();
  expect((await rehearsalOf(join(outdir, 'out'))).resources()).toMatchObject([{ values: { bucket: 'acme-other' } }]);
  const written = (name: string): void =>
    writeFileSync(
      join(outdir, 'main.js'),
      [
        `const { mkdirSync, writeFileSync } = require('fs');`,
        `const out = process.env.CDKTF_OUTDIR;`,
        `mkdirSync(out, { recursive: true });`,
        `const stack = { terraform: { required_providers: { aws: { source: 'aws', version: '6.25.0' } } },`,
        `  provider: { aws: [{ region: 'eu-west-1' }] }, resource: { aws_s3_bucket: { lake: { bucket: '${name}' } } } };`,
        `writeFileSync(out + '/cdk.tf.json', JSON.stringify(stack));`,
        `const stacks = { data: { name: 'data', synthesizedStackPath: 'cdk.tf.json', dependencies: [] } };`,
        `writeFileSync(out + '/manifest.json', JSON.stringify({ stacks }));`,
      ].join('\n'),
    );
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: outdir });
  written('acme-then');
  writeFileSync(join(outdir, '.gitignore'), 'out\nnode_modules\n');
  symlinkSync(join(__dirname, '../../../../node_modules'), join(outdir, 'node_modules'));
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'then');
  written('acme-now');
  const today = { cwd: outdir, app: 'node main.js' };
  await expectRehearsal(today).toApplyCleanly();
  await expect(expectRehearsal(today).toReplaceNothingStateful({ ref: 'HEAD' })).rejects.toThrow(
    'bucket changes from "acme-then" to "acme-now"',
  );
}, 60_000);

test('a program that cannot be rehearsed says why', async () => {
  await expect(expectRehearsal(join(outdir, 'nowhere')).toApplyCleanly()).rejects.toThrow(
    'the synthesized output cannot be read',
  );
});
