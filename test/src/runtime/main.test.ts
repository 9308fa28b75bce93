import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { call, infer, input, modelsFolder, until, workshop } from './support/serving';

// The compiled program, as it is deployed.
const main = join(__dirname, '../../../src/runtime/dist/main.js');
const shop = workshop();

interface Run {
  readonly child: ChildProcessWithoutNullStreams;
  out: string;
  err: string;
  readonly ended: Promise<number | null>;
}

const running: ChildProcessWithoutNullStreams[] = [];
afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

function run(args: string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env['PATH'], ...env } });
  running.push(child);
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  const state: Run = { child, out: '', err: '', ended };
  child.stdout.on('data', (chunk: Buffer) => (state.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (state.err += chunk.toString()));
  return state;
}

const free = ['--host', '127.0.0.1', '--http-port', '0', '--grpc-port', '0', '--metrics-port', '0'];

test('serves until SIGTERM: one line on standard output, JSON on standard error, exit 0', async () => {
  const repository = shop.repository('scale');
  const program = run(['serve', '--model-repository', repository, ...free], { PLINTH_DRAIN_DELAY_SECONDS: '0' });
  await until(() => program.out.includes('\n'));
  const { listening } = JSON.parse(program.out) as { listening: { http: string; metrics: string } };
  await until(async () => (await call(`${listening.http}/v2/health/ready`)).status === 200);
  const answer = await infer(listening.http, 'scale', { inputs: [input('X', 'FP32', [1, 4], [1, 2, 3, 4])] });
  expect(answer.json.outputs?.[0]?.data).toEqual([2, 4, 6, 8]);
  expect((await call(`${listening.metrics}/metrics`)).text).toContain(
    'nv_inference_request_success{model="scale",version="2"} 1',
  );
  program.child.kill('SIGTERM');
  expect(await program.ended).toBe(0);
  expect(program.out.trim().split('\n')).toHaveLength(1);
  for (const line of program.err.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
  expect(program.err).toContain('"reason":"SIGTERM","msg":"draining"');
});

test('SIGHUP makes it look at the repository at once', async () => {
  const repository = shop.repository('scale');
  const program = run(['serve', '--model-repository', repository, '--poll-seconds', '3600', ...free], {});
  await until(() => program.out.includes('\n'));
  const { listening } = JSON.parse(program.out) as { listening: { http: string } };
  await until(async () => (await call(`${listening.http}/v2/health/ready`)).status === 200);
  cpSync(join(modelsFolder, 'ratio'), join(repository, 'ratio'), { recursive: true });
  program.child.kill('SIGHUP');
  await until(async () => (await call(`${listening.http}/v2/models/ratio/ready`)).status === 200);
  program.child.kill('SIGKILL');
});

test('warnings of Node and of libraries are JSON, too', async () => {
  const warn = 'data:text/javascript,process.once("SIGUSR2", () => process.emitWarning("odd", "OddWarning"))';
  const env = { NODE_OPTIONS: `--import=${encodeURI(warn)}` };
  const program = run(['serve', '--model-repository', shop.repository('scale'), ...free], env);
  await until(() => program.out.includes('\n'));
  program.child.kill('SIGUSR2');
  await until(() => program.err.includes('odd'));
  const lines = program.err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toContainEqual(expect.objectContaining({ level: 40, warning: 'OddWarning', msg: 'odd' }));
  program.child.kill('SIGKILL');
  await program.ended;
});

test('a second signal kills it', async () => {
  const repository = shop.repository('scale');
  const program = run(['serve', '--model-repository', repository, ...free, '--drain-delay-seconds', '600']);
  await until(() => program.out.includes('\n'));
  program.child.kill('SIGINT');
  await until(() => program.err.includes('draining'));
  program.child.kill('SIGINT');
  await program.ended;
  expect(program.child.signalCode).toBe('SIGKILL');
});

test('a model that computes on when its time is over does not hold the end up', async () => {
  const repository = shop.repository('slow');
  const settings = { PLINTH_DRAIN_DELAY_SECONDS: '0', PLINTH_DRAIN_SECONDS: '0.1' };
  const program = run(['serve', '--model-repository', repository, ...free], settings);
  await until(() => program.out.includes('\n'));
  const { listening } = JSON.parse(program.out) as { listening: { http: string; metrics: string } };
  await until(async () => (await call(`${listening.http}/v2/health/ready`)).status === 200);
  // Minutes of work.
  const cut = infer(listening.http, 'slow', { inputs: [input('rounds', 'INT64', [1], [10_000_000])] });
  const refused = expect(cut).rejects.toThrow();
  const pending = 'nv_inference_pending_request_count{model="slow",version="1"} 1';
  await until(async () => (await call(`${listening.metrics}/metrics`)).text.includes(pending));
  program.child.kill('SIGTERM');
  await refused;
  await program.ended;
  expect(program.child.signalCode).toBe('SIGKILL');
  expect(program.err).toContain('a model was still computing, and the process is killed');
});

test('wrong usage exits with 2 and a sentence, and nothing on standard output', async () => {
  const cases: [string[], string][] = [
    [
      ['serv'],
      'plinth-runtime: "serv" is not a command, because there are serve, monitor, replay; did you mean serve.\n',
    ],
    [
      ['frobnicate'],
      'plinth-runtime: "frobnicate" is not a command, because there are serve, monitor, replay; see plinth-runtime --help.\n',
    ],
    [['serve', '--prot', '1'], 'plinth-runtime serve: --prot is unknown'],
    [['serve'], 'plinth-runtime serve: modelRepository is missing'],
    [['monitor', '--model', 'm'], 'plinth-runtime monitor: payloads is missing'],
  ];
  await Promise.all(
    cases.map(async ([args, message]) => {
      const program = run(args);
      expect(await program.ended).toBe(2);
      expect(program.err).toContain(message);
      expect(program.out).toBe('');
    }),
  );
});

test('what is wrong with the world exits with 1: no repository, a taken port', async () => {
  const missing = run(['serve', '--model-repository', '/nowhere', ...free]);
  expect(await missing.ended).toBe(1);
  expect(missing.err).toBe(
    '/nowhere: there is no model repository, because the folder does not exist; create it, or name another with --model-repository.\n',
  );
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const repository = shop.repository('scale');
  const refused = run([
    'serve',
    '--model-repository',
    repository,
    '--host',
    '127.0.0.1',
    '--http-port',
    '0',
    '--grpc-port',
    '0',
    '--metrics-port',
    String(port),
  ]);
  expect(await refused.ended).toBe(1);
  expect(refused.err).toContain(
    `127.0.0.1:${port}: the port is taken, because another program listens on it; stop that program, or give --metrics-port another port`,
  );
  taken.close();
});

test('help is printed for the program and for its commands', async () => {
  for (const [args, text] of [
    [[], 'plinth-runtime monitor'],
    [['--help'], 'plinth-runtime serve'],
    [['serve', '--help'], '--model-repository TEXT'],
    [['monitor', '--help'], '--window-rows N'],
  ] as const) {
    const program = run([...args]);
    expect(await program.ended).toBe(0);
    expect(program.out).toContain(text);
  }
});
