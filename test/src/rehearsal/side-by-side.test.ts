import { sideBySide } from '../../../src/rehearsal/side-by-side';

interface Item {
  readonly name: string;
  readonly after?: readonly string[];
}

/** What began and what ended, in order; an item ends when everything that can begin beside it has begun. */
async function played(items: readonly Item[], lanes: number, failing?: string): Promise<string[]> {
  const told: string[] = [];
  await sideBySide(
    items,
    ({ after = [] }) => after,
    async ({ name }) => {
      told.push(`+${name}`);
      await new Promise((resolve) => setImmediate(resolve));
      if (name === failing) throw new Error(`${name} failed`);
      told.push(`-${name}`);
    },
    lanes,
  ).catch((error: unknown) => told.push(String(error)));
  return told;
}

const items: Item[] = [
  { name: 'a' },
  { name: 'b', after: ['a'] },
  { name: 'c' },
  { name: 'd', after: ['b', 'nobody'] },
];

test('what waits for nothing goes at the same time, the rest when its turn has come', async () => {
  expect(await played(items, 2)).toEqual(['+a', '+c', '-a', '+b', '-c', '-b', '+d', '-d']);
});

test('never more at the same time than there are lanes', async () => {
  expect(await played(items, 1)).toEqual(['+a', '-a', '+b', '-b', '+c', '-c', '+d', '-d']);
});

test('where one fails, what runs ends and nothing more begins', async () => {
  expect(await played(items, 2, 'a')).toEqual(['+a', '+c', '-c', 'Error: a failed']);
});
