import type { StackRun } from '../stack-run';
import type { Stage } from '../stage';
import { readHeld, type HeldResource } from '../state';
import { alteration, ignoredBy } from './alteration';
import { faultText, modes, type Fault, type Mode, type Operation } from './fault';

/** So many failures, chosen by a seed: the same seed chooses the same ones of the same program. */
export interface Chaos {
  readonly steps: number;
  /** Default 1. */
  readonly seed?: number;
}

/** Of ten failures so many are of each kind: most of what goes wrong goes wrong while things are made. */
const operations: readonly Operation[] = [
  ...Array<Operation>(6).fill('create'),
  ...Array<Operation>(2).fill('update'),
  ...Array<Operation>(2).fill('delete'),
];
const ways: readonly (Mode | undefined)[] = [undefined, ...modes];

/** Chooses failures among the resources that stand. */
export function choose({ steps, seed = 1 }: Chaos, runs: readonly StackRun[], stage: Stage): Fault[] {
  const random = generator(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const candidates = runs.flatMap((stackRun) =>
    readHeld(stage.store, stackRun.stack)
      .filter(
        ({ resource, token }) => resource.mode === 'managed' && token !== '' && !resource.address.startsWith('module.'),
      )
      .map((held) => ({ stackRun, held })),
  );
  if (candidates.length === 0) return [];
  return Array.from({ length: steps }, () => {
    const { stackRun, held } = pick(candidates);
    const wanted = pick(operations);
    const operation = wanted === 'update' && !canUpdate(stackRun, held, stage) ? 'create' : wanted;
    const mode = pick(ways);
    const { stack, address } = held.resource;
    const fault = { stack, address, operation, call: 1, ...(mode !== undefined && { mode }) };
    return { ...fault, text: faultText(fault) };
  });
}

function canUpdate({ stack }: StackRun, { resource }: HeldResource, { blocks }: Stage): boolean {
  const { type, name, values } = resource;
  const block = blocks(type);
  const ignored = ignoredBy(stack.json.resource?.[type]?.[name]);
  if (block === undefined || ignored === 'all') return false;
  return alteration(type, block, values as Parameters<typeof alteration>[2], ignored) !== undefined;
}

/** Mulberry32: 32 bits of state are plenty to choose steps, and any seed is a good one. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
