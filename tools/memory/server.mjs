// A server with its models' folder, one worker and no model loaded, to measure.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const settings = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '65536', MALLOC_MMAP_THRESHOLD_: '65536' };
const main = fileURLToPath(new URL('../../src/runtime/dist/main.js', import.meta.url));
const local = { host: '127.0.0.1', 'http-port': 0, 'grpc-port': 0, 'metrics-port': 0, workers: 1 };
const quiet = { 'model-control': 'explicit', 'drain-delay-seconds': 0, 'log-level': 'warn' };

export async function startServer(folder, { allocator = false } = {}) {
  const flags = Object.entries({ 'model-repository': folder, ...local, ...quiet });
  const args = flags.flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn(process.execPath, [main, 'serve', ...args, '--ready-when-empty'], {
    env: { ...process.env, ...(allocator ? settings : {}) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).once('line', resolve);
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const { http, metrics } = JSON.parse(line).listening;
  return {
    http,
    memory: () => memory(server.pid),
    /** Runs by lane, as the server counts them. */
    lanes: async () => {
      const text = await (await fetch(`${metrics}/metrics`)).text();
      const runs = [...text.matchAll(/^plinth_\S*lane\S*\{[^}]*lane="(\w+)"[^}]*\} (\d+)/gm)];
      return Object.fromEntries(runs.map(([, lane, count]) => [lane, Number(count)]));
    },
    stop: () => server.kill('SIGTERM'),
    post: async (path, body) => {
      const answer = await fetch(`${http}/v2/${path}`, { method: 'POST', body });
      if (!answer.ok) throw new Error(await answer.text());
    },
  };
}

/** Megabytes of resident memory of a process and its children; shared pages count for each. */
function memory(root) {
  const family = [root];
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each)))
    try {
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      if (Number(parent) === root) family.push(Number(name));
    } catch {
      // It has ended in the meantime.
    }
  let kilobytes = 0;
  for (const pid of family)
    try {
      kilobytes += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      // So has this one.
    }
  return Math.round(kilobytes / 1024);
}
