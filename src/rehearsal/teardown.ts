import type { Finding } from '@plinth/contract';
import { sideBySide } from './side-by-side';
import type { StackRun } from './stack-run';
import type { Stage } from './stage';
import { addressIn, readHeld, type HeldResource } from './state';
import type { SynthesizedStack } from './synth';

/** Something that needs something else, so that it has to go first. */
interface Need {
  readonly needs: string;
  readonly needed: string;
}

/**
 * Destroys stacks, each when all that waited for it are gone, and looks whether everything went, and in the right order: a resource
 * before those it was made from, a stack before those it depends on and those whose components it uses.
 * @param order for each stack, those that had to stand before it
 */
export async function tearDown(
  runs: readonly StackRun[],
  order: ReadonlyMap<string, readonly string[]>,
  stage: Stage,
): Promise<Finding[]> {
  const { store, world } = stage;
  const standing = runs.filter(({ initialized }) => initialized);
  const held = standing.flatMap(({ stack }) => readHeld(store, stack)).filter(isThing);
  const before = world.removals.length;
  const later = (name: string): string[] =>
    standing.filter((other) => order.get(other.name)?.includes(name) === true).map((other) => other.name);
  await sideBySide(
    [...standing].reverse(),
    ({ name }) => later(name),
    async (run) => void (await run.destroy()),
  );

  const removals = new Map(world.removals.slice(before).map((token, i) => [token, i]));
  const findings = outOfOrder(held, neededStacks(runs.map(({ stack }) => stack)), removals);
  for (const { name, stack, findings: said } of standing) {
    const left = readHeld(store, stack).filter(isThing);
    // What Terraform could not destroy, it has told.
    if (left.length > 0 && said.length === 0) findings.push(stays(`stack ${name}`, left));
  }
  const known = new Set(standing.flatMap(({ stack }) => readHeld(store, stack).map(({ token }) => token)));
  for (const { token, resource } of held) {
    const thing = world.get(token);
    if (thing === undefined || known.has(token)) continue;
    findings.push(forgotten(addressIn(thing.values) ?? full(resource)));
  }
  return findings;
}

/** Components as Plinth's stacks tell of them under `//`, where Terraform reads nothing; other programs tell nothing. */
interface Told {
  readonly '//'?: { readonly plinth?: { readonly components?: readonly { readonly uses?: readonly string[] }[] } };
}

/**
 * The stacks that each stack needs: those it depends on, and those with a component that one of its own uses. What is only watched, such
 * as models by a monitoring that they are deployed into, is used by a stack that stood before it, and so not needed.
 */
export function neededStacks(stacks: readonly SynthesizedStack[]): Map<string, string[]> {
  const dependsOn = new Map(stacks.map((stack) => [stack.name, stack.dependsOn]));
  const builtOn = (upper: string, lower: string): boolean =>
    (dependsOn.get(upper) ?? []).some((name) => name === lower || builtOn(name, lower));
  return new Map(
    stacks.map(({ name, json }) => {
      const components = (json as Told)['//']?.plinth?.components ?? [];
      const used = components.flatMap(({ uses = [] }) => uses.map((path) => path.split('/')[0] ?? ''));
      const needed = used.filter((other) => other !== name && !builtOn(other, name));
      return [name, [...new Set([...(dependsOn.get(name) ?? []), ...needed])]];
    }),
  );
}

const isThing = ({ resource, token }: HeldResource): boolean => resource.mode === 'managed' && token !== '';
const full = ({ stack, address }: HeldResource['resource']): string => `${stack}/${address}`;

/**
 * What went before something that needed it.
 * @param dependsOn the stacks that each stack depends on
 * @param removals when each thing went, by its token
 */
export function outOfOrder(
  held: readonly HeldResource[],
  dependsOn: ReadonlyMap<string, readonly string[]>,
  removals: ReadonlyMap<string, number>,
): Finding[] {
  const bare = (address: string): string => address.replace(/\[[^\]]*\]$/, '');
  const byAddress = grouped(held, ({ resource }) => `${resource.stack}/${bare(resource.address)}`);
  const when = ({ token }: HeldResource): number => removals.get(token) ?? Infinity;
  const wrong: Need[] = [];
  for (const one of held) {
    for (const address of one.dependencies) {
      const needed = byAddress.get(`${one.resource.stack}/${bare(address)}`) ?? [];
      for (const other of needed) {
        if (other !== one && when(other) < when(one))
          wrong.push({ needs: full(one.resource), needed: full(other.resource) });
      }
    }
  }
  const byStack = grouped(held, ({ resource }) => resource.stack);
  for (const [stack, own] of byStack) {
    const last = own.reduce((a, b) => (when(a) >= when(b) ? a : b));
    for (const name of dependsOn.get(stack) ?? []) {
      const needed = byStack.get(name);
      const first = needed?.reduce((a, b) => (when(a) <= when(b) ? a : b));
      if (first !== undefined && when(first) < when(last))
        wrong.push({ needs: full(last.resource), needed: full(first.resource) });
    }
  }
  return wrong.map(({ needs, needed }) => ({
    code: 'teardown-order',
    what: `it was destroyed before ${needs}`,
    where: needed,
    why: `${needs} needs it until it is gone itself`,
    cure: 'let the one that needs it refer to it, or name it in dependsOn',
  }));
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

const stays = (where: string, left: readonly HeldResource[]): Finding => ({
  code: 'teardown-left',
  what: `the destroy left ${left
    .slice(0, 5)
    .map(({ resource }) => resource.address)
    .join(', ')}${left.length > 5 ? ` and ${left.length - 5} more` : ''}`,
  where,
  why: 'they are in its state still',
  cure: 'destroy once more, and look what keeps them',
});

const forgotten = (where: string): Finding => ({
  code: 'teardown-left',
  what: 'it stands after the destroy, and no state knows it',
  where,
  why: 'Terraform forgot it without destroying it',
  cure: 'if it is meant to stay, as with a removed block, all is well; else take it out of there, so that it goes with its stack',
});
