import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sentence } from '@plinth/contract';
import { rehearse, type AppliedResource, type Rehearsal, type RehearseOptions } from '@plinth/rehearsal';

const root = join(__dirname, '../../../..');
const programs = join(root, 'test/fixtures/rehearsal/programs');

/** Applied, planned again, and destroyed: what was told, and what stood in between. */
async function rehearsed(options: RehearseOptions): Promise<{
  readonly report: Rehearsal['report'];
  readonly told: readonly string[];
  readonly values: (address: string) => AppliedResource['values'] | undefined;
}> {
  const rehearsal = await rehearse({ ...options, destroy: true });
  await rehearsal.close();
  const { report } = rehearsal;
  const resources = rehearsal.resources();
  return {
    report,
    told: report.findings.map(sentence),
    values: (address) => resources.find((resource) => resource.address === address)?.values,
  };
}

const stacksOf = ({ stacks }: Rehearsal['report']) =>
  stacks.map(({ name, resources, secondPlan }) => [name, resources, secondPlan]);

test('a web service on Fargate, with a database, over three stacks and two regions', async () => {
  const folder = join(programs, 'shop');
  const before = readdirSync(folder).sort();
  const { report, told, values } = await rehearsed({ cwd: folder });
  expect(told).toEqual([]);
  expect(stacksOf(report)).toEqual([
    ['network', 44, 'empty'],
    ['data', 26, 'empty'],
    ['web', 63, 'empty'],
  ]);
  // Read from the state of the network alone.
  expect(values('aws_db_subnet_group.subnets')?.['subnet_ids']).toHaveLength(3);
  // The same provider under two settings.
  expect(values('aws_acm_certificate.certificate')).toMatchObject({
    region: 'eu-central-1',
    tags_all: { project: 'shop' },
  });
  expect(values('aws_acm_certificate.edge-certificate')).toMatchObject({ region: 'us-east-1', tags_all: {} });
  const record = 'aws_route53_record.certificate-records["test.shop.example.com"]';
  expect(values(record)).toMatchObject({
    type: 'CNAME',
    name: expect.stringMatching(/^_[0-9a-f]{32}\.test\.shop\.example\.com\.$/) as string,
  });
  expect(readdirSync(folder).sort()).toEqual(before);
}, 120_000);

test('a serverless service: iterators, counts, overrides, assets and a module', async () => {
  const usual = process.env['TMPDIR'];
  const own = (process.env['TMPDIR'] = mkdtempSync(join(tmpdir(), 'plinth-notices-')));
  try {
    const { report, told, values } = await rehearsed({ cwd: join(programs, 'notices') });
    expect(told).toEqual([]);
    // cdktf itself leaves the modules that it gathered where temporary files lie.
    expect(readdirSync(own).filter((name) => name.startsWith('cdktf'))).toEqual([]);
    expect(stacksOf(report)).toEqual([['notices', 73, 'empty']]);
    expect(values('aws_sqs_queue.queue["mail"]')).toMatchObject({
      redrive_policy:
        '{"deadLetterTargetArn":"arn:aws:sqs:eu-north-1:111122223333:notices-test-mail-dead","maxReceiveCount":5}',
    });
    expect(values('aws_ssm_parameter.shard[2]')).toMatchObject({ name: '/notices/shard/2', value: '3' });
    expect(values('data.aws_ssm_parameter.looked-up')).toMatchObject({ value: '7' });
    expect(values('aws_security_group.group')?.['ingress']).toHaveLength(2);
    expect(values('module.alarm-send.aws_cloudwatch_metric_alarm.this["Errors"]')).toMatchObject({
      alarm_name: 'notices-test-send-errors',
    });
  } finally {
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
    rmSync(own, { recursive: true, force: true });
  }
}, 120_000);

test('EKS with Kubernetes, Helm and the utility providers; what must not be destroyed is not', async () => {
  const { report, told, values } = await rehearsed({ cwd: join(programs, 'platform') });
  expect(told).toEqual([
    expect.stringMatching(
      /^stack base, aws_kms_key\.key, cdk\.tf\.json line \d+: terraform destroy: Instance cannot be destroyed, because /,
    ),
  ]);
  expect(stacksOf(report)).toEqual([
    ['base', 9, 'empty'],
    ['cluster', 36, 'empty'],
    ['apps', 37, 'empty'],
  ]);
  expect(values('aws_s3_bucket.copies')).toMatchObject({ region: 'us-west-2', tags_all: { copy: 'true' } });
  expect(values('aws_subnet.subnet-2')?.['availability_zone']).toMatch(/^ap-southeast-2[abc]$/);
  expect(values('random_password.password')?.['result']).toMatch(/^[A-Za-z0-9]{24}$/);
  expect(values('tls_self_signed_cert.authority')?.['cert_pem']).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
}, 120_000);

test("Terraform's JSON without CDKTF, with variables, aliases and a module", async () => {
  const { report, told, values } = await rehearsed({ cwd: root, outdir: join(programs, 'terraform-json') });
  expect(told).toEqual([]);
  expect(stacksOf(report)).toEqual([['terraform-json', 22, 'empty']]);
  expect(values('aws_sns_topic.billing')?.['arn']).toBe('arn:aws:sns:us-east-1:111122223333:billing');
  expect(values('aws_cloudwatch_metric_alarm.cost')).toMatchObject({ threshold: 250 });
  expect(values('module.bucket["logs"].aws_s3_bucket.this')).toMatchObject({ region: 'eu-west-3' });
}, 60_000);

test("Terraform's own language, with a module beside the folder", async () => {
  const { report, told, values } = await rehearsed({ cwd: root, outdir: join(programs, 'terraform-hcl/live') });
  expect(told).toEqual([]);
  expect(stacksOf(report)).toEqual([['live', 8, 'empty']]);
  expect(values('module.service["admin-tool"].kubernetes_service_v1.this')).toMatchObject({ id: 'shop/admin-tool' });
}, 60_000);
