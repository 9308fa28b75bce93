import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearse, type RehearsalReport, type RehearseOptions } from '@plinth/rehearsal';

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
          s: { count: 2, vpc_id: '${aws_vpc.v.id}', cidr_block: '${cidrsubnet("10.0.0.0/16", 8, count.index)}' },
          named: { for_each: { a: '10.0.9.0/24' }, vpc_id: '${aws_vpc.v.id}', cidr_block: '${each.value}' },
        },
        aws_sqs_queue: { q: { name: 'jobs', lifecycle: { ignore_changes: ['name'] } } },
      },
      output: { vpc: { value: '${aws_vpc.v.id}' } },
    }),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function failed(options: Partial<RehearseOptions>): Promise<RehearsalReport> {
  const rehearsal = await rehearse({ outdir: folder, ...options });
  const { report } = rehearsal;
  // A fault leaves no trace in what stands afterwards.
  expect(rehearsal.resources().map(({ address }) => address)).toEqual([
    'aws_sqs_queue.q',
    'aws_subnet.named["a"]',
    'aws_subnet.s[0]',
    'aws_subnet.s[1]',
    'aws_vpc.v',
  ]);
  expect(rehearsal.resources().filter(({ values }) => 'rehearsal_address' in values)).toEqual([]);
  await rehearsal.close();
  return report;
}

test('the next apply converges after every kind of failure', async () => {
  const { faults = [], findings } = await failed({
    faults: [
      'net/aws_subnet.s[1]:create',
      'net/aws_subnet.named["a"]:create:throttle',
      'net/aws_vpc.v:create:partial',
      'net/aws_vpc.v:update:timeout',
      'net/aws_subnet.s:delete@2',
      'net/aws_vpc.v:delete:partial',
      'net/aws_vpc.v:create:interrupt',
    ],
  });
  expect(findings).toEqual([]);
  expect(faults.map(({ destroyed }) => destroyed)).toEqual([true, false, false, false, true, true, false]);
  const told = faults.map(({ fault, left: { standing, tainted }, next, byHand, converged }) => {
    const { added, changed, destroyed } = next;
    return [fault, standing, tainted, `+${added} ~${changed} -${destroyed}`, byHand.length, converged];
  });
  expect(told).toEqual([
    ['net/aws_subnet.s[1]:create', 4, 0, '+1 ~0 -0', 0, true],
    ['net/aws_subnet.named["a"]:create:throttle', 4, 0, '+1 ~0 -0', 0, true],
    // The VPC stands, but half made: it is replaced, and what belongs into it follows.
    ['net/aws_vpc.v:create:partial', 2, 1, '+4 ~0 -1', 0, true],
    // The change was made, only its answer was lost: there is nothing left to do.
    ['net/aws_vpc.v:update:timeout', 5, 0, '+0 ~0 -0', 0, true],
    ['net/aws_subnet.s:delete@2', 2, 0, '+0 ~0 -2', 0, true],
    ['net/aws_vpc.v:delete:partial', 1, 0, '+0 ~0 -0', 0, true],
    // Terraform ends what it has begun, and begins nothing more.
    ['net/aws_vpc.v:create:interrupt', 2, 0, '+3 ~0 -0', 0, true],
  ]);
}, 120_000);

test('a killed Terraform leaves its lock and what it made last: both are told', async () => {
  const { faults = [], findings } = await failed({ faults: ['net/aws_vpc.v:create:kill'] });
  expect(findings).toEqual([]);
  expect(faults).toMatchObject([
    {
      left: { orphaned: ['net/aws_vpc.v'] },
      byHand: ['terraform force-unlock', 'removing net/aws_vpc.v'],
      converged: true,
    },
  ]);
}, 60_000);

test('credentials that run out leave the state in a file, which is pushed', async () => {
  const { faults = [], findings } = await failed({ faults: ['net/aws_subnet.s[0]:create:expired'] });
  expect(findings).toEqual([]);
  expect(faults).toMatchObject([
    { byHand: ['terraform force-unlock', 'terraform state push errored.tfstate'], converged: true },
  ]);
  expect(readdirSync(folder).sort()).toEqual(['cdk.tf.json', 'manifest.json']);
}, 60_000);

test('a failure that does not come is a finding, with the command that shows it alone', async () => {
  const { findings } = await failed({ faults: ['net/aws_sqs_queue.q:update', 'net/aws_subnet.s:create@3'] });
  expect(findings).toEqual([
    {
      code: 'fault-never-came',
      what: 'the failure did not happen',
      where: 'after net/aws_sqs_queue.q:update, its trial',
      why: 'Terraform asked for this update never, not 1 times',
      cure: "choose a resource with an argument that can be changed in place, and that the program does not ignore; to see it alone: plinth rehearse --fault 'net/aws_sqs_queue.q:update'",
    },
    {
      code: 'fault-never-came',
      what: 'the failure did not happen',
      where: 'after net/aws_subnet.s:create@3, its trial',
      why: 'Terraform asked for this create 2 times, not 3 times',
      cure: "name a resource that the stack makes itself, and a call that there is; to see it alone: plinth rehearse --fault 'net/aws_subnet.s:create@3'",
    },
  ]);
}, 60_000);

test('chance chooses the same failures for the same seed, and each converges', async () => {
  const of = async (seed: number) => {
    const { faults = [], findings } = await failed({ chaos: { steps: 4, seed } });
    expect([findings, faults.filter(({ converged }) => !converged)]).toEqual([[], []]);
    return faults.map(({ fault }) => fault);
  };
  const [first, again, other] = [await of(7), await of(7), await of(8)];
  expect(first).toEqual(again);
  expect(first).toHaveLength(4);
  expect(first).not.toEqual(other);
}, 120_000);

test.each([
  [
    { faults: ['nett/aws_vpc.v:create'] },
    '--fault nett/aws_vpc.v:create: there is no stack "nett", because there are net; did you mean net.',
  ],
  [
    { faults: ['net/aws_vpc.w:create'] },
    '--fault net/aws_vpc.w:create: stack net makes no aws_vpc.w, because there are aws_sqs_queue.q, aws_subnet.named["a"], aws_subnet.s[0], aws_subnet.s[1], aws_vpc.v; did you mean aws_vpc.v.',
  ],
  [{ chaos: { steps: 0 } }, '--chaos: 0 is no number of failures, because it is a whole number; give 1 or more.'],
  [
    { chaos: { steps: 1, seed: 1.5 } },
    '--seed: 1.5 is no number of a seed, because it is a whole number; give 0 or more.',
  ],
] as const)(
  '%j is refused',
  async (options, sentence) => {
    await expect(rehearse({ outdir: folder, ...options })).rejects.toThrow(sentence);
  },
  30_000,
);
