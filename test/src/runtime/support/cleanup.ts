import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';

/** What a test file makes, and what is gone after it. Call at the top of the file. */
export function cleanup(): {
  folder(): string;
  /** An HTTP server on a free port of this machine, and its URL. */
  http(handle: RequestListener): Promise<{ server: Server; url: string }>;
  after(task: () => unknown): void;
} {
  const tasks: (() => unknown)[] = [];
  afterAll(async () => {
    for (const task of tasks.reverse()) await task();
  });
  return {
    folder: () => {
      const made = mkdtempSync(join(tmpdir(), 'plinth-operation-'));
      tasks.push(() => rmSync(made, { recursive: true, force: true }));
      return made;
    },
    http: async (handle) => {
      const server = createServer(handle);
      tasks.push(() => {
        server.close();
        server.closeAllConnections();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    },
    after: (task) => void tasks.push(task),
  };
}

/** A logger whose lines a test can read. */
export function memoryLogger(level = 'debug'): {
  logger: Logger;
  lines: () => Record<string, unknown>[];
  text(): string;
} {
  const written: string[] = [];
  const logger = pino({ level }, { write: (line: string) => void written.push(line) });
  return {
    logger,
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => written.join(''),
  };
}

/** Waits for what becomes true by itself; after a minute it says what did not. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`this did not become true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
