import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stage } from '../../../src/rehearsal/stage';
import { StackRun } from '../../../src/rehearsal/stack-run';
import type { StackJson } from '../../../src/rehearsal/synth';

let stage: Stage;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-out-'));
  stage = await Stage.open({ cwd: process.cwd() });
});
afterEach(async () => {
  await stage.close();
  rmSync(folder, { recursive: true, force: true });
});

const apply = ['apply', '-json', '-input=false', '-auto-approve'];

async function stack(resource: NonNullable<StackJson['resource']>): Promise<() => StackRun> {
  const json = { resource };
  const one = { name: 'net', folder, dependsOn: [], json };
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify(json));
  await stage.serve([one]);
  const made = () =>
    new StackRun(one, {
      terraform: stage.terraform,
      env: stage.terraformEnv(),
      secondPlan: true,
      onProgress: () => {},
    });
  expect((await made().step('init', ['init', '-input=false'])).ended.code).toBe(0);
  return made;
}

test('of two applies at once, the second is told who holds the lock', async () => {
  const [begun, go] = [join(folder, 'begun'), join(folder, 'go')];
  const command = `touch ${begun}; until [ -e ${go} ]; do sleep 0.05; done`;
  const made = await stack({ terraform_data: { slow: { provisioner: [{ 'local-exec': { command } }] } } });
  const first = made().step('apply', apply);
  while (!existsSync(begun)) await new Promise((resolve) => setTimeout(resolve, 20));
  const second = made();
  const refused = await second.step('apply', apply);
  writeFileSync(go, '');
  expect((await first).ended.code).toBe(0);
  const [finding, ...others] = second.failed('apply', refused);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    code: 'state-locked',
    what: 'terraform apply could not lock the state',
    where: 'stack net',
  });
  expect(finding?.why).toMatch(/^\S+@\S+ has held it since \d{4}-.* UTC for its apply$/);
  expect(finding?.cure).toMatch(
    /^wait until that has ended; only if it surely ended without giving the lock back, run terraform force-unlock [\da-f-]{36}$/,
  );
}, 60_000);

test('credentials that run out are told, with what brings the state home', async () => {
  const made = await stack({ aws_sqs_queue: { q: { name: 'jobs' } } });
  stage.failing = () => {
    stage.s3.expired = true;
    return undefined;
  };
  const run = made();
  expect(run.failed('apply', await run.step('apply', apply))).toEqual([
    {
      code: 'state-unsaved',
      what: 'terraform apply could not write the state',
      where: 'stack net',
      why: expect.stringMatching(/^it says: .*api error BadRequest: Bad Request$/) as string,
      cure: 'mend the way to the backend, such as credentials that have run out',
    },
    {
      code: 'state-unsaved',
      what: 'terraform apply left the state in errored.tfstate',
      where: 'stack net',
      why: 'it could not be written to the backend, and nothing else knows what was applied',
      cure: 'before anything else, with credentials that hold, run terraform state push errored.tfstate',
    },
    {
      code: 'state-locked',
      what: 'terraform apply could not give back the lock of the state',
      where: 'stack net',
      why: expect.stringMatching(/^it says: .*ExpiredToken: The provided token has expired$/) as string,
      cure: 'mend that, and run terraform force-unlock with the ID that the next plan tells',
    },
  ]);
  expect(run.failed('apply', await run.step('apply', apply))).toEqual([
    {
      code: 'credentials-expired',
      what: 'terraform apply: the credentials have run out',
      where: 'stack net',
      why: expect.stringMatching(
        /^it says: .*ExpiredToken: The security token included in the request is expired$/,
      ) as string,
      cure: 'get new ones, and run it again',
    },
  ]);
}, 60_000);
