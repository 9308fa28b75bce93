import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { computeThreads, quotaCores } from '../../../../src/runtime/operation/quota';

const root = mkdtempSync(join(tmpdir(), 'plinth-quota-'));
afterAll(() => rmSync(root, { recursive: true }));

function group(name: string, files: Record<string, string>): string {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, file)), { recursive: true });
    writeFileSync(join(root, name, file), content);
  }
  return join(root, name);
}

test.each<[string, Record<string, string>, number | undefined]>([
  ['version 2', { 'cpu.max': '250000 100000\n' }, 2.5],
  ['version 2 without limit', { 'cpu.max': 'max 100000\n' }, undefined],
  ['version 1', { 'cpu/cpu.cfs_quota_us': '50000\n', 'cpu/cpu.cfs_period_us': '100000\n' }, 0.5],
  ['version 1 without limit', { 'cpu/cpu.cfs_quota_us': '-1\n', 'cpu/cpu.cfs_period_us': '100000\n' }, undefined],
  ['no control group', { unrelated: '' }, undefined],
])('%s', (name, files, cores) => {
  expect(quotaCores(group(name, files))).toBe(cores);
});

test('threads are whole, at least one, and never more than there are cores', () => {
  expect(computeThreads(group('half', { 'cpu.max': '50000 100000' }))).toBe(1);
  expect(computeThreads(group('many', { 'cpu.max': '99900000 100000' }))).toBe(availableParallelism());
  expect(computeThreads(group('unlimited', { 'cpu.max': 'max 100000' }))).toBe(availableParallelism());
});
