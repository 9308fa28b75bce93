import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearse, type RehearsalReport } from '@plinth/rehearsal';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-out-'));
  const stacks = { net: { name: 'net', synthesizedStackPath: 'cdk.tf.json', dependencies: [] } };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ stacks }));
  writeFileSync(
    join(folder, 'cdk.tf.json'),
    JSON.stringify({
      provider: { aws: [{ region: 'eu-west-1' }] },
      resource: {
        aws_vpc: { v: { cidr_block: '10.0.0.0/16', tags: { owner: 'acme' } } },
        aws_subnet: {
          s: {
            vpc_id: '${aws_vpc.v.id}',
            cidr_block: '10.0.0.0/24',
            lifecycle: { ignore_changes: ['map_public_ip_on_launch'] },
          },
        },
      },
    }),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function drifted(...drift: string[]): Promise<RehearsalReport> {
  const rehearsal = await rehearse({ outdir: folder, drift });
  await rehearsal.close();
  return rehearsal.report;
}

test('what is gone is made again, and what was changed is changed back', async () => {
  const { drifts, findings } = await drifted('net/aws_subnet.s:gone', 'net/aws_vpc.v:tags.owner=mallory');
  expect(findings).toEqual([]);
  expect(drifts).toEqual([
    {
      drift: 'net/aws_subnet.s:gone',
      plan: [{ address: 'aws_subnet.s', actions: ['create'] }],
      repaired: true,
    },
    {
      drift: 'net/aws_vpc.v:tags.owner=mallory',
      plan: [{ address: 'aws_vpc.v', actions: ['update'] }],
      repaired: true,
    },
  ]);
}, 30_000);

test('a drift that no plan sees is a finding', async () => {
  const { drifts, findings } = await drifted('net/aws_subnet.s:map_public_ip_on_launch=true');
  expect(drifts).toEqual([{ drift: 'net/aws_subnet.s:map_public_ip_on_launch=true', plan: [], repaired: true }]);
  expect(findings).toEqual([
    {
      code: 'drift-unseen',
      what: 'the next plan did not see the drift, so that it would stay',
      where: 'net/aws_subnet.s:map_public_ip_on_launch=true',
      why: 'aws_subnet.s ignores changes of it, or leaves it to the provider',
      cure: 'give the argument a value, or take it out of ignoreChanges; if it is meant to be free, all is well',
    },
  ]);
}, 30_000);

const form =
  'write STACK/TYPE.NAME:gone or STACK/TYPE.NAME:ATTRIBUTE=VALUE, such as prod/aws_s3_bucket.lake:tags.owner="acme".';
test.each([
  ['net', `--drift: "net" says no drift, because it names a stack, an address and what happens there; ${form}`],
  [
    'net/aws_vpc.v:lost',
    `--drift: "net/aws_vpc.v:lost" says no drift, because "lost" is neither "gone" nor an attribute with a value; ${form}`,
  ],
  [
    'met/aws_vpc.v:gone',
    '--drift met/aws_vpc.v:gone: there is no stack "met", because there are net; did you mean net.',
  ],
  [
    'net/aws_vpc.w:gone',
    '--drift net/aws_vpc.w:gone: stack net has no resource aws_vpc.w, because there are aws_subnet.s, aws_vpc.v; did you mean aws_vpc.v.',
  ],
  [
    'net/aws_vpc.v:cidr_blok=1',
    '--drift net/aws_vpc.v:cidr_blok=1: aws_vpc.v has no attribute "cidr_blok", because it is none of the 24 that there are; did you mean cidr_block.',
  ],
])(
  '%s is refused',
  async (drift, sentence) => {
    await expect(drifted(drift)).rejects.toThrow(sentence);
  },
  30_000,
);
