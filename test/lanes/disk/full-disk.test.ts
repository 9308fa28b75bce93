import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { payloadEvent } from '@plinth/contract';
import { call, infer, input, until, workshop } from '../../src/runtime/support/serving';

// The compiled program, as it is deployed.
const main = join(__dirname, '../../../src/runtime/dist/main.js');
const shop = workshop();
let child: ChildProcessWithoutNullStreams | undefined;
afterAll(() => child?.kill('SIGKILL'));

/** Runs a script with mounts of its own; who is not root is root among them only. */
function apart(script: string, args: readonly string[]): ChildProcessWithoutNullStreams {
  const flags = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  return spawn('unshare', [...flags, 'sh', '-euc', script, 'sh', ...args]);
}

test('a full disk under the payload log fails no request; what fits in memory is written when there is room again', async () => {
  const [repository, log] = [shop.repository('scale'), join(shop.folder(), 'log')];
  mkdirSync(log);
  const script = `
    log=$1; shift
    mount -t tmpfs -o size=256k none "$log"
    head -c 1M /dev/zero > "$log/filler" || true
    exec "$@"`;
  const settings = ['--payload-log-location', log, '--payload-log-flush-seconds', '0.05'];
  const limits = ['--payload-log-max-pending-bytes', '20000', '--drain-delay-seconds', '0'];
  const ports = ['--host', '127.0.0.1', '--http-port', '0', '--grpc-port', '0', '--metrics-port', '0'];
  const command = [main, 'serve', '--model-repository', repository, ...settings, ...limits, ...ports];
  const started = apart(script, [log, process.execPath, ...command]);
  child = started;
  let [out, err] = ['', ''];
  started.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  started.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  await until(() => out.includes('\n'));
  const { listening } = JSON.parse(out) as { listening: { http: string; metrics: string } };
  await until(async () => (await call(`${listening.http}/v2/health/ready`)).status === 200);
  // The disk as the server sees it.
  const seen = `/proc/${started.pid}/root${log}`;
  expect(statfsSync(seen).bavail).toBe(0);

  const ask = async (): Promise<number> =>
    (await infer(listening.http, 'scale', { inputs: [input('X', 'FP32', [1, 4], [1, 2, 3, 4])] })).status;
  for (let i = 0; i < 100; i++) expect(await ask()).toBe(200);
  await until(() => /no space left on device/.test(err));
  const dropped = async (): Promise<number> =>
    Number(/^plinth_payload_dropped_total (\d+)$/m.exec((await call(`${listening.metrics}/metrics`)).text)?.[1]);
  expect(await dropped()).toBeGreaterThan(0);
  expect((await call(`${listening.http}/v2/health/ready`)).status).toBe(200);

  rmSync(join(seen, 'filler'));
  const written = (): number =>
    readdirSync(seen, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.jsonl$/.test(name) && !/(^|\/)\./.test(name))
      .flatMap((name) => readFileSync(join(seen, name), 'utf8').trim().split('\n'))
      .map((line) => payloadEvent.parse(JSON.parse(line))).length;
  const lost = await dropped();
  await until(() => written() === 100 - lost);
  expect(await ask()).toBe(200);
  await until(() => written() === 101 - lost);
  expect(await dropped()).toBe(lost);
  // No halves are left behind.
  expect(readdirSync(join(seen, 'scale')).filter((name) => name.startsWith('.'))).toEqual([]);
  started.kill('SIGTERM');
  await until(() => started.exitCode !== null);
  expect(started.exitCode).toBe(0);
});
