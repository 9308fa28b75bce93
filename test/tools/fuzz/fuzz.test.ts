import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const fuzzer = join(__dirname, '../../../tools/fuzz/fuzz.mjs');

test('malformed requests over REST and gRPC get no 500, crash nothing, and leave the server answering', () => {
  const { stdout } = spawnSync(process.execPath, [fuzzer, '--requests', '20000', '--seed', '11'], {
    encoding: 'utf8',
    timeout: 240_000,
  });
  const { requests, statuses, failures } = JSON.parse(stdout) as {
    requests: number;
    statuses: Record<string, number>;
    failures: unknown[];
  };
  expect(failures).toEqual([]);
  expect(requests).toBe(20_000);
  // It reaches what lies behind the checks, too.
  for (const status of ['HTTP 200', 'HTTP 400', 'HTTP 404', 'gRPC 0', 'gRPC 3'])
    expect(statuses[status]).toBeGreaterThan(10);
}, 300_000);
