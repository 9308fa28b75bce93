import { Turns } from '../../../../src/runtime/engine/turns';

test('one comes after the other, whether it succeeds or not', async () => {
  const turns = new Turns();
  const done: string[] = [];
  const act =
    (name: string, fails = false) =>
    async (): Promise<string> => {
      done.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      done.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const all = await Promise.allSettled([turns.take(act('a')), turns.take(act('b', true)), turns.take(act('c'))]);
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(done).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});
