// The examples of docs/testing.md, as they stand there.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { expectRehearsal, Match, rehearsalMatchers, Template } from '@plinth/rehearsal/expect';
import { rehearse } from '@plinth/rehearsal';
import { App, TerraformStack } from 'cdktf';

const outdir = mkdtempSync(join(tmpdir(), 'plinth-documented-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** A program with a database, to which what has the group of the jobs may go. */
function program({ zone = 'eu-west-1a', into = 'out' } = {}): App {
  const app = new App({ outdir: join(outdir, into) });
  const stack = new TerraformStack(app, 'shop');
  new AwsProvider(stack, 'aws', { region: 'eu-west-1' });
  const jobs = new SecurityGroup(stack, 'jobs', {
    egress: [{ protocol: 'tcp', fromPort: 5432, toPort: 5432, cidrBlocks: ['0.0.0.0/0'] }],
  });
  const database = new SecurityGroup(stack, 'database', {
    ingress: [{ protocol: 'tcp', fromPort: 5432, toPort: 5432, securityGroups: [jobs.id] }],
  });
  new DbInstance(stack, 'orders', {
    instanceClass: 'db.t4g.micro',
    engine: 'postgres',
    allocatedStorage: 20,
    username: 'orders',
    manageMasterUserPassword: true,
    skipFinalSnapshot: true,
    availabilityZone: zone,
    vpcSecurityGroupIds: [database.id],
  });
  new SqsQueue(stack, 'queue', { name: 'orders', redrivePolicy: JSON.stringify({ maxReceiveCount: 3 }) });
  return app;
}

test('a program is applied, and nothing of it is public', async () => {
  const app = program();
  await expectRehearsal(app).toApplyCleanly();
  await expectRehearsal(app).toHaveEmptySecondPlan();
  await expectRehearsal(app).toHaveNothingPublic();
  await expectRehearsal(app).toReach('aws_security_group.jobs', 'aws_db_instance.orders', { port: 5432 });
  await expectRehearsal(app).not.toReach('internet', 'aws_db_instance.orders');
});

test('what a change loses is told', async () => {
  const before = program();
  const after = program({ zone: 'eu-west-1b' });
  await expectRehearsal(after).not.toReplaceNothingStateful(before);
}, 60_000);

test('what is synthesized can be looked into', () => {
  const template = Template.of(program());
  template.hasResource('aws_sqs_queue', { name: /^orders/, redrive_policy: Match.json({ maxReceiveCount: 3 }) });
  template.resourceCount('aws_db_instance', 1, { manage_master_user_password: true, password: Match.absent() });
  expect(template.resource('aws_sqs_queue').construct).toBe('shop/queue');
});

test("Jest's expect takes the same matchers, on a rehearsal of one's own", async () => {
  program({ into: 'own' }).synth();
  expect.extend(rehearsalMatchers);
  const rehearsal = await rehearse({ outdir: join(outdir, 'own') });
  expect(rehearsal).toApplyCleanly();
  await rehearsal.close();
});

/** A line of an example as a test would hold it, whatever it is indented by. */
const bare = (text: string): string => text.replace(/\s+/g, ' ').trim();

test('every example of docs/testing.md is run by this test, or by that of examples/team', () => {
  const root = join(__dirname, '../../../..');
  const examples = [...readFileSync(join(root, 'docs/testing.md'), 'utf8').matchAll(/```ts\n([^]*?)```/g)];
  expect(examples.length).toBeGreaterThan(3);
  const run = bare(
    ['test/examples/team.test.ts', __filename]
      .map((file) => readFileSync(join(root, file.replace(root, '')), 'utf8'))
      .join('\n'),
  );
  const missing = examples.flatMap(([, text = '']) => text.split('\n\n')).filter((part) => !run.includes(bare(part)));
  expect(missing).toEqual([]);
});
