import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearseUpgrade } from '@plinth/rehearsal';
import { States } from '../../../../src/rehearsal/upgrade/states';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'plinth-states-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const resource = (type: string, name: string, attributes: object) => ({
  mode: 'managed',
  type,
  name,
  provider: 'provider["registry.terraform.io/hashicorp/aws"]',
  // As the real provider leaves it: its own schema version, and the same private text for many resources.
  instances: [{ schema_version: 1, attributes, private: 'eyJzY2hlbWFfdmVyc2lvbiI6IjEifQ==' }],
});

test('a change is planned on the state of a real deployment, also for types that today nothing uses', async () => {
  const resources = [
    resource('aws_vpc', 'v', { id: 'vpc-1', cidr_block: '10.0.0.0/16', tags: null, tags_all: {} }),
    resource('aws_subnet', 's', { id: 'subnet-1', vpc_id: 'vpc-1', cidr_block: '10.0.0.0/24', tags_all: {} }),
    resource('aws_sns_topic', 't', { id: 'arn:aws:sns:eu-west-1:1:t', name: 't', tags_all: {} }),
  ];
  writeFileSync(
    join(folder, 'only.tfstate'),
    JSON.stringify({ version: 4, terraform_version: '1.11.4', serial: 3, lineage: 'a', outputs: {}, resources }),
  );
  writeFileSync(
    join(folder, 'cdk.tf.json'),
    JSON.stringify({
      provider: { aws: [{ region: 'eu-west-1' }] },
      resource: {
        aws_vpc: { v: { cidr_block: '10.0.0.0/16' } },
        aws_subnet: { s: { vpc_id: '${aws_vpc.v.id}', cidr_block: '10.0.0.0/24', tags: { tier: 'private' } } },
      },
    }),
  );
  const stacks = { only: { name: 'only', synthesizedStackPath: 'cdk.tf.json', dependencies: [] } };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ stacks }));
  const { findings, changes } = await rehearseUpgrade({ before: { states: folder }, after: { outdir: folder } });
  expect(findings).toEqual([]);
  expect(changes.map(({ address, action }) => `${action} ${address}`)).toEqual([
    'delete aws_sns_topic.t',
    'update aws_subnet.s',
  ]);
}, 60_000);

const cure =
  'give a folder with one STACK.tfstate for each stack, as "terraform state pull" prints it in that stack\'s folder.';
test('what is no folder of states is refused', () => {
  expect(() => new States(folder, 'none')).toThrow(
    `${join(folder, 'none')}: the states to start from cannot be read, because there is no STACK.tfstate in it; ${cure}`,
  );
  writeFileSync(join(folder, 'a.tfstate'), '{"version":3}');
  expect(() => new States('/', folder)).toThrow(
    `${join(folder, 'a.tfstate')}: the states to start from cannot be read, because it is no state of version 4; ${cure}`,
  );
  writeFileSync(join(folder, 'a.tfstate'), '{');
  expect(() => new States('/', folder)).toThrow(/cannot be read, because .*JSON/);
});
