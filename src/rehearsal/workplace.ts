import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlinthError } from '@plinth/contract';

/** What a Unix socket's path may have, less the longest name that a provider's socket has here. */
const longest = 107 - '/hashicorp-kubernetes.sock'.length;

/** A folder of its own, with a path short enough for sockets in it. */
function made(): string {
  const within = tmpdir();
  const refuse = (what: string, why: string): PlinthError =>
    new PlinthError({
      code: 'workplace-unusable',
      what,
      where: within,
      why,
      cure: 'set TMPDIR to a folder that can be written to and has a short path, such as /tmp',
    });
  let folder: string;
  try {
    folder = realpathSync(mkdtempSync(join(within, 'plinth-')));
  } catch (error) {
    throw refuse('no temporary folder can be made here', error instanceof Error ? error.message : String(error));
  }
  if (Buffer.byteLength(folder) <= longest) return folder;
  rmSync(folder, { recursive: true });
  throw refuse(
    'the path of a temporary folder here is too long',
    `a socket in it could not be opened: ${longest} bytes are left for the folder`,
  );
}

/** A temporary folder, and what must end before it goes: on close, and when this process ends in any way that can be seen. */
export class Workplace {
  readonly folder = made();
  private readonly closing: (() => void | Promise<void>)[] = [];
  private readonly remove = (): void => rmSync(this.folder, { recursive: true, force: true });
  private readonly interrupted = (signal: NodeJS.Signals): void => {
    this.remove();
    // Whoever else listens decides how the process ends; alone, we end it as the signal would have.
    if (process.listenerCount(signal) <= 1) process.exit(signal === 'SIGINT' ? 130 : 143);
  };

  /** @throws PlinthError `workplace-unusable` */
  constructor() {
    process.on('exit', this.remove);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, this.interrupted);
  }

  onClose(end: () => void | Promise<void>): void {
    this.closing.push(end);
  }

  async close(): Promise<void> {
    for (const end of this.closing.splice(0).reverse()) await end();
    this.remove();
    process.off('exit', this.remove);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, this.interrupted);
  }
}
