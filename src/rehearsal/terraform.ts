import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { PlinthError } from '@plinth/contract';

/**
 * Terraform or OpenTofu: what `TERRAFORM_BINARY_NAME` names (as for cdktf), else `terraform`, else `tofu` on the PATH.
 * @returns the path of the executable
 * @throws PlinthError `terraform-missing`
 */
export function findTerraform(env: NodeJS.ProcessEnv = process.env): string {
  const asked = env['TERRAFORM_BINARY_NAME'];
  const names = asked === undefined || asked === '' ? ['terraform', 'tofu'] : [asked];
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    const places = isAbsolute(name) || name.includes('/') ? [name] : folders.map((folder) => join(folder, name));
    const found = places.find(executable);
    if (found !== undefined) return found;
  }
  throw new PlinthError({
    code: 'terraform-missing',
    what: `${names.join(' and ')} cannot be found`,
    where: asked === undefined || asked === '' ? 'PATH' : 'TERRAFORM_BINARY_NAME',
    why: 'a rehearsal runs the real Terraform',
    cure:
      'install Terraform 1.10 or later (https://developer.hashicorp.com/terraform/install) or OpenTofu ' +
      '(https://opentofu.org/docs/intro/install), so that it is on the PATH, or name it in TERRAFORM_BINARY_NAME',
  });
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** How a command ended. */
export interface Ended {
  /** 1 where a signal ended it. */
  readonly code: number;
  /** Present where something outside ended it: a person, or a system that ran out of memory. */
  readonly signal?: NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Every line of standard output as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Run the command through the shell, as cdktf does with an app's command. */
  readonly shell?: boolean;
  /** Told as soon as the process runs; with its number, which is also that of its group. */
  readonly onStart?: ((pid: number) => void) | undefined;
}

/**
 * Runs a command to its end. When the signal aborts, the command is asked to stop (SIGTERM, so that Terraform gives its lock back),
 * and after ten seconds made to. Nothing that it started outlives it.
 */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted();
    // A group of its own: what a shell started is reached, and Ctrl-C comes from us alone, once.
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      shell: options.shell ?? false,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
    const out: string[] = [];
    const err: string[] = [];
    let rest = '';
    const send = (signal: NodeJS.Signals): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {
        // It has ended by itself.
      }
    };
    let killer: NodeJS.Timeout | undefined;
    const abort = (): void => {
      send('SIGTERM');
      killer = setTimeout(() => send('SIGKILL'), 10_000);
    };
    const exit = (): void => send('SIGKILL');
    options.signal?.addEventListener('abort', abort, { once: true });
    process.once('exit', exit);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out.push(text);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine?.(line);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
    const finish = (): void => {
      clearTimeout(killer);
      options.signal?.removeEventListener('abort', abort);
      process.removeListener('exit', exit);
    };
    child.once('error', (error) => {
      finish();
      reject(error);
    });
    // What it started and left behind would stay, and might hold its output open for ever.
    child.once('exit', () => {
      if (options.signal?.aborted !== true) send('SIGKILL');
    });
    child.once('close', (code, signal) => {
      finish();
      if (options.signal?.aborted === true) reject(options.signal.reason as Error);
      else
        resolve({
          code: code ?? 1,
          ...(signal !== null && { signal }),
          stdout: out.join(''),
          stderr: err.join(''),
        });
    });
  });
}
