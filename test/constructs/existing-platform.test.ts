import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { TerraformStack } from 'cdktf';
import { grant } from 'plinth/constructs/core/grants';
import { WorkloadIdentity } from 'plinth/constructs/core/identity';
import { Platform } from 'plinth/constructs/core/platform';
import { contractOf } from 'plinth/constructs/core/platform-contract';
import { Profile } from 'plinth/constructs/core/profile';
import { ExistingPlatform } from 'plinth/constructs/existing-platform';
import { givenCluster, only, StackJson, synthesize } from '../support/program';

let folder: string;
let contract: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-existing-'));
  contract = join(folder, 'plinth.contract.json');
  const platform = new Platform({
    name: 'prod',
    region: 'eu-west-1',
    profile: Profile.staging(),
    cluster: givenCluster,
    domain: { name: 'ml.example.com' },
    provides: { metrics: { system: 'Prometheus', endpoints: {} } },
  });
  writeFileSync(contract, JSON.stringify(contractOf(platform)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function team(build: (stack: TerraformStack, platform: ExistingPlatform) => void): StackJson {
  const stacks = synthesize((app) => {
    const stack = new TerraformStack(app, 'team');
    build(stack, ExistingPlatform.fromName(stack, 'prod', { contract }));
  });
  return stacks.team as StackJson;
}

const parameters = (stack: StackJson) => Object.values(stack.data?.aws_ssm_parameter ?? {}).map(({ name }) => name);

test('what the contract says is known at synth', () => {
  team((_, platform) => {
    expect(platform.profile.kind).toBe('staging');
    expect(platform.has('metrics')).toBe(true);
    expect(platform.has('autoscaling')).toBe(false);
    expect(platform.cluster.gpuPools).toEqual([{ name: 'g6', family: 'g6', for: 'serving' }]);
  });
});

test('only values that somebody asks for are looked up', () => {
  expect(parameters(team(() => {}))).toEqual(
    expect.arrayContaining(['/plinth/prod/contract-version', '/plinth/prod/cluster/name']),
  );
  expect(parameters(team(() => {}))).toHaveLength(2);
  expect(parameters(team((_, platform) => void platform.runtimeImage))).toContain('/plinth/prod/runtime-image');
});

test("Terraform refuses to go on where the platform's contract has another version", () => {
  const { lifecycle } = only(
    team(() => {}),
    'terraform_data',
  ) as { lifecycle?: { precondition: { condition: string; error_message: string }[] } };
  expect(lifecycle?.precondition[0]?.condition).toMatch(/^\$\{data\.aws_ssm_parameter\.\S+\.insecure_value == "1"\}$/);
  expect(lifecycle?.precondition[0]?.error_message).toContain('take the contract file and the version of plinth');
});

test('the providers are made, and those that are there are left alone', () => {
  expect(Object.keys(team(() => {}).provider ?? {}).sort()).toEqual(['aws', 'helm', 'kubernetes']);
  const stacks = synthesize((app) => {
    const stack = new TerraformStack(app, 'team');
    new AwsProvider(stack, 'own', { region: 'eu-west-1' });
    ExistingPlatform.fromName(stack, 'prod', { contract });
  });
  expect(stacks.team?.provider?.aws).toHaveLength(1);
});

test("grants on the lake are made in the team's own stack", () => {
  const stack = team((scope, platform) => {
    const identity = new WorkloadIdentity(scope, 'server', { platform, namespace: 'risk', serviceAccount: 'fraud' });
    platform.lake.models.grantRead(identity, 'risk');
    const queue = new SqsQueue(scope, 'queue', {});
    grant(identity, queue, 'receive', [{ actions: ['sqs:ReceiveMessage'], resources: [queue.arn] }]);
  });
  expect(Object.keys(stack.resource?.aws_iam_role_policy ?? {})).toHaveLength(2);
  expect(JSON.stringify(stack.resource?.aws_iam_role_policy)).toContain('kms:Decrypt');
});

test("the domain's name comes from the contract", () => {
  team((_, platform) => expect(platform.domain).toMatchObject({ name: 'ml.example.com' }));
});
