import { nothingLost } from '../../../../src/rehearsal/expect/nothing-lost';

const report = { ok: true, changes: [], stacks: { added: [], gone: [] }, findings: [] };
const finding = (code: string) => ({ code, what: 'it is lost', where: 'here', why: 'a changes', cure: 'keep it' });

test('a change keeps what is stateful, loses it, or cannot be applied', () => {
  expect(nothingLost(report)).toEqual({
    holds: 'yes',
    says: 'none of the 0 changes replaces or destroys what is stateful',
  });
  expect(nothingLost({ ...report, findings: [finding('terraform-failed'), finding('stateful-replaced')] })).toEqual({
    holds: 'no',
    says: 'the change loses what is stateful:\n  - here: it is lost, because a changes; keep it.',
  });
  expect(nothingLost({ ...report, findings: [finding('terraform-failed')] })).toEqual({
    holds: 'unknown',
    says: 'the change cannot be applied:\n  - here: it is lost, because a changes; keep it.',
  });
});
