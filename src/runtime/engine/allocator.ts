/**
 * Settings of glibc's allocator with which the memory of unloaded models comes back (mallopt(3)); it reads them once, when a
 * process starts. The image sets them.
 */
export const allocatorSettings = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '65536',
  MALLOC_MMAP_THRESHOLD_: '65536',
} as const;

/** What is said when some are not set at all; other values are somebody's choice. */
export function allocatorNote(env: NodeJS.ProcessEnv): string | undefined {
  const missing = Object.entries(allocatorSettings).flatMap(([name, value]) => (name in env ? [] : `${name}=${value}`));
  return missing.length === 0 ? undefined : `memory of unloaded models comes back sooner with ${missing.join(' ')}`;
}
