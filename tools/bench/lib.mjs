import { spawn } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

/** Runs a command to its end; gives wall seconds and the peak memory in MB of the process itself. */
export async function measured(command, args, options = {}) {
  const begin = process.hrtime.bigint();
  const child = spawn('/usr/bin/time', ['-f', '%M', command, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...options,
  });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${errors}`);
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  return { seconds, megabytes: Number(errors.trim().split('\n').at(-1)) / 1024 };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The machine, for the head of a table. */
export function machine() {
  const [cpu] = cpus();
  return `${cpus().length} x ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.versions.node}`;
}

/** A Markdown table. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * Ends a benchmark: its table as Markdown, then one line of JSON, in the form of every other command; with `--json` only
 * that. The exit code is 1 where a target is missed.
 */
export function report({ name, ok, result, markdown }) {
  if (!process.argv.includes('--json')) process.stdout.write(`${[...markdown, '', machine(), ''].join('\n')}\n`);
  const missed = {
    code: 'target-missed',
    where: `bench:${name}`,
    what: 'a target is missed',
    why: 'see the figures',
    cure: 'profile it',
  };
  process.stdout.write(
    `${JSON.stringify({ schemaVersion: 1, ok, result: { machine: machine(), ...result }, errors: ok ? [] : [missed] })}\n`,
  );
  process.exitCode = ok ? 0 : 1;
}
