import { join } from 'node:path';
import { app, plinth, root } from '../support';

const twoStacks = join(root, 'test/fixtures/rehearsal/two-stacks');
const program = ['rehearse', '--app', app('main.ts')];

it('rehearses a program and says in one document how it went', async () => {
  const ran = await plinth([...program, '--json'], twoStacks);
  expect(ran.code).toBe(0);
  const { ok, result } = ran.document<{ ok: boolean; stacks: { name: string; secondPlan: string }[] }>();
  expect(ok).toBe(true);
  expect(result).toMatchObject({
    ok: true,
    stacks: [
      { name: 'ground', secondPlan: 'empty' },
      { name: 'workloads', secondPlan: 'empty' },
    ],
  });
  expect(ran.err).toMatch(/^ground: second plan \d+\.\d s$/m);
});

it('shows a person a line a stack, and what an empty second plan is worth', async () => {
  const { code, out } = await plinth([...program, '--stack', 'ground'], twoStacks);
  expect(code).toBe(0);
  expect(out).toMatch(/^ground +\d+ +\d+\.\d s +\d+\.\d s +empty$/m);
  expect(out).not.toContain('workloads');
  expect(out).toContain('not that AWS would normalise nothing');
});

it('says which stacks there are', async () => {
  const { code, err } = await plinth([...program, '--stack', 'grund'], twoStacks);
  expect(code).toBe(2);
  expect(err).toContain('there is no stack "grund", because the program makes ground, workloads; did you mean ground.');
});

it('ends with 3 and a sentence where Terraform is missing', async () => {
  const before = process.env['TERRAFORM_BINARY_NAME'];
  process.env['TERRAFORM_BINARY_NAME'] = 'no-such-terraform';
  try {
    const ran = await plinth([...program, '--json'], twoStacks);
    expect(ran.code).toBe(3);
    expect(ran.document().errors).toMatchObject([{ code: 'terraform-missing', where: 'TERRAFORM_BINARY_NAME' }]);
  } finally {
    if (before === undefined) delete process.env['TERRAFORM_BINARY_NAME'];
    else process.env['TERRAFORM_BINARY_NAME'] = before;
  }
});
