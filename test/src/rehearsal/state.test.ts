import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Store } from '../../../src/rehearsal/s3-store';
import { overrideStacks, readState, stateLocation } from '../../../src/rehearsal/state';
import type { StackJson, SynthesizedStack } from '../../../src/rehearsal/synth';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'plinth-state-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const stack = (json: StackJson, name = 'a'): SynthesizedStack => ({ name, folder, dependsOn: [], json });
const override = (): unknown => JSON.parse(readFileSync(join(folder, 'rehearsal_override.tf.json'), 'utf8'));

test('a state in S3 keeps its bucket and key, and loses every way to a real account', () => {
  const s3 = { bucket: 'acme', key: 'a.tfstate', profile: 'admin', endpoints: { s3: 'https://elsewhere' } };
  overrideStacks([stack({ terraform: { backend: { s3 } } })], 'eu-west-1');
  expect(override()).toEqual({
    terraform: { backend: { s3: { bucket: 'acme', key: 'a.tfstate', region: 'eu-west-1', use_lockfile: true } } },
  });
});

test('a local state, and what reads it from another stack, go to a bucket of the rehearsal', () => {
  const local = { path: '/somewhere/terraform.a.tfstate' };
  const reader = {
    data: {
      terraform_remote_state: {
        mine: { backend: 'local', config: { path: '/somewhere/terraform.a.tfstate' } },
        foreign: { backend: 'local', config: { path: '/elsewhere/x.tfstate' } },
      },
    },
  };
  overrideStacks([stack({ terraform: { backend: { local } } }), stack(reader, 'b')], 'eu-west-1');
  expect(override()).toMatchObject({
    terraform: { backend: { s3: { bucket: 'plinth-rehearsal-state', key: 'b.tfstate' } } },
    data: {
      terraform_remote_state: {
        mine: { backend: 's3', config: { bucket: 'plinth-rehearsal-state', key: 'a.tfstate', region: 'eu-west-1' } },
      },
    },
  });
  expect(override()).not.toHaveProperty('data.terraform_remote_state.foreign');
});

test('a state in HCP Terraform is found by those that read it, and nothing is asked of a real backend', () => {
  const cloud = { organization: 'acme', workspaces: { name: 'a' } };
  const reader = {
    data: {
      terraform_remote_state: {
        mine: { backend: 'remote', config: cloud },
        foreign: { backend: 'remote', config: { organization: 'acme', workspaces: { name: 'x' } } },
      },
    },
  };
  overrideStacks([stack({ terraform: { cloud } }), stack(reader, 'b')], 'eu-west-1');
  expect(override()).toMatchObject({
    data: {
      terraform_remote_state: {
        mine: { backend: 's3', config: { bucket: 'plinth-rehearsal-state', key: 'a.tfstate' } },
        foreign: { backend: 's3', config: { bucket: 'plinth-rehearsal-state', key: 'elsewhere/foreign.tfstate' } },
      },
    },
  });
});

test('a state is read with modules, indexes and data', () => {
  const store = new S3Store(join(folder, 's3'));
  const { bucket, key } = stateLocation(stack({}));
  const provider = 'provider["registry.terraform.io/hashicorp/aws"]';
  const state = {
    resources: [
      {
        module: 'module.m',
        mode: 'managed',
        type: 'aws_vpc',
        name: 'v',
        provider,
        instances: [{ index_key: 'x', attributes: { id: 'vpc-1' } }],
      },
      { mode: 'data', type: 'aws_region', name: 'r', provider, instances: [{}] },
    ],
  };
  expect(readState(store, stack({}))).toEqual([]);
  store.put(bucket, key, Buffer.from(JSON.stringify(state)));
  expect(readState(store, stack({}))).toEqual([
    {
      stack: 'a',
      address: 'module.m.aws_vpc.v["x"]',
      mode: 'managed',
      type: 'aws_vpc',
      name: 'v',
      provider: 'registry.terraform.io/hashicorp/aws',
      values: { id: 'vpc-1' },
    },
    expect.objectContaining({ address: 'data.aws_region.r', mode: 'data', values: {} }),
  ]);
});
