import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Workplace } from '../../../src/rehearsal/workplace';

test('what was opened last is closed first, the folder goes, and no listener stays', async () => {
  const listeners = () => (['exit', 'SIGINT', 'SIGTERM'] as const).map((event) => process.listenerCount(event));
  const before = listeners();
  const place = new Workplace();
  expect(statSync(place.folder).mode & 0o777).toBe(0o700);
  expect(join(place.folder, 'hashicorp-kubernetes.sock').length).toBeLessThan(108);
  writeFileSync(join(place.folder, 'file'), '');
  const closed: number[] = [];
  for (const n of [1, 2]) place.onClose(() => void closed.push(n));
  await place.close();
  await place.close();
  expect(closed).toEqual([2, 1]);
  expect(existsSync(place.folder)).toBe(false);
  expect(listeners()).toEqual(before);
});
