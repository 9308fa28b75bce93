import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/**
 * Cores that the control group may use, from `cpu.max` (version 2) or `cpu.cfs_quota_us` (version 1);
 * undefined where nothing limits it.
 * @param root where the control group's files are mounted
 */
export function quotaCores(root = '/sys/fs/cgroup'): number | undefined {
  const [limit, period] = (read(`${root}/cpu.max`) ?? '').split(' ');
  return ratio(limit, period) ?? ratio(read(`${root}/cpu/cpu.cfs_quota_us`), read(`${root}/cpu/cpu.cfs_period_us`));
}

/** Version 2 says `max` and version 1 says -1 where there is no limit. */
function ratio(quota: string | undefined, period: string | undefined): number | undefined {
  return Number(quota) > 0 && Number(period) > 0 ? Number(quota) / Number(period) : undefined;
}

/**
 * Threads that compute at once without being throttled: at least 1.
 * Node's own count follows CPU affinity but not the quota, and the engine's default would be the host's cores.
 */
export function computeThreads(root?: string): number {
  return Math.max(1, Math.floor(Math.min(availableParallelism(), quotaCores(root) ?? Infinity)));
}
