import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearse, type ProgressEvent } from '@plinth/rehearsal';
import { StackRun } from '../../../src/rehearsal/stack-run';
import { Stage } from '../../../src/rehearsal/stage';
import { stateLocation, type HeldResource } from '../../../src/rehearsal/state';
import { neededStacks, outOfOrder, tearDown } from '../../../src/rehearsal/teardown';

const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function program(stacks: Record<string, { json: object; dependencies?: string[] }>): string {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-out-'));
  made.push(folder);
  const manifest = Object.entries(stacks).map(([name, { json, dependencies = [] }]) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'cdk.tf.json'), JSON.stringify(json));
    return [name, { name, synthesizedStackPath: `${name}/cdk.tf.json`, dependencies }];
  });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ stacks: Object.fromEntries(manifest) }));
  return folder;
}

const aws = { provider: { aws: [{ region: 'eu-west-1' }] } };

test('stacks go when what depends on them is gone, and nothing stays', async () => {
  const events: ProgressEvent[] = [];
  const outdir = program({
    net: { json: { ...aws, resource: { aws_vpc: { v: { cidr_block: '10.0.0.0/16' } } } } },
    apps: { json: { ...aws, resource: { aws_sqs_queue: { q: { name: 'jobs' } } } }, dependencies: ['net'] },
  });
  const rehearsal = await rehearse({ outdir, destroy: true, onProgress: (event) => events.push(event) });
  await rehearsal.close();
  expect(rehearsal.report.findings).toEqual([]);
  const ended = events.filter(({ phase, state }) => phase === 'destroy' && state === 'end');
  expect(ended.map(({ stack }) => stack)).toEqual(['apps', 'net']);
}, 60_000);

test('what stays is told, whether its state knows it or not', async () => {
  const stage = await Stage.open({ cwd: process.cwd() });
  try {
    const apps = { name: 'apps', folder: stage.place.folder, dependsOn: [], json: {} };
    const token = stage.world.token();
    stage.world.put(token, 'aws_sqs_queue', { id: 'jobs' });
    const instances = [{ private: Buffer.from(token).toString('base64') }];
    const state = { resources: [{ mode: 'managed', type: 'aws_sqs_queue', name: 'q', provider: '', instances }] };
    const { bucket, key } = stateLocation(apps);
    stage.store.put(bucket, key, Buffer.from(JSON.stringify(state)));
    // Ends well, and destroys nothing.
    const idle = (onProgress: () => void) => {
      const run = new StackRun(apps, { terraform: '/bin/true', env: {}, secondPlan: true, onProgress });
      run.initialized = true;
      return tearDown([run], new Map(), stage);
    };
    expect(await idle(() => {})).toMatchObject([
      { code: 'teardown-left', where: 'stack apps', what: 'the destroy left aws_sqs_queue.q' },
    ]);
    expect(await idle(() => stage.store.delete(bucket, key))).toMatchObject([
      {
        code: 'teardown-left',
        where: 'apps/aws_sqs_queue.q',
        what: 'it stands after the destroy, and no state knows it',
      },
    ]);
  } finally {
    await stage.close();
  }
});

const held = (stack: string, address: string, dependencies: string[] = []): HeldResource => ({
  resource: { stack, address, mode: 'managed', type: '', name: '', provider: '', values: {} },
  token: `${stack}/${address}`,
  dependencies,
  tainted: false,
});
const went = (...tokens: string[]): Map<string, number> => new Map(tokens.map((token, i) => [token, i]));

test('a resource that goes before one that was made from it is a finding', () => {
  const all = [
    held('net', 'aws_vpc.v'),
    held('net', 'aws_subnet.s[0]', ['aws_vpc.v']),
    held('net', 'aws_subnet.s[1]', ['aws_vpc.v']),
  ];
  const right = went('net/aws_subnet.s[1]', 'net/aws_subnet.s[0]', 'net/aws_vpc.v');
  expect(outOfOrder(all, new Map(), right)).toEqual([]);
  const wrong = went('net/aws_subnet.s[1]', 'net/aws_vpc.v', 'net/aws_subnet.s[0]');
  expect(outOfOrder(all, new Map(), wrong)).toEqual([
    {
      code: 'teardown-order',
      what: 'it was destroyed before net/aws_subnet.s[0]',
      where: 'net/aws_vpc.v',
      why: 'net/aws_subnet.s[0] needs it until it is gone itself',
      cure: 'let the one that needs it refer to it, or name it in dependsOn',
    },
  ]);
});

test('a stack that goes before one that depends on it is a finding, and so is what never went', () => {
  const all = [held('net', 'aws_vpc.v'), held('apps', 'aws_sqs_queue.q'), held('apps', 'aws_sqs_queue.r')];
  const needs = new Map([['apps', ['net']]]);
  const right = went('apps/aws_sqs_queue.q', 'apps/aws_sqs_queue.r', 'net/aws_vpc.v');
  expect(outOfOrder(all, needs, right)).toEqual([]);
  expect(outOfOrder(all, needs, went('apps/aws_sqs_queue.q', 'net/aws_vpc.v'))).toMatchObject([
    { where: 'net/aws_vpc.v', what: 'it was destroyed before apps/aws_sqs_queue.r' },
  ]);
});

test('a stack needs those with a component that one of its own uses, but not those that are built on it', () => {
  const stack = (name: string, dependsOn: string[], uses: string[]) => ({
    ...{ name, folder: '', dependsOn },
    json: { '//': { plinth: { components: [{ uses }, {}] } } } as object,
  });
  const stacks = [
    { name: 'net', folder: '', dependsOn: [], json: {} },
    stack('services', ['net'], ['models/tumour', 'services/karpenter']),
    stack('lake', [], []),
    stack('ml', ['services'], ['lake/bucket', 'ml/mlflow']),
    stack('models', ['ml'], ['ml/mlflow']),
  ];
  expect(Object.fromEntries(neededStacks(stacks))).toEqual({
    net: [],
    services: ['net'],
    lake: [],
    ml: ['services', 'lake'],
    models: ['ml'],
  });
});
