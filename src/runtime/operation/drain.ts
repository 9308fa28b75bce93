import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Ends a server in two phases. First it is not ready but answers as before, while load balancers withdraw it; then it takes
 * no new connection, and those that are open are closed after their answer.
 * @param unready called first: readiness turns 503, and answers tell clients to close
 * @param delaySeconds length of the first phase
 * @param graceSeconds what requests in flight are given in the second; then they are cut
 * @returns whether every request in flight was answered
 */
export async function drain(
  server: Server,
  { unready, delaySeconds, graceSeconds }: { unready: () => void; delaySeconds: number; graceSeconds: number },
): Promise<boolean> {
  unready();
  await pause(delaySeconds * 1000);
  const closed = new Promise<true>((resolve) => server.close(() => resolve(true)));
  server.closeIdleConnections();
  const late = new AbortController();
  const inTime = await Promise.race([
    closed,
    pause(graceSeconds * 1000, false as const, { signal: late.signal }).catch(() => true),
  ]);
  late.abort();
  if (!inTime) server.closeAllConnections();
  await closed;
  return inTime;
}
