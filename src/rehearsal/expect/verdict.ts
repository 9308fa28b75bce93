import { sentence } from '@plinth/contract';
import type { Rehearsal } from '../rehearse';
import type { SynthesizedStack } from '../synth';
import { listed } from './assertion';

/** What an expectation comes to. What cannot be known holds neither as it stands nor with `.not`. */
export interface Verdict {
  readonly holds: 'yes' | 'no' | 'unknown';
  /** Why, in sentences. */
  readonly says: string;
}

/** What verdicts are given on. */
export interface Applied extends Pick<Rehearsal, 'report' | 'resources' | 'objects'> {
  /** What the program synthesized, where that is known; components of its graph can be named then. */
  readonly stacks?: readonly Pick<SynthesizedStack, 'name' | 'json'>[];
}

/** Findings that come after everything was applied. */
const afterwards = new Set(['second-plan-not-empty', 'teardown-order', 'teardown-left', 'drift-unseen']);

/** What was not applied is in no state, so that nothing could be found against it. */
export function ifApplied({ report }: Pick<Applied, 'report'>, judge: () => Verdict): Verdict {
  const findings = report.findings.filter(({ code }) => !afterwards.has(code));
  if (findings.length === 0) return judge();
  return { holds: 'unknown', says: listed('this cannot be told before the program applies:', findings.map(sentence)) };
}

/** Nothing was found. */
export function appliesCleanly({ report }: Applied): Verdict {
  const { findings, stacks, resources } = report;
  return findings.length === 0
    ? { holds: 'yes', says: `the program applies cleanly: ${resources} resources in ${stacks.length} stacks` }
    : {
        holds: 'no',
        says: listed(
          `the program does not apply cleanly; there ${findings.length === 1 ? 'is one finding' : `are ${findings.length} findings`}:`,
          findings.map(sentence),
        ),
      };
}

/** A plan after the apply would change nothing. */
export function emptySecondPlan({ report }: Applied): Verdict {
  const skipped = report.stacks.filter(({ secondPlan }) => secondPlan === 'skipped').map(({ name }) => name);
  const changes = report.stacks.flatMap(({ name, secondPlan }) =>
    typeof secondPlan === 'string'
      ? []
      : secondPlan.map(({ address, actions }) => `${name}/${address}: ${actions.join(', ')}`),
  );
  if (changes.length > 0) return { holds: 'no', says: listed('a second plan would change:', changes) };
  if (skipped.length > 0) {
    const findings = report.findings.map(sentence);
    return { holds: 'unknown', says: listed(`there was no second plan of ${skipped.join(', ')}`, findings) };
  }
  return ifApplied({ report }, () => ({ holds: 'yes', says: 'a second plan changes nothing' }));
}
