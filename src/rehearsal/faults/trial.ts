import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '@plinth/contract';
import type { Fail } from '../provider';
import type { FaultReport } from '../report';
import type { StoreSnapshot } from '../s3-store';
import type { StackRun, Step } from '../stack-run';
import type { Stage } from '../stage';
import { addressIn, forget, readHeld, stateLocation } from '../state';
import type { WorldSnapshot } from '../world';
import { alteration, ignoredBy, withDependents } from './alteration';
import { isAbout, wordsOf, type Fault } from './fault';

/** Stacks that stand; every trial begins with them and returns to them. */
export interface Standing {
  readonly stage: Stage;
  readonly runs: readonly StackRun[];
  readonly world: WorldSnapshot;
  readonly store: StoreSnapshot;
  /** Tokens of what stands besides, and no stack made. */
  readonly besides: ReadonlySet<string>;
}

export function standing(stage: Stage, runs: readonly StackRun[]): Standing {
  const { world, store } = stage;
  const known = tokensOf(stage, runs);
  const besides = new Set([...world.all().keys()].filter((token) => !known.has(token)));
  return { stage, runs, world: world.snapshot(), store: store.snapshot(), besides };
}

export function restore({ stage, world, store }: Standing): void {
  stage.world.restore(world);
  stage.store.restore(store);
}

/**
 * Lets one change of one resource fail, and looks what the next apply makes of it. For a create, the resource and what was made from it
 * are taken away before; for an update, one of its arguments is changed behind Terraform's back; for a delete, the stack is destroyed.
 * @param toTheEnd destroy the stack afterwards, whatever it was that failed
 */
export async function trial(
  fault: Fault,
  ground: Standing,
  stackRun: StackRun,
  toTheEnd = false,
): Promise<{ report: FaultReport; findings: Finding[] }> {
  const began = performance.now();
  const { stage } = ground;
  const { operation } = fault;
  restore(ground);
  prepare(fault, stage, stackRun);
  const command = operation === 'delete' ? 'destroy' : 'apply';
  const args = [command, '-json', '-input=false', '-auto-approve'];
  const failing = faulty(fault, stage, stackRun);
  stage.failing = failing.fail;
  // Only a change behind Terraform's back has to be looked for.
  await stackRun.step(command, operation === 'update' ? args : [...args, '-refresh=false']);
  stage.failing = undefined;
  stage.s3.expired = false;

  const left = readHeld(stage.store, stackRun.stack).filter(({ resource }) => resource.mode === 'managed');
  const orphans = orphaned(ground);
  const byHand = await mend(fault, stackRun, stage, orphans);
  // After a create the plan that follows looks at everything anyway.
  const next = await stackRun.step(command, operation === 'create' ? [...args, '-refresh=false'] : args);
  const findings: Finding[] = next.ended.code === 0 ? [] : stackRun.failed(command, next);
  if (next.ended.code === 0) findings.push(...(await unsettled(fault, stackRun, stage)));
  for (const what of orphaned(ground).values()) findings.push(orphan(what));
  const destroyed = operation === 'delete' || toTheEnd;
  if (destroyed && operation !== 'delete' && findings.length === 0) {
    const end = await stackRun.step('destroy', ['destroy', ...args.slice(1), '-refresh=false']);
    findings.push(...(end.ended.code === 0 ? notGone(stackRun, stage) : stackRun.failed('destroy', end)));
    for (const what of orphaned(ground).values()) findings.push(orphan(what));
  }
  if (failing.calls() < fault.call) findings.push(neverCame(fault, failing.calls()));
  const report: FaultReport = {
    fault: fault.text,
    left: {
      standing: left.length,
      tainted: left.filter(({ tainted }) => tainted).length,
      orphaned: [...orphans.values()],
    },
    byHand,
    next: summaryOf(next),
    destroyed,
    converged: findings.length === 0,
    seconds: (performance.now() - began) / 1000,
  };
  restore(ground);
  return { report, findings: findings.map((finding) => after(fault, finding)) };
}

/** Makes room for the change that is to fail. */
function prepare(fault: Fault, { world, store, blocks }: Stage, { stack }: StackRun): void {
  const held = readHeld(store, stack);
  const targets = held.filter(({ resource }) => isAbout(fault, `${stack.name}/${resource.address}`));
  if (fault.operation === 'create') {
    const gone = withDependents(
      held,
      targets.map(({ resource }) => resource.address),
    );
    for (const { resource, token } of held) if (gone.has(resource.address)) world.remove(token);
    forget(store, stack, gone);
  }
  if (fault.operation !== 'update') return;
  for (const { token, resource } of targets) {
    const thing = world.get(token);
    const block = blocks(resource.type);
    const ignored = ignoredBy(stack.json.resource?.[resource.type]?.[resource.name]);
    if (thing === undefined || block === undefined || ignored === 'all') continue;
    const change = alteration(resource.type, block, thing.values, ignored);
    if (change !== undefined) world.put(token, thing.type, { ...thing.values, ...change });
  }
}

/** The failure that is asked for, at the call that is asked for. */
function faulty(fault: Fault, stage: Stage, stackRun: StackRun): { fail: Fail; calls: () => number } {
  let calls = 0;
  const send = (signal: NodeJS.Signals): undefined => {
    if (stackRun.pid !== undefined) process.kill(-stackRun.pid, signal);
  };
  const fail: Fail = ({ type, operation, before, after: planned }) => {
    const address = addressIn(planned ?? before);
    if (operation !== fault.operation || address === undefined || !isAbout(fault, address)) return undefined;
    if (++calls !== fault.call) return undefined;
    if (fault.mode === 'interrupt') return send('SIGINT');
    if (fault.mode === 'kill') return send('SIGKILL');
    if (fault.mode !== 'expired') return wordsOf(fault, type);
    stage.s3.expired = true;
    return undefined;
  };
  return { fail, calls: () => calls };
}

const tokensOf = (stage: Stage, runs: readonly StackRun[]): Set<string> =>
  new Set(runs.flatMap(({ stack }) => readHeld(stage.store, stack).map(({ token }) => token)));

/** What stands in the world although no state knows it, by its token. */
function orphaned({ stage, runs, besides }: Standing): Map<string, string> {
  const known = tokensOf(stage, runs);
  return new Map(
    [...stage.world.all()]
      .filter(([token]) => !known.has(token) && !besides.has(token))
      .map(([token, { type, values }]) => [token, addressIn(values) ?? `${type} ${String(values['id'] ?? '')}`]),
  );
}

/** What a person has to do before the next apply. */
async function mend(
  { mode }: Fault,
  stackRun: StackRun,
  { store, world }: Stage,
  orphans: ReadonlyMap<string, string>,
): Promise<string[]> {
  const done: string[] = [];
  const { stack } = stackRun;
  const { bucket, key } = stateLocation(stack);
  const lock = store.read(bucket, `${key}.tflock`);
  if (lock !== undefined) {
    const { ID: id } = JSON.parse(lock.toString('utf8')) as { ID: string };
    await stackRun.step('apply', ['force-unlock', '-force', id]);
    done.push('terraform force-unlock');
  }
  const errored = join(stack.folder, 'errored.tfstate');
  if (existsSync(errored)) {
    await stackRun.step('apply', ['state', 'push', 'errored.tfstate']);
    rmSync(errored);
    done.push('terraform state push errored.tfstate');
  }
  // A killed Terraform has told nobody what it made last. Nothing but a person finds that.
  for (const [token, what] of mode === 'kill' ? orphans : []) {
    world.remove(token);
    done.push(`removing ${what}`);
  }
  return done;
}

/** What is wrong although the apply or destroy went through. */
async function unsettled({ operation }: Fault, stackRun: StackRun, stage: Stage): Promise<Finding[]> {
  if (operation === 'delete') return notGone(stackRun, stage);
  const plan = await stackRun.step('replan', ['plan', '-json', '-input=false', '-detailed-exitcode']);
  if (plan.ended.code === 0) return [];
  return plan.ended.code === 2 ? [stackRun.unsettled(plan)] : stackRun.failed('replan', plan);
}

/** What a destroy left in the state. */
function notGone({ stack }: StackRun, { store }: Stage): Finding[] {
  const left = readHeld(store, stack).filter(({ resource }) => resource.mode === 'managed');
  return left.length === 0 ? [] : [notEmpty(left.map(({ resource }) => resource.address))];
}

function summaryOf({ lines }: Step): FaultReport['next'] {
  const { add = 0, change = 0, remove = 0 } = lines.findLast(({ type }) => type === 'change_summary')?.changes ?? {};
  return { added: add, changed: change, destroyed: remove };
}

/** A finding, with the failure that it follows and the command that shows it alone. */
const after = (fault: Fault, finding: Finding): Finding => ({
  ...finding,
  where: `after ${fault.text}, ${finding.where}`,
  cure: `${finding.cure}; to see it alone: plinth rehearse --fault '${fault.text}'`,
});

const orphan = (what: string): Finding => ({
  code: 'orphaned',
  what: 'it stands, and no state knows it',
  where: what,
  why: 'it was made, and its answer was lost',
  cure: 'give it a name that it can be found again by, so that it can be imported or removed',
});

const notEmpty = (addresses: readonly string[]): Finding => ({
  code: 'destroy-not-empty',
  what: `the destroy left ${addresses.slice(0, 5).join(', ')}${addresses.length > 5 ? ` and ${addresses.length - 5} more` : ''}`,
  where: 'its state',
  why: 'they are in the state still',
  cure: 'destroy once more, and look what keeps them',
});

const neverCame = ({ operation, call }: Fault, calls: number): Finding => ({
  code: 'fault-never-came',
  what: 'the failure did not happen',
  where: 'its trial',
  why: `Terraform asked for this ${operation} ${calls === 0 ? 'never' : `${calls} times`}, not ${call} times`,
  cure:
    operation === 'update'
      ? 'choose a resource with an argument that can be changed in place, and that the program does not ignore'
      : 'name a resource that the stack makes itself, and a call that there is',
});
