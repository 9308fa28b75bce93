import { appliesCleanly, emptySecondPlan, ifApplied, type Applied } from '../../../../src/rehearsal/expect/verdict';
import type { RehearsalReport } from '../../../../src/rehearsal/report';
import { applied } from './support';

const finding = (code: string) => ({ code, what: 'it is wrong', where: 'here', why: 'it is so', cure: 'mend it' });
const stack = (secondPlan: RehearsalReport['stacks'][number]['secondPlan']) => ({
  name: 's',
  resources: 3,
  seconds: {},
  secondPlan,
  dependsOn: [],
});
const reported = (report: Partial<RehearsalReport>): Applied =>
  applied([], [], { report: { ok: true, stacks: [stack('empty')], resources: 3, findings: [], ...report } });

test('a program applies cleanly where nothing was found', () => {
  expect(appliesCleanly(reported({}))).toEqual({
    holds: 'yes',
    says: 'the program applies cleanly: 3 resources in 1 stacks',
  });
  expect(appliesCleanly(reported({ findings: [finding('a')] }))).toEqual({
    holds: 'no',
    says: 'the program does not apply cleanly; there is one finding:\n  - here: it is wrong, because it is so; mend it.',
  });
  expect(appliesCleanly(reported({ findings: [finding('a'), finding('b')] })).says).toMatch('there are 2 findings:');
});

test('a second plan is empty, changes something, or was not made', () => {
  expect(emptySecondPlan(reported({})).holds).toBe('yes');
  const changed = stack([{ address: 'aws_vpc.v', actions: ['update'] }]);
  const findings = [finding('second-plan-not-empty')];
  expect(emptySecondPlan(reported({ stacks: [changed], findings }))).toEqual({
    holds: 'no',
    says: 'a second plan would change:\n  - s/aws_vpc.v: update',
  });
  expect(emptySecondPlan(reported({ stacks: [stack('skipped')], findings: [finding('terraform-failed')] }))).toEqual({
    holds: 'unknown',
    says: 'there was no second plan of s\n  - here: it is wrong, because it is so; mend it.',
  });
});

test('nothing is told of what was not applied; what is found later does not matter', () => {
  const judge = () => ({ holds: 'yes', says: 'x' }) as const;
  expect(ifApplied(reported({ findings: [finding('terraform-failed')] }), judge)).toEqual({
    holds: 'unknown',
    says: 'this cannot be told before the program applies:\n  - here: it is wrong, because it is so; mend it.',
  });
  expect(ifApplied(reported({ findings: [finding('second-plan-not-empty')] }), judge).holds).toBe('yes');
});
