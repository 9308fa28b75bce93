// Measures the model server, as ratios in one interleaved run, and prints a Markdown table, then JSON.
//   node tools/bench/serving.mjs [--rounds 9] [--seconds 3] [--json]
// 1. The example MLP over JSON at 64 connections, with validation, metrics and the payload log on, against bare node:http +
//    onnxruntime-node. One core for the server, the other for the load; rounds alternate, medians are compared.
// 2. Health answers while a slow model keeps every worker thread busy.
// The load comes from wrk where it is on the PATH, and from autocannon otherwise.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get, Agent, request as httpRequest } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(flags.rounds);
const seconds = Number(flags.seconds);
const connections = 64;
const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const pinned = cpus().length >= 2 && has('taskset');
const generator = has('wrk') ? 'wrk' : 'autocannon';
const onCore = (core, command, args) =>
  pinned ? ['taskset', ['-c', String(core), command, ...args]] : [command, args];
const scratch = mkdtempSync(join(tmpdir(), 'plinth-bench-'));
const children = [];

function progress(text) {
  process.stderr.write(`${text}\n`);
}

/** Starts a program that prints where it listens. */
async function start(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout }))
    return { pid: child.pid, url: JSON.parse(line).listening.http };
  throw new Error(`${args[0]} ended before it listened`);
}

function serve(repository, core, extra = []) {
  const main = join(root, 'src/runtime/dist/main.js');
  const args = [
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
    '0',
  ];
  const node = [main, ...args, '--drain-delay-seconds', '0', '--log-level', 'warn', ...extra];
  return core === undefined ? start(process.execPath, node) : start(...onCore(core, process.execPath, node));
}

function call(url, { method = 'GET', body, agent } = {}) {
  return new Promise((resolve, reject) => {
    const send = method === 'GET' ? get : httpRequest;
    const outgoing = send(url, { method, agent }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, text }));
    });
    outgoing.on('error', reject);
    if (method !== 'GET') outgoing.end(body);
  });
}

async function untilReady(url) {
  for (let i = 0; i < 200; i++) {
    if ((await call(`${url}/v2/health/ready`)).status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} did not become ready`);
}

/** Seconds of processor time that a process has used. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Requests a second over some seconds, and requests for each second of the server's processor time. */
async function load({ url, pid }, path, body, duration) {
  const before = cpuSeconds(pid);
  const measured =
    generator === 'wrk' ? await wrk(url + path, body, duration) : await autocannon(url + path, body, duration);
  if (measured.failed > 0) throw new Error(`${measured.failed} requests failed at ${url}`);
  return { ...measured, perCpuSecond: measured.requests / (cpuSeconds(pid) - before) };
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}

async function wrk(url, body, duration) {
  const script = join(scratch, 'post.lua');
  writeFileSync(
    script,
    `wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = ${JSON.stringify(body)}
function done(s, l)
  local e = s.errors
  io.write(string.format('RESULT {"requests":%d,"seconds":%f,"failed":%d,"p50":%f,"p99":%f}\\n', s.requests, s.duration / 1e6,
    e.status + e.read + e.write + e.connect + e.timeout, l:percentile(50) / 1000, l:percentile(99) / 1000))
end\n`,
  );
  const text = await run(...onCore(1, 'wrk', ['-t1', `-c${connections}`, `-d${duration}s`, '-s', script, url]));
  const result = JSON.parse(/RESULT (.*)/.exec(text)[1]);
  return { ...result, rps: result.requests / result.seconds };
}

async function autocannon(url, body, duration) {
  const file = join(scratch, 'body.json');
  writeFileSync(file, body);
  const bin = join(root, 'node_modules/autocannon/autocannon.js');
  const args = [
    bin,
    '-m',
    'POST',
    '-H',
    'content-type=application/json',
    '-c',
    connections,
    '-d',
    duration,
    '-i',
    file,
    '-j',
    url,
  ];
  const result = JSON.parse(await run(...onCore(1, process.execPath, args.map(String))));
  const { requests, latency, errors, timeouts, non2xx } = result;
  return {
    requests: requests.total,
    rps: requests.average,
    failed: errors + timeouts + non2xx,
    p50: latency.p50,
    p99: latency.p99,
  };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const percentile = (numbers, share) => [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) * share)];

async function throughput() {
  const model = join(root, 'examples/models/tumour/1/model.onnx');
  const row = readFileSync(join(root, 'examples/models/tumour/heldout.csv'), 'utf8')
    .split('\n')[1]
    .split(',')
    .slice(0, 30);
  const body = `{"inputs":[{"name":"features","datatype":"FP32","shape":[1,30],"data":[${row.join(',')}]}]}`;
  const repository = join(scratch, 'repository');
  cpSync(join(root, 'examples/models/tumour/1'), join(repository, 'tumour/1'), { recursive: true });
  const bare = await start(...onCore(0, process.execPath, [join(root, 'tools/bench/serving-bare.mjs'), model]));
  const plinth = await serve(repository, 0, ['--payload-log-location', join(scratch, 'payloads')]);
  await untilReady(plinth.url);
  const path = '/v2/models/tumour/infer';
  const answers = await Promise.all([bare, plinth].map(({ url }) => call(url + path, { method: 'POST', body })));
  if (answers[0].text !== answers[1].text)
    throw new Error(`the answers differ: ${answers.map(({ text }) => text).join(' / ')}`);
  const servers = { bare, plinth };
  const measured = { bare: [], plinth: [] };
  for (const name of ['bare', 'plinth']) await load(servers[name], path, body, 3);
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? ['bare', 'plinth'] : ['plinth', 'bare'])
      measured[name].push(await load(servers[name], path, body, seconds));
    progress(
      `round ${round + 1} of ${rounds}: bare ${measured.bare[round].rps.toFixed(0)}/s, plinth ${measured.plinth[round].rps.toFixed(0)}/s`,
    );
  }
  const of = (name, key) => median(measured[name].map((each) => each[key]));
  const ratio = (key) => median(measured.plinth.map((each, i) => each[key] / measured.bare[i][key]));
  const summary = (name) => ({
    rps: of(name, 'rps'),
    p50: of(name, 'p50'),
    p99: of(name, 'p99'),
    perCpuSecond: of(name, 'perCpuSecond'),
  });
  return {
    bare: summary('bare'),
    plinth: summary('plinth'),
    ratioRps: ratio('rps'),
    ratioPerCpuSecond: ratio('perCpuSecond'),
  };
}

async function healthUnderLoad() {
  const repository = join(scratch, 'slow');
  mkdirSync(repository);
  cpSync(join(root, 'test/fixtures/runtime/models/slow'), join(repository, 'slow'), { recursive: true });
  const { url } = await serve(repository);
  await untilReady(url);
  const infer = `${url}/v2/models/slow/infer`;
  const body = (count) => `{"inputs":[{"name":"rounds","datatype":"INT64","shape":[1],"data":[${count}]}]}`;
  const timed = async (count) => {
    const begin = performance.now();
    await call(infer, { method: 'POST', body: body(count) });
    return performance.now() - begin;
  };
  await timed(1000);
  const each = (await timed(2000)) / 2000;
  const count = Math.round(500 / each);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const health = `${url}/v2/health/live`;
  let busy = true;
  const runs = [];
  const loops = Array.from({ length: 4 }, async () => {
    while (busy) runs.push(await timed(count));
  });
  const times = [];
  const end = performance.now() + 10_000;
  while (performance.now() < end) {
    const begin = performance.now();
    const { status } = await call(health, { agent });
    if (status !== 200) throw new Error(`health answered ${status}`);
    times.push(performance.now() - begin);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  busy = false;
  await Promise.all(loops);
  agent.destroy();
  return {
    samples: times.length,
    slowRuns: runs.length,
    slowMs: median(runs),
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    max: percentile(times, 1),
  };
}

try {
  const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version, generator, pinned };
  progress(`load from ${generator}, ${pinned ? 'server on core 0 and load on core 1' : 'not pinned'}`);
  const mlp = await throughput();
  progress('health while a slow model runs ...');
  const health = await healthUnderLoad();
  const n = (value, digits = 2) => value.toFixed(digits);
  const rowOf = (name, { rps, p50, p99, perCpuSecond }) =>
    `| ${name} | ${n(rps, 0)} | ${n(p50)} | ${n(p99)} | ${n(perCpuSecond, 0)} |`;
  const table = [
    `MLP of 30 features, JSON, ${connections} connections, ${rounds} interleaved rounds of ${seconds} s (medians)`,
    '',
    '| server | requests/s | p50 ms | p99 ms | requests per CPU second |',
    '|---|---|---|---|---|',
    rowOf('bare node:http + onnxruntime-node', mlp.bare),
    rowOf('plinth-runtime (validation, metrics, payload log)', mlp.plinth),
    `| **ratio** (target 0.5) | **${n(mlp.ratioRps)}** | | | **${n(mlp.ratioPerCpuSecond)}** |`,
    '',
    '| while a slow model runs | |',
    '|---|---|',
    `| one run of the slow model, 4 at once, ms | ${n(health.slowMs, 0)} |`,
    `| health p50 / p99 / max, ms (target p99 < 10) | ${n(health.p50)} / **${n(health.p99)}** / ${n(health.max)} |`,
    '',
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load by ${generator}${pinned ? ', pinned' : ''}`,
    '',
  ].join('\n');
  const ok = mlp.ratioRps >= 0.5 && health.p99 < 10;
  const errors = ok
    ? []
    : [
        {
          code: 'too-slow',
          what: 'a target is missed',
          where: 'bench:serving',
          why: 'see the table',
          cure: 'profile the server',
        },
      ];
  const document = { schemaVersion: 1, ok, result: { machine, mlp, health }, errors };
  if (!flags.json) process.stdout.write(`${table}\n`);
  process.stdout.write(`${JSON.stringify(document)}\n`);
  process.exitCode = ok ? 0 : 1;
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
}
