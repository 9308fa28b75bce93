import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker, type TransferListItem } from 'node:worker_threads';
import { allocatorSettings } from './allocator.js';
import type { WorkerAnswer, WorkerRequest } from './worker-messages.js';

/** Something that computes one request at a time, away from the event loop. */
export interface Computer {
  /** `thread` or `process`, for sentences. */
  readonly kind: 'thread' | 'process';
  /** Of a process. */
  readonly pid?: number | undefined;
  post(request: WorkerRequest, transfer: readonly TransferListItem[]): void;
  onAnswer(heard: (answer: WorkerAnswer) => void): void;
  onError(heard: (error: Error) => void): void;
  onExit(heard: () => void): void;
  /** Ends it at once. */
  end(): Promise<unknown>;
  /** Whether it lives no longer keeps the program alive. */
  unref(): void;
}

/** Run from TypeScript (tests, tsx), the compiled file stands in the package's dist. */
function compiled(name: string): string {
  const beside = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL(`../dist/engine/${name}.js`, import.meta.url));
}

/** A worker thread: values move without copies, and a native crash takes the server along. */
export function threadWorker(): Computer {
  const worker = new Worker(compiled('worker'), { name: 'plinth-lane' });
  return {
    kind: 'thread',
    post: (request, transfer) => worker.postMessage(request, transfer),
    onAnswer: (heard) => void worker.on('message', heard),
    onError: (heard) => void worker.on('error', heard),
    onExit: (heard) => void worker.on('exit', heard),
    end: () => worker.terminate(),
    unref: () => worker.unref(),
  };
}

/** Variables that a process of the engine may see: none of the server's secrets is among them. */
const passedOn = ['PATH', 'TZ', 'LANG', 'LC_ALL', ...Object.keys(allocatorSettings)];

/**
 * A process: values are copied to it and back, and what happens to it happens to nobody else. It ends with the server,
 * however that ends.
 * @param onLine hears what it writes to standard error
 */
export function processWorker(onLine: (line: string) => void): Computer {
  const env = Object.fromEntries(passedOn.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])));
  const child = fork(compiled('process-worker'), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env,
    execArgv: [],
  });
  if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', onLine);
  let ended = false;
  const gone = new Promise<void>((resolve) => {
    const end = (): void => {
      ended = true;
      resolve();
    };
    child.once('exit', end);
    // What the system refused to start never exits.
    child.once('error', () => child.pid === undefined && end());
  });
  return {
    kind: 'process',
    pid: child.pid,
    post: (request) => {
      // The exit is told by itself; a failed send says nothing more.
      child.send(request, () => undefined);
    },
    onAnswer: (heard) => void child.on('message', (message) => heard(message as WorkerAnswer)),
    onError: (heard) => void child.on('error', heard),
    onExit: (heard) => void gone.then(heard),
    end: () => {
      // Without a pid, Node would send the signal to process 0: the whole group of the server.
      if (!ended && child.pid !== undefined) child.kill('SIGKILL');
      return gone;
    },
    unref: () => child.unref(),
  };
}
