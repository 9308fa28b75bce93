import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os, { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { findTerraform, rehearse, type ProgressEvent, type Rehearsal, type RehearseOptions } from '@plinth/rehearsal';
import { run } from '../../../src/rehearsal/terraform';

const project = join(__dirname, '../../fixtures/rehearsal/two-stacks');
let outdir: string;
const open: Rehearsal[] = [];

async function rehearsed(options: RehearseOptions): Promise<Rehearsal> {
  const rehearsal = await rehearse(options);
  open.push(rehearsal);
  return rehearsal;
}

afterEach(async () => {
  for (const rehearsal of open.splice(0)) await rehearsal.close();
});

/** A program of one stack, synthesized by hand. */
function synthesized(json: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-out-'));
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify(json));
  const stacks = { only: { name: 'only', synthesizedStackPath: 'cdk.tf.json', dependencies: [] } };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ stacks }));
  return (outdir = folder);
}
afterEach(() => {
  if (outdir !== undefined) rmSync(outdir, { recursive: true, force: true });
});

const aws = {
  terraform: { required_providers: { aws: { source: 'aws', version: '6.25.0' } } },
  provider: { aws: [{ region: 'eu-west-1' }] },
};

test('two stacks of a program that knows nothing of Plinth: applied, settled, readable, and gone again', async () => {
  const events: ProgressEvent[] = [];
  const rehearsal = await rehearsed({ cwd: project, onProgress: (event) => events.push(event) });
  expect(rehearsal.report.findings).toEqual([]);
  expect(rehearsal.report).toMatchObject({
    ok: true,
    resources: 13,
    stacks: [
      { name: 'ground', resources: 9, secondPlan: 'empty', dependsOn: [] },
      { name: 'workloads', resources: 4, secondPlan: 'empty', dependsOn: ['ground'] },
    ],
  });
  const begun = events.filter(({ state }) => state === 'begin').map(({ stack, phase }) => `${stack ?? '-'} ${phase}`);
  const phases = ['init', 'plan', 'apply', 'replan'];
  expect(begun).toEqual([
    '- synth',
    ...phases.map((phase) => `ground ${phase}`),
    ...phases.map((phase) => `workloads ${phase}`),
  ]);
  const applying = events.filter((one) => one.phase === 'apply' && one.stack === 'ground' && one.state === 'line');
  expect(applying.at(-1)).toMatchObject({
    done: 9,
    total: 9,
  });

  const values = (address: string) => rehearsal.resources().find((resource) => resource.address === address)?.values;
  expect(values('aws_subnet.subnet-2')).toMatchObject({
    cidr_block: '10.0.32.0/20',
    availability_zone: 'eu-west-1c',
    tags_all: { owner: 'acme' },
  });
  // What the second stack looks up is what the first one made.
  expect(values('data.aws_eks_cluster.cluster')).toMatchObject({
    endpoint: values('aws_eks_cluster.cluster')?.['endpoint'],
    version: '1.34',
  });
  expect(values('kubernetes_config_map_v1.config')).toMatchObject({
    data: { 'settings.json': '{"bucket":"acme-111122223333"}' },
  });
  expect(rehearsal.objects().map(({ kind, provenance }) => `${kind} ${provenance.address}`)).toEqual([
    'ConfigMap kubernetes_config_map_v1.config',
    'Deployment kubernetes_deployment_v1.deployment',
    'Namespace kubernetes_namespace_v1.namespace',
  ]);

  const env = rehearsal.env();
  const client = new S3Client({
    endpoint: env['AWS_ENDPOINT_URL_S3']!,
    region: 'eu-west-1',
    credentials: { accessKeyId: env['AWS_ACCESS_KEY_ID']!, secretAccessKey: env['AWS_SECRET_ACCESS_KEY']! },
  });
  const object = await client.send(new GetObjectCommand({ Bucket: 'acme-111122223333', Key: 'greeting/hello.txt' }));
  expect(await object.Body?.transformToString()).toBe('hello from Terraform');
  client.destroy();

  const { aws: socket } = Object.fromEntries(
    Object.entries(JSON.parse(env['TF_REATTACH_PROVIDERS']!) as Record<string, { Addr: { String: string } }>).map(
      ([name, { Addr }]) => [name.split('/').at(-1), Addr.String],
    ),
  );
  const folder = dirname(socket!);
  expect(existsSync(folder)).toBe(true);
  await rehearsal.close();
  expect(existsSync(folder)).toBe(false);
  expect(readdirSync(project).sort()).toEqual(['cdktf.json', 'main.ts']);
}, 60_000);

test('one stack brings along what it depends on, and what was destroyed is gone', async () => {
  const { report } = await rehearsed({ cwd: project, stacks: ['workloads'], destroy: true, secondPlan: false });
  expect(report.findings).toEqual([]);
  expect(report.stacks.map(({ name, secondPlan }) => [name, secondPlan])).toEqual([
    ['ground', 'skipped'],
    ['workloads', 'skipped'],
  ]);
  expect(report.stacks.every(({ seconds }) => (seconds.destroy ?? 0) > 0)).toBe(true);
  await expect(rehearse({ cwd: project, stacks: ['grond'] })).rejects.toThrow(
    'the stacks to rehearse: there is no stack "grond", because the program makes ground, workloads; did you mean ground.',
  );
}, 60_000);

test("what Terraform refuses is told in Terraform's words, and what needs it is left out", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-out-'));
  try {
    const stacks = {
      a: { name: 'a', synthesizedStackPath: 'a/cdk.tf.json', dependencies: [] },
      b: { name: 'b', synthesizedStackPath: 'b/cdk.tf.json', dependencies: ['a'] },
    };
    const misspelled = { ...aws, resource: { aws_vpc: { v: { cidr_blok: '10.0.0.0/16' } } } };
    for (const [name, json] of [
      ['a', misspelled],
      ['b', {}],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'cdk.tf.json'), JSON.stringify(json));
    }
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ stacks }));
    const { report } = await rehearsed({ outdir: folder });
    expect(report.ok).toBe(false);
    expect(report.findings).toEqual([
      {
        code: 'terraform-failed',
        what: 'terraform validate: Extraneous JSON object property',
        where: expect.stringMatching(/^stack a.*cdk\.tf\.json line 1$/) as string,
        why: expect.stringContaining(
          'No argument or block type is named "cidr_blok". Did you mean "cidr_block"?',
        ) as string,
        cure: 'write cidr_block',
      },
      {
        code: 'stack-left-out',
        what: 'the stack was not rehearsed',
        where: 'stack b',
        why: 'it depends on a, which could not be applied',
        cure: 'mend that first',
      },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);

test('a program that does not settle is a finding', async () => {
  const { report } = await rehearsed({
    outdir: synthesized({ resource: { terraform_data: { clock: { input: '${uuid()}' } } } }),
  });
  expect(report.stacks[0]?.secondPlan).toEqual([{ address: 'terraform_data.clock', actions: ['update'] }]);
  expect(report.findings).toEqual([
    {
      code: 'second-plan-not-empty',
      what: 'a second plan right after the apply would change terraform_data.clock (update)',
      where: 'stack only',
      why: 'the same program gave something else the second time, or does not settle',
      cure: expect.stringContaining('a clock, a random value') as string,
    },
  ]);
}, 30_000);

test('a refused resource leaves the others standing, and the next apply, by plain Terraform under env(), converges', async () => {
  const resource = {
    aws_vpc: { v: { cidr_block: '10.0.0.0/16' } },
    aws_subnet: { s: { vpc_id: '${aws_vpc.v.id}', cidr_block: '10.0.0.0/24' } },
  };
  const backend = { s3: { bucket: 'acme', key: 'only.tfstate', region: 'eu-west-1', use_lockfile: true } };
  const folder = synthesized({ ...aws, terraform: { ...aws.terraform, backend }, resource });
  let full = true;
  const fail: RehearseOptions['fail'] = ({ type }) =>
    full && type === 'aws_subnet' ? { summary: 'aws_subnet was refused', detail: 'SubnetLimitExceeded' } : undefined;
  const rehearsal = await rehearsed({ outdir: folder, fail });
  expect(rehearsal.report.findings).toEqual([
    expect.objectContaining({
      what: 'terraform apply: aws_subnet was refused',
      where: 'stack only, aws_subnet.s, cdk.tf.json line 1',
      why: 'it says: SubnetLimitExceeded',
    }),
  ]);
  expect(rehearsal.resources().map(({ address }) => address)).toEqual(['aws_vpc.v']);

  full = false;
  const env = { ...process.env, ...rehearsal.env() };
  const terraform = (...args: string[]) =>
    run(findTerraform(), [...args, '-input=false', '-no-color'], { cwd: folder, env });
  expect(await terraform('init')).toMatchObject({ code: 0 });
  expect((await terraform('apply', '-auto-approve')).stdout).toContain('1 added, 0 changed, 0 destroyed');
  expect((await terraform('plan')).stdout).toContain('No changes.');
}, 30_000);

test('a file that an S3 object should be made of, but is not there, is named', async () => {
  const resource = { aws_s3_object: { o: { bucket: 'b', key: 'k', source: 'assets/nothing' } } };
  const { report } = await rehearsed({ outdir: synthesized({ ...aws, resource }) });
  expect(report.findings[0]).toMatchObject({
    what: 'terraform apply: The file of an S3 object is missing',
    why: 'it says: source "assets/nothing" is not there, seen from the stack\'s folder; bring it along as a TerraformAsset',
  });
}, 30_000);

test('fixtures answer for what nobody applied, and a bad file of them is refused', async () => {
  const folder = synthesized({
    ...aws,
    data: { aws_route53_zone: { zone: { name: 'ml.example.com' } } },
    resource: { terraform_data: { zone: { input: '${data.aws_route53_zone.zone.zone_id}' } } },
  });
  const fixtures = join(folder, 'fixtures.json');
  writeFileSync(
    fixtures,
    JSON.stringify([{ data: 'aws_route53_zone', match: { name: 'ml.example.com' }, values: { zone_id: 'Z123' } }]),
  );
  const rehearsal = await rehearsed({ outdir: folder, fixtures });
  expect(rehearsal.report.findings).toEqual([]);
  expect(rehearsal.resources().find(({ type }) => type === 'aws_route53_zone')?.values).toMatchObject({
    zone_id: 'Z123',
  });
  writeFileSync(fixtures, '{}');
  await expect(rehearse({ outdir: folder, fixtures })).rejects.toThrow(
    `${fixtures}: the answers for data sources cannot be read, because it is not a list of { data, match, values }; give a JSON file such as`,
  );
  writeFileSync(fixtures, '[');
  await expect(rehearse({ outdir: folder, fixtures })).rejects.toMatchObject({
    finding: { code: 'fixtures-unreadable' },
  });
}, 30_000);

test('what another program made can be looked up', async () => {
  const made = { aws_ssm_parameter: { p: { name: '/acme/zone', type: 'String', insecure_value: 'Z9' } } };
  const first = await rehearsed({ outdir: synthesized({ ...aws, resource: made }) });
  rmSync(outdir, { recursive: true });
  const asks = {
    data: { aws_ssm_parameter: { p: { name: '/acme/zone' } } },
    resource: { terraform_data: { zone: { input: '${data.aws_ssm_parameter.p.value}' } } },
  };
  const second = await rehearsed({ outdir: synthesized({ ...aws, ...asks }), standing: first.resources() });
  expect(second.report.findings).toEqual([]);
  const [zone] = second.resources().filter(({ type }) => type === 'terraform_data');
  expect(zone?.values['input']).toMatchObject({ value: 'Z9' });
}, 30_000);

test('an abort ends Terraform and leaves nothing', async () => {
  const slow = { provisioner: [{ 'local-exec': { command: 'sleep 60' } }] };
  const folder = synthesized({ resource: { terraform_data: { slow } } });
  const own = mkdtempSync(join(tmpdir(), 'plinth-tmp-'));
  // Jest's process.env is a copy, of which os.tmpdir() knows nothing.
  const place = jest.spyOn(os, 'tmpdir').mockReturnValue(own);
  let used: string[] = [];
  const controller = new AbortController();
  try {
    const running = rehearse({
      outdir: folder,
      signal: controller.signal,
      onProgress: ({ phase, text }) => {
        if (phase !== 'apply' || text?.includes('Provisioning') !== true) return;
        used = readdirSync(own);
        controller.abort(new Error('enough'));
      },
    });
    await expect(running).rejects.toThrow('enough');
    expect(used).toHaveLength(1);
    expect(readdirSync(own)).toEqual([]);
  } finally {
    place.mockRestore();
    rmSync(own, { recursive: true, force: true });
  }
}, 60_000);

test('an interrupted program leaves neither files nor Terraform behind', async () => {
  const slow = { provisioner: [{ 'local-exec': { command: 'sleep 61' } }] };
  const folder = synthesized({ resource: { terraform_data: { slow } } });
  const own = mkdtempSync(join(tmpdir(), 'plinth-tmp-'));
  try {
    const program = `
      const { rehearse } = require(${JSON.stringify(join(__dirname, '../../../src/rehearsal/index.ts'))});
      rehearse({ outdir: ${JSON.stringify(folder)}, onProgress: ({ phase, text }) => {
        if (phase === 'apply' && (text ?? '').includes('Provisioning')) process.kill(process.pid, 'SIGINT');
      } });`;
    const args = ['--require', 'tsx/cjs', '-e', program];
    const ended = spawnSync(process.execPath, args, {
      cwd: project,
      env: { ...process.env, TMPDIR: own },
      encoding: 'utf8',
    });
    expect([ended.status, ended.stderr]).toEqual([130, '']);
    expect(readdirSync(own).filter((name) => name.startsWith('plinth-'))).toEqual([]);
    expect(spawnSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).stdout).not.toContain('sleep 61');
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}, 60_000);
