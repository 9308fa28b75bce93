import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const script = join(__dirname, '../../../tools/memory/load-unload.mjs');

test('memory of an isolated model comes back when it is unloaded, again and again', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--rounds', '10', '--megabytes', '20']);
  const { idle, peak, end } = JSON.parse(stdout) as { idle: number; peak: number; end: number };
  // The model's 20 MB are held twice while it is loaded, and its process has an engine of its own.
  expect(peak).toBeGreaterThan(idle + 20);
  expect(end).toBeLessThanOrEqual(idle + 20);
}, 120_000);
