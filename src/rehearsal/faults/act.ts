import { nearest, PlinthError, type Finding } from '@plinth/contract';
import type { FaultReport, ProgressEvent } from '../report';
import type { StackRun } from '../stack-run';
import type { Stage } from '../stage';
import { readHeld } from '../state';
import { choose, type Chaos } from './chaos';
import { isAbout, parseFault, type Fault } from './fault';
import { standing, trial } from './trial';

export interface FaultOptions {
  /** `STACK/TYPE.NAME:create|update|delete[:partial|throttle|timeout|interrupt|kill|expired][@N]` */
  readonly faults?: readonly string[] | undefined;
  readonly chaos?: Chaos | undefined;
}

/** Of so many failures, one is followed to the end of its stack: a destroy takes long, and after a failure it hardly differs. */
const sample = 5;

/** The failures that are asked for by name, read before anything runs. */
export function parseFaults({ faults = [], chaos }: FaultOptions): Fault[] {
  const { steps = 1, seed = 1 } = chaos ?? {};
  if (!Number.isSafeInteger(steps) || steps < 1) throw badChaos('steps', steps);
  if (!Number.isSafeInteger(seed) || seed < 0) throw badChaos('seed', seed);
  return faults.map(parseFault);
}

const badChaos = (what: 'steps' | 'seed', value: number): PlinthError =>
  new PlinthError({
    code: 'fault-form',
    what: `${String(value)} is no number of ${what === 'steps' ? 'failures' : 'a seed'}`,
    where: what === 'steps' ? '--chaos' : '--seed',
    why: 'it is a whole number',
    cure: what === 'steps' ? 'give 1 or more' : 'give 0 or more',
  });

/**
 * Fails on purpose, one change after the other, each from stacks that stand: those that are named, then those that chance chooses.
 * @param runs the stacks that stand
 * @throws PlinthError `fault-unknown`
 */
export async function failOnPurpose(
  named: readonly Fault[],
  chaos: Chaos | undefined,
  runs: readonly StackRun[],
  stage: Stage,
  onProgress: (event: ProgressEvent) => void,
): Promise<{ faults: FaultReport[]; findings: Finding[] }> {
  for (const fault of named) check(fault, runs, stage);
  const all = [...named, ...(chaos === undefined ? [] : choose(chaos, runs, stage))];
  const ground = standing(stage, runs);
  const faults: FaultReport[] = [];
  const findings: Finding[] = [];
  for (const [i, fault] of all.entries()) {
    const stackRun = runs.find(({ stack }) => stack.name === fault.stack)!;
    const progress = { stack: fault.stack, phase: 'fault', text: fault.text, done: i + 1, total: all.length } as const;
    onProgress({ ...progress, state: 'begin' });
    const { report, findings: found } = await trial(fault, ground, stackRun.quiet(), i % sample === 0);
    onProgress({ ...progress, state: 'end', seconds: report.seconds });
    faults.push(report);
    findings.push(...found);
  }
  return { faults, findings };
}

function check(fault: Fault, runs: readonly StackRun[], stage: Stage): void {
  const stackRun = runs.find(({ stack }) => stack.name === fault.stack);
  const stacks = runs.map(({ stack }) => stack.name);
  if (stackRun === undefined) throw unknown(fault, `there is no stack "${fault.stack}"`, fault.stack, stacks);
  const addresses = readHeld(stage.store, stackRun.stack)
    .filter(({ resource, token }) => resource.mode === 'managed' && token !== '')
    .map(({ resource }) => resource.address);
  if (!addresses.some((address) => isAbout(fault, `${fault.stack}/${address}`))) {
    throw unknown(fault, `stack ${fault.stack} makes no ${fault.address}`, fault.address, addresses);
  }
}

function unknown({ text }: Fault, what: string, name: string, known: readonly string[]): PlinthError {
  const near = nearest(name, known);
  return new PlinthError({
    code: 'fault-unknown',
    what,
    where: `--fault ${text}`,
    why: known.length > 8 ? `it is none of the ${known.length} that there are` : `there are ${known.join(', ')}`,
    cure: near === undefined ? 'name one that the rehearsal applies' : `did you mean ${near}`,
  });
}
