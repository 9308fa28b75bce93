// Loads and unloads a large model again and again, and tells what the server's processes hold at the end.
//   node tools/memory/load-unload.mjs [--rounds 200] [--megabytes 100] [--lane worker|process] [--allocator]
// With --allocator the server runs with the allocator's settings of the image (src/runtime/Dockerfile).
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeModel } from './large-model.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    megabytes: { type: 'string', default: '100' },
    lane: { type: 'string', default: 'process' },
    allocator: { type: 'boolean', default: false },
  },
});
const allocator = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '65536', MALLOC_MMAP_THRESHOLD_: '65536' };
const root = mkdtempSync(join(tmpdir(), 'plinth-memory-'));
const side = writeModel(join(root, 'large/1/model.onnx'), Number(flags.megabytes));
if (flags.lane === 'process')
  writeFileSync(join(root, 'large/config.pbtxt'), 'parameters { key: "isolated" value { string_value: "true" } }');
const main = fileURLToPath(new URL('../../src/runtime/dist/main.js', import.meta.url));
const args = [
  'serve',
  '--model-repository',
  root,
  '--model-control',
  'explicit',
  '--workers',
  '1',
  '--host',
  '127.0.0.1',
];
const ports = [
  '--http-port',
  '0',
  '--grpc-port',
  '0',
  '--metrics-port',
  '0',
  '--drain-delay-seconds',
  '0',
  '--log-level',
  'warn',
];
const server = spawn(process.execPath, [main, ...args, ...ports, '--ready-when-empty'], {
  env: { ...process.env, ...(flags.allocator ? allocator : {}) },
  stdio: ['ignore', 'pipe', 'inherit'],
});

/** Megabytes of resident memory of the server and its processes; shared pages count for each. */
function memory() {
  const family = new Set([server.pid]);
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  for (const pid of all)
    try {
      const parent = Number(
        readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ')[1],
      );
      if (family.has(parent)) family.add(Number(pid));
    } catch {
      // It has ended in the meantime.
    }
  let sum = 0;
  for (const pid of family) sum += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  return Math.round(sum / 1024);
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
try {
  const [line] = await new Promise((resolve) =>
    createInterface({ input: server.stdout }).once('line', (text) => resolve([text])),
  );
  const { http } = JSON.parse(line).listening;
  const post = async (path, body) => {
    const answer = await fetch(`${http}/v2/${path}`, { method: 'POST', body });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const row = JSON.stringify({
    inputs: [{ name: 'X', datatype: 'FP32', shape: [1, side], data: new Array(side).fill(1) }],
  });
  await pause(2000);
  const idle = memory();
  let peak = idle;
  for (let round = 1; round <= Number(flags.rounds); round++) {
    await post('repository/models/large/load');
    await post('models/large/infer', row);
    peak = Math.max(peak, memory());
    await post('repository/models/large/unload');
    if (round % 20 === 0) process.stderr.write(`round ${round}: ${memory()} MB\n`);
  }
  await pause(3000);
  const end = memory();
  const { lane, rounds, megabytes } = flags;
  process.stdout.write(
    `${JSON.stringify({ lane, rounds, megabytes, allocator: flags.allocator, idle, peak, end, above: end - idle })}\n`,
  );
} finally {
  server.kill('SIGTERM');
  rmSync(root, { recursive: true, force: true });
}
