import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { call, until } from '../../src/runtime/support/serving';

/** A real MLflow server with its own client, gone after the test file. Call at the top of the file. */
export function mlflowServer(): {
  url(): string;
  /** Calls a method of MLflow's client, or a function of mlflow-client.py. */
  client<T>(method: string, args: Record<string, unknown>): Promise<T>;
  /** Ends the server before the test file does. */
  stop(): Promise<void>;
} {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-mlflow-'));
  const python = process.env['PLINTH_PYTHON'] ?? 'python3';
  const env = {
    ...process.env,
    MLFLOW_DISABLE_TELEMETRY: 'true',
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
    // MLflow says "Waiting ..." on standard error.
    MLFLOW_LOGGING_LEVEL: 'ERROR',
  };
  let server: ChildProcess;
  let driver: ChildProcess;
  let url = '';
  let said = '';
  const waiting: { method: string; resolve: (answer: never) => void; reject: (error: Error) => void }[] = [];

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const where = [
      '--backend-store-uri',
      `sqlite:///${folder}/mlflow.db`,
      '--artifacts-destination',
      `${folder}/files`,
    ];
    const args = ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1', ...where];
    // In a group of its own: the server's workers are its children, and end with it.
    server = spawn(python, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [server.stdout, server.stderr])
      stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(async () => {
      if (server.exitCode !== null) throw new Error(`MLflow ended: ${said}`);
      return (await call(`${url}/health`).catch(() => undefined))?.status === 200;
    });
    driver = spawn(python, [join(__dirname, 'mlflow-client.py'), url], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    if (driver.stdout === null) throw new Error('there is no output to read');
    createInterface(driver.stdout).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line) as never));
    driver.once('exit', () => {
      for (const { method, reject } of waiting.splice(0)) reject(new Error(`MLflow's client ended in ${method}`));
    });
  }, 120_000);

  const stop = async (): Promise<void> => {
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    process.kill(-server.pid, 'SIGTERM');
    await ended;
  };
  afterAll(async () => {
    driver.kill();
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  return {
    url: () => url,
    stop,
    client: (method, args) =>
      new Promise((resolve, reject) => {
        if (driver.exitCode !== null) return reject(new Error(`MLflow's client had ended before ${method}`));
        waiting.push({ method, resolve, reject });
        driver.stdin?.write(`${JSON.stringify({ call: method, arguments: args })}\n`);
      }),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
