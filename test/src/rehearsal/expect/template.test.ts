import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataAwsVpc } from '@cdktf/provider-aws/lib/data-aws-vpc';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { App, TerraformOutput, TerraformStack, Testing } from 'cdktf';
import { Match, Template } from '../../../../src/rehearsal/expect';

let outdir: string;
beforeEach(() => (outdir = mkdtempSync(join(tmpdir(), 'plinth-template-'))));
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

/** Two stacks: three buckets and a look-up, and a queue. */
function program(): App {
  const app = new App({ outdir });
  const data = new TerraformStack(app, 'data');
  new AwsProvider(data, 'aws', { region: 'eu-west-1' });
  new S3Bucket(data, 'raw', { bucket: 'acme-raw', tags: { zone: 'raw', team: 'data' } });
  new S3Bucket(data, 'curated', { bucket: 'acme-curated', tags: { zone: 'curated', team: 'data' } });
  new S3Bucket(data, 'scratch', { forceDestroy: true });
  new DataAwsVpc(data, 'vpc', { tags: { Name: 'main' } });
  new TerraformOutput(data, 'bucket', { value: 'acme-raw' });
  const jobs = new TerraformStack(app, 'jobs');
  new AwsProvider(jobs, 'aws', { region: 'eu-west-1' });
  new SqsQueue(jobs, 'queue', { name: 'jobs', messageRetentionSeconds: 60 });
  return app;
}

test('finds resources of an app, of its folder, and of its JSON', () => {
  const template = Template.of(program());
  expect(template.stacks).toEqual(['data', 'jobs']);
  expect(template.resources('aws_s3_bucket').map(({ stack, construct }) => `${stack} ${construct}`)).toEqual([
    'data data/curated',
    'data data/raw',
    'data data/scratch',
  ]);
  expect(template.resource('aws_sqs_queue')).toEqual({
    stack: 'jobs',
    address: 'aws_sqs_queue.queue',
    construct: 'jobs/queue',
    values: { name: 'jobs', message_retention_seconds: 60 },
  });
  Template.of(outdir).resourceCount('aws_s3_bucket', 3);
  const stack = new TerraformStack(Testing.app({ outdir: join(outdir, 'other') }), 'only');
  new SqsQueue(stack, 'queue', { name: 'x' });
  const text = Testing.synth(stack);
  Template.of(text).hasResource('aws_sqs_queue', { name: 'x' });
  Template.of(JSON.parse(text) as object).hasResource('aws_sqs_queue', { name: 'x' });
  expect(Template.of({ one: JSON.parse(text) as object, two: { resource: {} } }).stacks).toEqual(['one', 'two']);
});

test('looks at one stack', () => {
  const template = Template.of(program());
  template.stack('jobs').resourceCount('aws_s3_bucket', 0);
  template.stack('data').resourceCount('aws_s3_bucket', 3);
  expect(() => template.stack('job')).toThrow(
    'Template.stack: there is no stack "job", because the program makes data, jobs; did you mean jobs.',
  );
});

test('says of the nearest resource where it differs', () => {
  const template = Template.of(program());
  template.hasResource('aws_s3_bucket', { bucket: /^acme-/, tags: { zone: 'curated' } });
  template.hasResource('aws_s3_bucket', { bucket: Match.absent(), force_destroy: true });
  template.hasResource('data.aws_vpc', { tags: { Name: expect.any(String) as string } });
  expect(() => template.hasResource('aws_s3_bucket', { bucket: 'acme-raw', tags: { zone: 'bronze' } })).toThrow(
    [
      'expected a aws_s3_bucket with {"bucket":"acme-raw","tags":{"zone":"bronze"}}, and there is none; the nearest of 3 is data/aws_s3_bucket.raw (data/raw), where',
      '  - tags.zone is "raw", expected "bronze"',
    ].join('\n'),
  );
  expect(() => template.hasResource('aws_sqs_queue', { name: Match.stringMatching('dead') })).toThrow(
    'the only one is jobs/aws_sqs_queue.queue (jobs/queue), where\n  - name is "jobs", expected a text with "dead"',
  );
});

test('says of a type that nothing has what was probably meant', () => {
  const template = Template.of(program());
  expect(() => template.hasResource('aws_s3_buckets')).toThrow(
    'expected a aws_s3_buckets, and there is none of that type; did you mean aws_s3_bucket',
  );
  expect(() => template.hasResource('data.aws_vpcs')).toThrow('did you mean data.aws_vpc');
  expect(() => template.resourceCount('aws_kms_key', 2)).toThrow(
    'expected 2 aws_kms_key, and there is none, nor any other aws_kms_key',
  );
});

test('wants one, so many, or none', () => {
  const template = Template.of(program());
  template.resourceCount('aws_s3_bucket', 2, { tags: { team: 'data' } });
  template.resourceCount('aws_kms_key', 0);
  template.hasNoResource('aws_s3_bucket', { acl: Match.any() });
  const all = ['data/aws_s3_bucket.curated (data/curated)', 'data/aws_s3_bucket.raw (data/raw)'];
  const list = all.map((one) => `\n  - ${one}`).join('');
  expect(() => template.resource('aws_s3_bucket', { tags: { team: 'data' } })).toThrow(
    `expected one aws_s3_bucket with {"tags":{"team":"data"}}, and there are 2:${list}`,
  );
  expect(() => template.resourceCount('aws_s3_bucket', 1)).toThrow('expected 1 aws_s3_bucket, and there are 3:');
  expect(() => template.hasNoResource('aws_s3_bucket', { tags: { team: 'data' } })).toThrow(
    `expected no aws_s3_bucket with {"tags":{"team":"data"}}, and there is:${list}`,
  );
  expect(() => template.resource('aws_sqs_queue', { name: 'x' })).toThrow('- name is "jobs", expected "x"');
});

test('finds outputs', () => {
  const template = Template.of(program());
  template.hasOutput('bucket');
  template.hasOutput('bucket', 'acme-raw');
  expect(() => template.hasOutput('bucket', /curated/)).toThrow(
    'expected the output bucket to be "</curated/>":\n  - stack data: value is "acme-raw", expected /curated/',
  );
  expect(() => template.hasOutput('buckets')).toThrow(
    'expected an output buckets, and there is none; did you mean bucket',
  );
  expect(() => template.hasOutput('unlike')).toThrow('expected an output unlike, and there is none; bucket');
  expect(() => template.stack('jobs').hasOutput('x')).toThrow('there are none at all');
});

test('what no program synthesizes is told', () => {
  expect(() => Template.of('{')).toThrow(/^Template.of: this is not what a program synthesizes, because /);
  expect(() => Template.of({ name: 'x', other: { resource: {} } })).toThrow(
    'Template.of: this is not what a program synthesizes, because it holds name, other, which no stack has; give an app, the folder it was synthesized to, or the JSON of a stack.',
  );
  expect(() => Template.of(outdir)).toThrow('the synthesized output cannot be read');
});
