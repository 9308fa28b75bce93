import { availableParallelism } from 'node:os';

/**
 * Works on items at the same time, each as soon as those that it waits for are done; otherwise in the order in which they are given.
 * Where one fails, nothing more is begun, and what runs comes to its end first.
 * @param waitsFor names; what is not among the items is not waited for. Never in a circle.
 * @param lanes how many at the same time. Default: as many as there are cores, and at least two.
 * @throws what the first one that failed has thrown
 */
export async function sideBySide<T extends { readonly name: string }>(
  items: readonly T[],
  waitsFor: (item: T) => readonly string[],
  act: (item: T) => Promise<void>,
  lanes = Math.max(2, availableParallelism()),
): Promise<void> {
  const open = new Map(items.map((item) => [item.name, item]));
  const running = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  const waiting = (item: T): boolean => waitsFor(item).some((name) => open.has(name) || running.has(name));
  while (running.size > 0 || (open.size > 0 && failures.length === 0)) {
    for (const item of [...open.values()]) {
      if (failures.length > 0 || running.size >= lanes) break;
      if (waiting(item)) continue;
      open.delete(item.name);
      const done = act(item)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => running.delete(item.name));
      running.set(item.name, done);
    }
    await Promise.race(running.values());
  }
  if (failures.length > 0) throw failures[0];
}
