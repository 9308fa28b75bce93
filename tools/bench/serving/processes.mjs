// Starts the programs that are measured, on a core of their own where the machine has two, and reads what they use.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
export const scratch = mkdtempSync(join(tmpdir(), 'plinth-bench-'));
export const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
export const pinned = cpus().length >= 2 && has('taskset');
const children = new Set();

export const progress = (text) => process.stderr.write(`${text}\n`);
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a program; `core` undefined: it may use every core. What it prints is thrown away unless `stdout` is "pipe". */
export function launch(core, command, args, { stdout = 'ignore', stderr = 'inherit', ...options } = {}) {
  const [program, rest] =
    pinned && core !== undefined ? ['taskset', ['-c', String(core), command, ...args]] : [command, args];
  const child = spawn(program, rest.map(String), { stdio: ['ignore', stdout, stderr], ...options });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** Starts a program that prints where it listens as a line of JSON. */
export async function listening(core, command, args, options) {
  const child = launch(core, command, args, { ...options, stdout: 'pipe' });
  for await (const line of createInterface({ input: child.stdout }))
    return { child, pid: child.pid, urls: JSON.parse(line).listening };
  throw new Error(`${args[0]} ended before it listened`);
}

/** Runs a program to its end; gives what it printed. */
export function output(core, command, args) {
  return new Promise((resolve, reject) => {
    const child = launch(core, command, args, { stdout: 'pipe' });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`${command} ended with ${code}`))));
  });
}

/** The model server, once it is ready. */
export async function plinth(core, repository, extra = []) {
  const ports = ['--http-port', 0, '--grpc-port', 0, '--metrics-port', 0, '--host', '127.0.0.1'];
  const more = ['--drain-delay-seconds', 0, '--log-level', 'warn', '--scratch', join(scratch, 'serve'), ...extra];
  const main = join(root, 'src/runtime/dist/main.js');
  const args = [main, 'serve', '--model-repository', repository, ...ports, ...more];
  const server = await listening(core, process.execPath, args);
  while (!(await fetch(`${server.urls.http}/v2/health/ready`)).ok) await sleep(50);
  return server;
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const stat = (pid) =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');

/** The process and all that descend from it. */
function tree(pid) {
  const parents = new Map();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      parents.set(Number(entry), Number(stat(entry)[1]));
    } catch {
      // It ended while the list was read.
    }
  const found = [pid];
  for (const each of found) for (const [child, parent] of parents) if (parent === each) found.push(child);
  return found;
}

/** Seconds of processor time that a process and all its descendants, ended ones too, have used. */
export function cpuSeconds(pid) {
  const ticks = (each) =>
    stat(each)
      .slice(11, 15)
      .reduce((sum, value) => sum + Number(value), 0);
  return tree(pid).reduce((sum, each) => sum + ticks(each), 0) / 100;
}

/** Resident memory of a process and its descendants, in MB; pages they share count once (PSS). */
export function megabytes(pid) {
  const kilobytes = (each) => Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${each}/smaps_rollup`, 'utf8'))[1]);
  return tree(pid).reduce((sum, each) => sum + kilobytes(each), 0) / 1024;
}

/** Ends a program and its descendants. */
export function stop({ pid }) {
  for (const each of tree(pid).reverse())
    try {
      process.kill(each, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
}

export function cleanUp() {
  for (const child of [...children]) if (child.pid !== undefined) stop(child);
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
}
