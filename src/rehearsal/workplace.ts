import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder, and what must end before it goes: on close, and when this process ends in any way that can be seen. */
export class Workplace {
  /** Short, since a Unix socket's path may have 108 bytes at most. */
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'plinth-')));
  private readonly closing: (() => void | Promise<void>)[] = [];
  private readonly remove = (): void => rmSync(this.folder, { recursive: true, force: true });
  private readonly interrupted = (signal: NodeJS.Signals): void => {
    this.remove();
    // Whoever else listens decides how the process ends; alone, we end it as the signal would have.
    if (process.listenerCount(signal) <= 1) process.exit(signal === 'SIGINT' ? 130 : 143);
  };

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
