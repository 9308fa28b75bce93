import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearse, type AppliedResource, type Rehearsal, type RehearseOptions } from '@plinth/rehearsal';
import { run } from '../../../src/rehearsal/terraform';

// What Terraform can do besides making, changing and destroying: each as the real core does it.

let folder: string;
let rehearsal: Rehearsal | undefined;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'plinth-out-'))));
afterEach(async () => {
  await rehearsal?.close();
  rehearsal = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const backend = { s3: { bucket: 'acme', key: 'only.tfstate', region: 'eu-west-1', use_lockfile: true } };
const base = {
  terraform: {
    backend,
    required_providers: { aws: { source: 'aws', version: '6.25.0' }, kubernetes: { source: 'kubernetes' } },
  },
  provider: { aws: [{ region: 'eu-west-1' }] },
};

function write(json: object): void {
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify({ ...base, ...json }));
  const stacks = { only: { name: 'only', synthesizedStackPath: 'cdk.tf.json', dependencies: [] } };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ stacks }));
}

async function rehearsed(json: object, options: Partial<RehearseOptions> = {}): Promise<Rehearsal> {
  write(json);
  rehearsal = await rehearse({ outdir: folder, ...options });
  return rehearsal;
}

const values = (resources: readonly AppliedResource[], address: string) =>
  resources.find((resource) => resource.address === address)?.values;

/** Runs Terraform by hand on what the rehearsal left standing. */
async function terraform(...args: string[]): Promise<string> {
  const env = { ...process.env, ...rehearsal!.env() };
  const { code, stdout, stderr } = await run('terraform', [...args, '-no-color'], { cwd: folder, env });
  return `${code} ${stdout}${stderr}`;
}

test('what nobody described is imported as the program says, without being replaced', async () => {
  const { report, resources } = await rehearsed({
    import: [{ to: 'aws_s3_bucket.lake', id: 'acme-lake' }],
    resource: { aws_s3_bucket: { lake: { bucket: 'acme-lake' } } },
  });
  expect(report.findings).toEqual([]);
  expect(report.stacks[0]?.secondPlan).toBe('empty');
  expect(values(resources(), 'aws_s3_bucket.lake')).toMatchObject({ id: 'acme-lake', bucket: 'acme-lake' });
}, 30_000);

test('what the fixtures describe is imported as it is', async () => {
  const fixtures = join(folder, 'fixtures.json');
  writeFileSync(
    fixtures,
    JSON.stringify([{ data: 'aws_vpc', match: { id: 'vpc-1' }, values: { id: 'vpc-1', cidr_block: '10.7.0.0/16' } }]),
  );
  const { report, resources } = await rehearsed(
    {
      import: [{ to: 'aws_vpc.old', id: 'vpc-1' }],
      resource: { aws_vpc: { old: { cidr_block: '10.7.0.0/16', tags: { owner: 'acme' } } } },
    },
    { fixtures },
  );
  expect(report.findings).toEqual([]);
  expect(values(resources(), 'aws_vpc.old')).toMatchObject({ id: 'vpc-1', tags: { owner: 'acme' } });
}, 30_000);

test('a move keeps what stands, and a removal forgets it', async () => {
  await rehearsed({ resource: { aws_vpc: { old: { cidr_block: '10.0.0.0/16' } } } });
  expect(rehearsal!.report.findings).toEqual([]);
  write({
    moved: [{ from: 'aws_vpc.old', to: 'aws_vpc.new' }],
    resource: { aws_vpc: { new: { cidr_block: '10.0.0.0/16' } } },
  });
  expect(await terraform('init')).toMatch(/^0 /);
  expect(await terraform('apply', '-auto-approve')).toContain('0 added, 0 changed, 0 destroyed');
  write({ removed: [{ from: 'aws_vpc.new', lifecycle: { destroy: false } }] });
  const forgotten = await terraform('apply', '-auto-approve');
  expect(forgotten).toContain('aws_vpc.new will no longer be managed by Terraform, but will not be destroyed');
  expect(await terraform('state', 'list')).toBe('0 ');
}, 60_000);

test('functions of the providers are called with their values', async () => {
  const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';
  const { report, resources } = await rehearsed({
    locals: { manifest, role: 'arn:aws:iam::111122223333:role/team/deploy' },
    resource: {
      terraform_data: {
        called: {
          input: {
            region: '${provider::aws::arn_parse("arn:aws:sqs:eu-west-1:111122223333:jobs").region}',
            built: '${provider::aws::arn_build("aws", "s3", "", "", "lake/*")}',
            trimmed: '${provider::aws::trim_iam_role_path(local.role)}',
            agent: '${provider::aws::user_agent("acme", "1.0", "")}',
            kind: '${provider::kubernetes::manifest_decode(local.manifest).kind}',
            many: '${length(provider::kubernetes::manifest_decode_multi("${local.manifest}---\\n${local.manifest}"))}',
            text: '${provider::kubernetes::manifest_encode({ kind = "A", apiVersion = "v1", metadata = { name = "a" } })}',
          },
        },
      },
    },
  });
  expect(report.findings).toEqual([]);
  expect(values(resources(), 'terraform_data.called')?.['input']).toMatchObject({
    value: {
      region: 'eu-west-1',
      built: 'arn:aws:s3:::lake/*',
      trimmed: 'arn:aws:iam::111122223333:role/deploy',
      agent: 'acme/1.0',
      kind: 'ConfigMap',
      many: 2,
      text: 'apiVersion: v1\nkind: A\nmetadata:\n  name: a\n',
    },
  });
}, 30_000);

test("an ephemeral secret reaches a provider's configuration and no state", async () => {
  const { report, resources } = await rehearsed({
    ephemeral: { aws_eks_cluster_auth: { login: { name: '${aws_eks_cluster.main.name}' } } },
    provider: {
      aws: [{ region: 'eu-west-1' }],
      kubernetes: [{ host: 'https://cluster', token: '${ephemeral.aws_eks_cluster_auth.login.token}' }],
    },
    resource: {
      aws_eks_cluster: {
        main: {
          name: 'main',
          role_arn: 'arn:aws:iam::111122223333:role/eks',
          vpc_config: { subnet_ids: ['subnet-1', 'subnet-2'] },
        },
      },
      kubernetes_namespace_v1: { ml: { metadata: { name: 'ml' } } },
    },
  });
  expect(report.findings).toEqual([]);
  expect(resources().map(({ address }) => address)).toEqual(['aws_eks_cluster.main', 'kubernetes_namespace_v1.ml']);
}, 30_000);

test('an ephemeral value that would be kept is refused', async () => {
  const { report } = await rehearsed({
    ephemeral: { aws_secretsmanager_secret_version: { key: { secret_id: 'key' } } },
    output: { key: { value: '${ephemeral.aws_secretsmanager_secret_version.key.secret_string}' } },
  });
  expect(report.findings[0]).toMatchObject({
    code: 'terraform-failed',
    why: expect.stringContaining('ephemeral') as string,
  });
}, 30_000);
