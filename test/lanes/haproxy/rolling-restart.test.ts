import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { call, until, workshop } from '../../src/runtime/support/serving';
import { GrpcClient } from '../../src/runtime/support/grpc';

const shop = workshop();
const main = join(__dirname, '../../../src/runtime/dist/main.js');
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface Replica {
  readonly http: number;
  readonly grpc: number;
  child: ChildProcess;
}

/** A replica on its own ports, ready. */
async function start(repository: string, http: number, grpc: number): Promise<ChildProcess> {
  const args = ['serve', '--model-repository', repository, '--host', '127.0.0.1', '--workers', '1'];
  const ports = ['--http-port', String(http), '--grpc-port', String(grpc), '--metrics-port', '0'];
  const child = spawn(
    process.execPath,
    [main, ...args, ...ports, '--drain-delay-seconds', '2', '--log-level', 'error'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  children.push(child);
  await once(createInterface({ input: child.stdout as Readable }), 'line');
  await until(async () => (await call(`http://127.0.0.1:${http}/v2/health/ready`)).status === 200);
  return child;
}

async function balancer(replicas: readonly Replica[]): Promise<{ http: number; grpc: number }> {
  const [http, grpc] = [await freePort(), await freePort()];
  const config = join(shop.folder(), 'haproxy.cfg');
  const servers = (port: (replica: Replica) => number, more: string): string =>
    replicas.map((each, at) => `  server r${at} 127.0.0.1:${port(each)} check port ${each.http} ${more}`).join('\n');
  // No retries and no redispatch: what is lost is lost.
  writeFileSync(
    config,
    `defaults
  mode http
  retries 0
  timeout connect 2s
  timeout client 30s
  timeout server 30s
  option httpchk GET /v2/health/ready
  default-server inter 100ms fall 1 rise 1
frontend http
  bind 127.0.0.1:${http}
  default_backend http
backend http
${servers(({ http: port }) => port, '')}
frontend grpc
  bind 127.0.0.1:${grpc} proto h2
  default_backend grpc
backend grpc
${servers(({ grpc: port }) => port, 'proto h2 check-proto h1')}
`,
  );
  const proxy = spawn('haproxy', ['-db', '-f', config], { stdio: ['ignore', 'ignore', 'ignore'] });
  children.push(proxy);
  await until(async () => {
    try {
      return (await call(`http://127.0.0.1:${http}/v2/health/ready`)).status === 200;
    } catch {
      return false;
    }
  });
  return { http, grpc };
}

const body = JSON.stringify({ inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4], data: [1, 2, 3, 4] }] });

/** One request without a second try. */
const ask = (agent: Agent, port: number): Promise<string> =>
  new Promise((resolve) => {
    const outgoing = request(
      { agent, port, host: '127.0.0.1', path: '/v2/models/scale/infer', method: 'POST' },
      (incoming) => {
        incoming.resume().on('end', () => resolve(String(incoming.statusCode)));
        incoming.on('error', (error) => resolve(error.message));
      },
    );
    outgoing.on('error', (error) => resolve(error.message));
    outgoing.end(body);
  });

const values = Buffer.from(Float32Array.of(1, 2, 3, 4).buffer);
const message = {
  model_name: 'scale',
  inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4] }],
  raw_input_contents: [values],
};

test('replicas that are restarted one after the other behind HAProxy lose no request', async () => {
  const repository = shop.repository('scale');
  const replicas: Replica[] = [];
  for (let i = 0; i < 2; i++) {
    const [http, grpc] = [await freePort(), await freePort()];
    replicas.push({ http, grpc, child: await start(repository, http, grpc) });
  }
  const front = await balancer(replicas);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  // grpc-js tries a call again that never left it; here every call is tried once.
  const client = new GrpcClient(`127.0.0.1:${front.grpc}`, { 'grpc.enable_retries': 0 });
  const outcomes = { http: new Map<string, number>(), grpc: new Map<string, number>() };
  const count = (kind: 'http' | 'grpc', outcome: string): void =>
    void outcomes[kind].set(outcome, (outcomes[kind].get(outcome) ?? 0) + 1);
  let going = true;
  const loops = [
    ...Array.from({ length: 8 }, async () => {
      while (going) count('http', await ask(agent, front.http));
    }),
    ...Array.from({ length: 4 }, async () => {
      while (going)
        count(
          'grpc',
          await client.call('ModelInfer', message).then(
            () => '200',
            (error: unknown) => (error as Error).message,
          ),
        );
    }),
  ];
  for (const replica of [...replicas, ...replicas]) {
    replica.child.kill('SIGTERM');
    expect(await once(replica.child, 'exit')).toEqual([0, null]);
    replica.child = await start(repository, replica.http, replica.grpc);
    // HAProxy is to have seen it before the other one goes.
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  going = false;
  await Promise.all(loops);
  agent.destroy();
  client.close();
  expect([...outcomes.http.keys()]).toEqual(['200']);
  expect([...outcomes.grpc.keys()]).toEqual(['200']);
  expect(outcomes.http.get('200')).toBeGreaterThan(500);
  expect(outcomes.grpc.get('200')).toBeGreaterThan(100);
});
