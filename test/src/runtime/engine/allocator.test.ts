import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allocatorSettings, allocatorNote } from '../../../../src/runtime/engine/allocator';

test('names what is not set, and leaves what somebody chose', () => {
  expect(allocatorNote({ MALLOC_ARENA_MAX: '8' })).toBe(
    'memory of unloaded models comes back sooner with MALLOC_TRIM_THRESHOLD_=65536 MALLOC_MMAP_THRESHOLD_=65536',
  );
  expect(allocatorNote(allocatorSettings)).toBeUndefined();
});

test('the image sets all of them', () => {
  const image = readFileSync(join(__dirname, '../../../../src/runtime/Dockerfile'), 'utf8');
  for (const [name, value] of Object.entries(allocatorSettings))
    expect(image).toMatch(new RegExp(`^(ENV)?\\s+.*\\b${name}=${value}\\b`, 'm'));
});
