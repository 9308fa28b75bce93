import { brokenSynths } from '../../../fixtures/rehearsal/broken/synth';

/** The findings of a program that must not synthesize, one a line, without what cdktf puts around them. */
function told(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    const { message } = error as Error;
    const findings = [...message.matchAll(/^ {2}\[[^\]]*\] (.*)$/gm)].map(([, finding]) => finding);
    return findings.length === 0 ? message : findings.join('\n');
  }
  return 'nothing';
}

test.each(brokenSynths.map((program) => [program.name, program] as const))('%s', (_name, { run, says }) => {
  expect(told(run)).toBe(says);
});
