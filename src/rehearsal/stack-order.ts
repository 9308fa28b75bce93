import { stateReads } from './state';
import type { SynthesizedStack } from './synth';

/**
 * For each stack, those that have to stand before it: what it depends on, and, of the stacks before it, whose state it reads and what
 * makes a type that it looks up. A program that forgot such a dependency is rehearsed the same way every time nevertheless.
 */
export function waitsFor(stacks: readonly SynthesizedStack[]): ReadonlyMap<string, readonly string[]> {
  const reads = stateReads(stacks);
  return new Map(
    stacks.map((stack, i) => {
      const wanted = new Set(typesOf(stack.json.data));
      const made = stacks
        .slice(0, i)
        .filter(
          ({ name, json }) =>
            reads.get(stack.name)?.has(name) === true || typesOf(json.resource).some((type) => wanted.has(type)),
        )
        .map(({ name }) => name);
      return [stack.name, [...new Set([...stack.dependsOn, ...made])]];
    }),
  );
}

/** The same Kubernetes object can be made under its old name and looked up under the one with a version. */
const typesOf = (of: Readonly<Record<string, unknown>> | undefined): string[] =>
  Object.keys(of ?? {}).map((type) => type.replace(/_v\d+$/, ''));
