import type { FaultReport } from '@plinth/rehearsal';
import { faultsInWords } from '../../../src/cli/fault-words';

const report = (fault: string, more: Partial<FaultReport> = {}): FaultReport => ({
  fault,
  left: { standing: 3, tainted: 0, orphaned: [] },
  byHand: [],
  next: { added: 1, changed: 0, destroyed: 0 },
  converged: true,
  destroyed: false,
  seconds: 1,
  ...more,
});

test('no failures are no words', () => {
  expect(faultsInWords([])).toBe('');
});

test('a few are told each', () => {
  const killed = report('a/x.y:create:kill', {
    left: { standing: 2, tainted: 1, orphaned: ['a/x.y'] },
    byHand: ['terraform force-unlock', 'removing a/x.y'],
    converged: false,
  });
  expect(faultsInWords([report('a/x.y:create'), killed])).toBe(
    `FAILED ON PURPOSE  LEFT STANDING  NEXT APPLY
a/x.y:create       3              1 added, 0 changed, 0 destroyed  converged
a/x.y:create:kill  2, 1 tainted   1 added, 0 changed, 0 destroyed  NOT CONVERGED  after terraform force-unlock, removing a/x.y

`,
  );
});

test('many are told by kind, and what did not converge is told each', () => {
  const faults = [
    ...Array.from({ length: 9 }, (_, i) => report(`a/x.y${i}:create:partial@2`)),
    report('a/x.y:update', { byHand: ['terraform force-unlock'] }),
    report('a/x.z:update', { converged: false, byHand: ['removing a/x.z'] }),
  ];
  expect(faultsInWords(faults)).toBe(
    `FAILED ON PURPOSE  TIMES  CONVERGED  BY HAND BEFORE
create:partial     9      9
update             2      1          terraform force-unlock (1), removing an orphan (1)
together           11     10

FAILED ON PURPOSE  LEFT STANDING  NEXT APPLY
a/x.z:update       3              1 added, 0 changed, 0 destroyed  NOT CONVERGED  after removing a/x.z

`,
  );
});
