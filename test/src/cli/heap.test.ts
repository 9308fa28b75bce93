import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

// What the flags are worth is measured by npm run bench:rehearsal; here, that V8 takes them while it runs.
test('V8 knows the flags that keep the heap small', () => {
  const heap = join(__dirname, '../../../src/cli/heap.ts');
  const program = `
    require(${JSON.stringify(heap)}).keepHeapSmall();
    let held = [];
    for (let i = 0; i < 3e5; i++) { held.push({ i, text: 'x' + i }); if (held.length > 1e4) held = []; }
    process.stdout.write('done');`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', 'tsx/cjs', '-e', program], {
    encoding: 'utf8',
    cwd: join(__dirname, '../../..'),
  });
  expect([status, stdout, stderr]).toEqual([0, 'done', '']);
});
