import '../../../../src/rehearsal/expect/jest';
import type { RehearsalReport } from '../../../../src/rehearsal/report';
import type { UpgradeReport } from '../../../../src/rehearsal/upgrade/upgrade';
import { applied, made } from './support';

const finding = (code: string) => ({ code, what: 'it is wrong', where: 'here', why: 'it is so', cure: 'mend it' });
const policy = JSON.stringify({ Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' } });
const rehearsal = applied([
  made('aws_lb', { internal: false, security_groups: ['sg-1'] }),
  made('aws_security_group', { id: 'sg-1', ingress: [{ protocol: '-1', cidr_blocks: ['0.0.0.0/0'] }] }),
  made('aws_iam_role_policy', { role: 'r', policy }),
]);
const failed = applied([], [], {
  report: { ok: false, stacks: [], resources: 0, findings: [finding('terraform-failed')] } satisfies RehearsalReport,
});

test('a rehearsal that has been has the matchers that Jest is given', () => {
  expect(rehearsal).toApplyCleanly();
  expect(rehearsal).toHaveEmptySecondPlan();
  expect(rehearsal).not.toHaveNothingPublic();
  expect(rehearsal).toHaveNothingPublic({ except: ['aws_lb.x', 'aws_security_group.x'] });
  expect(rehearsal).toReach('internet', 'aws_lb.x', { port: 443 });
  expect(rehearsal).toGrantAtMost({ Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } });
  expect(rehearsal).not.toGrantAtMost({ Statement: [] });
});

test('a change that has been rehearsed has one of its own', () => {
  const report: UpgradeReport = { ok: true, changes: [], stacks: { added: [], gone: [] }, findings: [] };
  expect(report).toReplaceNothingStateful();
  expect({ ...report, findings: [finding('stateful-destroyed')] }).not.toReplaceNothingStateful();
});

test('what does not hold says why, and so does what should not', () => {
  expect(() => expect(failed).toApplyCleanly()).toThrow(
    'the program does not apply cleanly; there is one finding:\n  - here: it is wrong, because it is so; mend it.',
  );
  expect(() => expect(rehearsal).not.toApplyCleanly()).toThrow('expected otherwise, but the program applies cleanly');
});

test('what cannot be known fails either way', () => {
  const says = 'this cannot be told before the program applies:';
  expect(() => expect(failed).toHaveNothingPublic()).toThrow(says);
  expect(() => expect(failed).not.toHaveNothingPublic()).toThrow(says);
});
