import { nearest, PlinthError, type Finding } from '@plinth/contract';
import { isObject, type TfObject, type TfValue } from './protocol/codec';
import type { DriftReport } from './report';
import type { StackRun } from './stack-run';
import type { Stage } from './stage';
import { readHeld } from './state';

/** Something that changes behind Terraform's back: the thing is gone, or one of its attributes is another. */
interface Drift {
  readonly text: string;
  readonly stack: string;
  readonly address: string;
  /** Absent where the thing is gone. */
  readonly change?: { readonly path: readonly string[]; readonly value: TfValue };
}

const form =
  'STACK/TYPE.NAME:gone or STACK/TYPE.NAME:ATTRIBUTE=VALUE, such as prod/aws_s3_bucket.lake:tags.owner="acme"';

/**
 * Changes what stands behind Terraform's back, and looks whether the next apply mends it.
 * @param wanted `STACK/TYPE.NAME:gone` or `STACK/TYPE.NAME:ATTRIBUTE=VALUE`, the value as JSON or as bare text
 * @param runs the stacks that were applied
 * @throws PlinthError `drift-form`, `drift-unknown`
 */
export async function makeDrift(
  wanted: readonly string[],
  runs: readonly StackRun[],
  stage: Stage,
): Promise<{ drifts: DriftReport[]; findings: Finding[] }> {
  const drifts = wanted.map(parse);
  const reports: DriftReport[] = [];
  const findings: Finding[] = [];
  for (const drift of drifts) {
    const stackRun = named(drift.stack, runs, drift.text);
    tamper(drift, stackRun, stage);
    const before = stackRun.findings.length;
    const plan = (await stackRun.again()) ?? [];
    const repaired = stackRun.findings.length === before;
    reports.push({ drift: drift.text, plan, repaired });
    if (repaired && plan.length === 0) findings.push(unseen(drift));
  }
  return { drifts: reports, findings };
}

function parse(text: string): Drift {
  const [, stack, address, change] = /^([^/]+)\/([^:]+):(.+)$/s.exec(text) ?? [];
  const bad = (why: string): PlinthError =>
    new PlinthError({
      code: 'drift-form',
      what: `"${text}" says no drift`,
      where: '--drift',
      why,
      cure: `write ${form}`,
    });
  if (stack === undefined || address === undefined || change === undefined) {
    throw bad('it names a stack, an address and what happens there');
  }
  if (change === 'gone') return { text, stack, address };
  const [, path, value] = /^([^=]+)=(.*)$/s.exec(change) ?? [];
  if (path === undefined || value === undefined)
    throw bad(`"${change}" is neither "gone" nor an attribute with a value`);
  return { text, stack, address, change: { path: path.split('.'), value: valueOf(value) } };
}

function valueOf(text: string): TfValue {
  try {
    return JSON.parse(text) as TfValue;
  } catch {
    return text;
  }
}

function named(stack: string, runs: readonly StackRun[], text: string): StackRun {
  const found = runs.find((one) => one.stack.name === stack);
  if (found !== undefined) return found;
  throw unknown(
    text,
    `there is no stack "${stack}"`,
    stack,
    runs.map((one) => one.stack.name),
  );
}

function unknown(text: string, what: string, name: string, known: readonly string[]): PlinthError {
  const near = nearest(name, known);
  return new PlinthError({
    code: 'drift-unknown',
    what,
    where: `--drift ${text}`,
    why: known.length > 8 ? `it is none of the ${known.length} that there are` : `there are ${known.join(', ')}`,
    cure: near === undefined ? 'name one that the rehearsal applies' : `did you mean ${near}`,
  });
}

function tamper({ text, address, change }: Drift, { stack }: StackRun, { store, world }: Stage): void {
  const held = readHeld(store, stack).filter(({ token }) => token !== '');
  const tokens = new Map(held.map(({ resource, token }) => [resource.address, token]));
  const token = tokens.get(address) ?? '';
  const thing = world.get(token);
  if (thing === undefined) {
    throw unknown(text, `stack ${stack.name} has no resource ${address}`, address, [...tokens.keys()]);
  }
  if (change === undefined) return world.remove(token);
  const [first = ''] = change.path;
  if (!(first in thing.values)) {
    throw unknown(text, `${address} has no attribute "${first}"`, first, Object.keys(thing.values));
  }
  world.put(token, thing.type, changed(thing.values, change.path, change.value) as TfObject);
}

function changed(value: TfValue, [key, ...rest]: readonly string[], now: TfValue): TfValue {
  if (key === undefined) return now;
  if (Array.isArray(value)) return value.map((item, i) => (String(i) === key ? changed(item, rest, now) : item));
  const members = isObject(value) ? value : {};
  return { ...members, [key]: changed(members[key] ?? null, rest, now) };
}

const unseen = ({ text, address }: Drift): Finding => ({
  code: 'drift-unseen',
  what: 'the next plan did not see the drift, so that it would stay',
  where: text,
  why: `${address} ignores changes of it, or leaves it to the provider`,
  cure: 'give the argument a value, or take it out of ignoreChanges; if it is meant to be free, all is well',
});
