import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearseUpgrade, type UpgradeReport } from '@plinth/rehearsal';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'plinth-upgrade-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Resources = Record<string, Record<string, object>>;

/** A synthesized program of these stacks. */
function program(name: string, stacks: Readonly<Record<string, Resources>>): { outdir: string } {
  const outdir = join(folder, name);
  mkdirSync(outdir);
  for (const [stack, resource] of Object.entries(stacks)) {
    const moved = (resource['moved'] ?? undefined) as object | undefined;
    const { moved: _moved, ...rest } = resource;
    const json = {
      provider: { aws: [{ region: 'eu-west-1' }] },
      resource: rest,
      ...(moved !== undefined && { moved }),
    };
    writeFileSync(join(outdir, `${stack}.tf.json`), JSON.stringify(json));
    mkdirSync(join(outdir, stack));
    writeFileSync(join(outdir, stack, 'cdk.tf.json'), JSON.stringify(json));
  }
  const manifest = Object.fromEntries(
    Object.keys(stacks).map((stack) => [
      stack,
      { name: stack, synthesizedStackPath: `${stack}/cdk.tf.json`, dependencies: [] },
    ]),
  );
  writeFileSync(join(outdir, 'manifest.json'), JSON.stringify({ stacks: manifest }));
  return { outdir };
}

const upgrade = (before: Record<string, Resources>, after: Record<string, Resources>): Promise<UpgradeReport> =>
  rehearseUpgrade({ before: program('before', before), after: program('after', after) });

const db = (more: object) => ({
  instance_class: 'db.t4g.micro',
  engine: 'postgres',
  username: 'acme',
  allocated_storage: 20,
  manage_master_user_password: true,
  skip_final_snapshot: true,
  ...more,
});

test('a change that Kubernetes would refuse is a finding, before anything is changed', async () => {
  const klass = (more: object): Record<string, Resources> => ({
    ground: {
      kubernetes_storage_class_v1: {
        gp3: { metadata: { name: 'gp3' }, storage_provisioner: 'ebs.csi.aws.com', ...more },
      },
    },
  });
  const { ok, findings } = await upgrade(klass({}), klass({ reclaim_policy: 'Retain' }));
  expect(ok).toBe(false);
  expect(findings).toEqual([
    {
      code: 'terraform-failed',
      what: 'terraform plan: "reclaim_policy" of kubernetes_storage_class_v1 cannot be changed like this',
      where: 'stack ground, kubernetes_storage_class_v1.gp3, cdk.tf.json line 1',
      why: 'Kubernetes keeps it as it was made',
      cure: 'give the object another name, or have it replaced (terraform apply -replace)',
    },
  ]);
});

test('what a change creates, updates and moves is told, and nothing is lost', async () => {
  const { ok, findings, changes, stacks } = await upgrade(
    { net: { aws_vpc: { v: { cidr_block: '10.0.0.0/16' }, old: { cidr_block: '10.1.0.0/16' } } } },
    {
      net: {
        aws_vpc: { v: { cidr_block: '10.0.0.0/16', tags: { owner: 'acme' } }, new: { cidr_block: '10.1.0.0/16' } },
        moved: [{ from: 'aws_vpc.old', to: 'aws_vpc.new' }] as unknown as Record<string, object>,
      },
      more: { aws_vpc: { w: { cidr_block: '10.2.0.0/16' } } },
    },
  );
  expect(findings).toEqual([]);
  expect(ok).toBe(true);
  expect(stacks).toEqual({ added: ['more'], gone: [] });
  expect(changes).toMatchObject([
    { stack: 'net', address: 'aws_vpc.new', action: 'move', from: 'aws_vpc.old' },
    {
      stack: 'net',
      address: 'aws_vpc.v',
      action: 'update',
      because: [
        { path: 'tags', before: 'null', after: '{"owner":"acme"}' },
        { path: 'tags_all.owner', before: 'null', after: '"acme"' },
      ],
    },
    { stack: 'more', address: 'aws_vpc.w', action: 'create', stateful: false },
  ]);
}, 60_000);

test('a database that would be replaced or destroyed is a finding, and a network is not', async () => {
  const { ok, findings, changes } = await upgrade(
    {
      data: {
        aws_db_instance: { kept: db({ identifier: 'kept', db_name: 'a' }), dropped: db({ identifier: 'dropped' }) },
        aws_vpc: { v: { cidr_block: '10.0.0.0/16' } },
      },
    },
    {
      data: {
        aws_db_instance: { kept: db({ identifier: 'kept', db_name: 'b' }) },
        aws_vpc: { v: { cidr_block: '10.9.0.0/16' } },
      },
    },
  );
  expect(ok).toBe(false);
  expect(changes.map(({ address, action }) => `${action} ${address}`)).toEqual([
    'delete aws_db_instance.dropped',
    'replace aws_db_instance.kept',
    'replace aws_vpc.v',
  ]);
  expect(findings).toEqual([
    {
      code: 'stateful-destroyed',
      what: 'the change destroys it, and what it holds is lost',
      where: 'stack data, aws_db_instance.dropped',
      why: 'the program makes it no more under this address',
      cure: 'if it was only renamed, say so with moveTo or a moved block; if it may go, remove it in a deploy of its own',
    },
    {
      code: 'stateful-replaced',
      what: 'the change replaces it, and what it holds is lost',
      where: 'stack data, aws_db_instance.kept',
      why: 'db_name changes from "a" to "b"',
      cure: 'keep that argument as it was, or move what it holds first',
    },
  ]);
}, 60_000);

test('a stack that the program makes no more is a finding', async () => {
  const net = { aws_vpc: { v: { cidr_block: '10.0.0.0/16' } } };
  const { findings, stacks } = await upgrade({ a: net, b: net }, { a: net });
  expect(stacks).toEqual({ added: [], gone: ['b'] });
  expect(findings).toEqual([
    {
      code: 'stack-gone',
      what: 'the program makes this stack no more, and what it made stays',
      where: 'stack b',
      why: 'cdktf deploys the stacks that a program has, and forgets the others',
      cure: 'destroy it with the program as it was before: cdktf destroy b',
    },
  ]);
}, 60_000);

test('a program that could not be applied before is told so', async () => {
  const { ok, findings } = await upgrade({ a: { aws_vpc: { v: { cidr_blok: 'x' } } } }, { a: {} });
  expect(ok).toBe(false);
  expect(findings[0]?.where).toMatch(/^before the change, stack a, /);
}, 60_000);
