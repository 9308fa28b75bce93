// Measures gRPC as ratios to a bare @grpc/grpc-js echo of the same messages (grpc-echo.mjs), and prints a Markdown table, then JSON.
//   node tools/bench/grpc.mjs [--rounds 5] [--seconds 3] [--json]
// The example MLP of 30 features at 64 calls in flight (8 connections of 8), and a raw tensor of 600 kB through an identity model at
// 8 connections. One core for the server, the other for the load, which comes from h2load; rounds alternate, medians are compared.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import grpc from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { batching } from './serving/workload.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
if (!has('h2load')) {
  process.stderr.write('h2load is not installed (Debian: nghttp2-client)\n');
  process.exit(1);
}
const pinned = cpus().length >= 2 && has('taskset');
const onCore = (core, command, args) =>
  pinned ? ['taskset', ['-c', String(core), command, ...args]] : [command, args];
const scratch = mkdtempSync(join(tmpdir(), 'plinth-bench-grpc-'));
const children = [];
const path = '/inference.GRPCInferenceService/ModelInfer';

const types = new protobuf.Root();
for (const name of ['model_config.proto', 'inference.proto'])
  protobuf.parse(readFileSync(join(root, 'src/runtime/proto', name), 'utf8'), types, { keepCase: true });
const encode = (fields) => {
  const type = types.lookupType('inference.ModelInferRequest');
  return Buffer.from(type.encode(type.fromObject(fields)).finish());
};

/** Starts a program that prints where it listens. */
async function start(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout }))
    return { pid: child.pid, url: JSON.parse(line).listening.grpc };
  throw new Error(`${args[0]} ended before it listened`);
}

function call(url, message) {
  const client = new grpc.Client(url, grpc.credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  const asIs = (bytes) => bytes;
  return new Promise((resolve, reject) =>
    client.makeUnaryRequest(path, asIs, asIs, message, (error, answer) => {
      client.close();
      if (error) reject(error);
      else resolve(answer);
    }),
  );
}

async function untilAnswered(url, message) {
  for (let i = 0; ; i++) {
    try {
      return await call(url, message);
    } catch (error) {
      if (i > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Seconds of processor time that a process has used. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
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

async function load({ url, pid }, body, { connections, streams }, seconds) {
  const before = cpuSeconds(pid);
  const headers = ['-H', 'content-type: application/grpc', '-H', 'te: trailers'];
  const shape = ['-c', connections, '-m', streams, '-t1', '-w', 24, '-W', 28, '-D', seconds].map(String);
  const text = await run(...onCore(1, 'h2load', [...shape, ...headers, '-d', body, `http://${url}${path}`]));
  const [, rps] = /finished in .*?, ([\d.]+) req\/s/.exec(text) ?? [];
  const [, done, failed, errored] =
    /(\d+) done, \d+ succeeded, (\d+) failed, (\d+) errored/.exec(
      text.replace(/requests: \d+ total, \d+ started, /, ''),
    ) ?? [];
  if (rps === undefined || Number(failed) > 0 || Number(errored) > 0) throw new Error(`the load failed:\n${text}`);
  return { rps: Number(rps), perCpuSecond: Number(done) / (cpuSeconds(pid) - before) };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

function frame(message) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

async function compare(label, repository, onnx, message, shape) {
  const body = join(scratch, `${label}.bin`);
  writeFileSync(body, frame(message));
  const main = join(root, 'src/runtime/dist/main.js');
  const args = ['serve', '--model-repository', repository, '--host', '127.0.0.1', '--http-port', '0'];
  const more = ['--grpc-port', '0', '--metrics-port', '0', '--drain-delay-seconds', '0', '--log-level', 'warn'];
  const plinth = await start(...onCore(0, process.execPath, [main, ...args, ...more]));
  const answer = await untilAnswered(plinth.url, message);
  const file = join(scratch, `${label}-answer.bin`);
  writeFileSync(file, answer);
  const echo = join(root, 'tools/bench/grpc-echo.mjs');
  const servers = {
    plinth,
    echo: await start(...onCore(0, process.execPath, [echo, file])),
    bytes: await start(...onCore(0, process.execPath, [echo, file, 'bytes'])),
    model: await start(...onCore(0, process.execPath, [echo, file, 'model', onnx])),
  };
  const names = Object.keys(servers);
  const measured = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) await load(servers[name], body, shape, 3);
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse())
      measured[name].push(await load(servers[name], body, shape, Number(flags.seconds)));
    process.stderr.write(
      `${label}, round ${round + 1}: ${names.map((n) => `${n} ${measured[n][round].rps}`).join(', ')}\n`,
    );
  }
  for (const child of children.splice(0)) child.kill('SIGTERM');
  const of = (name, key) => median(measured[name].map((each) => each[key]));
  const ratio = (to, key) => median(measured.plinth.map((each, i) => each[key] / measured[to][i][key]));
  return {
    label,
    rps: Object.fromEntries(names.map((name) => [name, of(name, 'rps')])),
    perCpuSecond: Object.fromEntries(names.map((name) => [name, of(name, 'perCpuSecond')])),
    ratio: { echo: ratio('echo', 'rps'), bytes: ratio('bytes', 'rps'), model: ratio('model', 'rps') },
    ratioPerCpuSecond: { echo: ratio('echo', 'perCpuSecond'), model: ratio('model', 'perCpuSecond') },
  };
}

async function all() {
  const mlp = join(scratch, 'mlp');
  cpSync(join(root, 'examples/models/tumour/1'), join(mlp, 'tumour/1'), { recursive: true });
  writeFileSync(join(mlp, 'tumour/config.pbtxt'), batching);
  const row = readFileSync(join(root, 'examples/models/tumour/heldout.csv'), 'utf8')
    .split('\n')[1]
    .split(',')
    .slice(0, 30);
  const features = Buffer.from(Float32Array.from(row, Number).buffer);
  const identity = join(scratch, 'identity');
  cpSync(join(root, 'test/fixtures/runtime/models/identity_fp32'), join(identity, 'identity_fp32'), {
    recursive: true,
  });
  const image = Buffer.from(new Float32Array(150_528).fill(0.5).buffer);
  const request = (model, name, shape, bytes) =>
    encode({ model_name: model, inputs: [{ name, datatype: 'FP32', shape }], raw_input_contents: [bytes] });
  return [
    await compare(
      'MLP of 30 features, 64 in flight',
      mlp,
      join(mlp, 'tumour/1/model.onnx'),
      request('tumour', 'features', [1, 30], features),
      {
        connections: 8,
        streams: 8,
      },
    ),
    await compare(
      'identity of a 600 kB tensor, 8 connections',
      identity,
      join(identity, 'identity_fp32/1/model.onnx'),
      request('identity_fp32', 'X', [75_264, 2], image),
      { connections: 8, streams: 1 },
    ),
  ];
}

try {
  const results = await all();
  const n = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(2));
  const rows = results.flatMap(({ label, rps, perCpuSecond, ratio, ratioPerCpuSecond }) => [
    `| ${label}: bare echo of bytes | ${n(rps.bytes)} | ${n(perCpuSecond.bytes)} |`,
    `| ${label}: bare echo that decodes and encodes | ${n(rps.echo)} | ${n(perCpuSecond.echo)} |`,
    `| ${label}: the same with onnxruntime-node | ${n(rps.model)} | ${n(perCpuSecond.model)} |`,
    `| ${label}: plinth-runtime | ${n(rps.plinth)} | ${n(perCpuSecond.plinth)} |`,
    `| **ratio to the echo** (target 0.8) | **${n(ratio.echo)}** | **${n(ratioPerCpuSecond.echo)}** |`,
    `| **ratio to the echo with onnxruntime-node** | **${n(ratio.model)}** | **${n(ratioPerCpuSecond.model)}** |`,
  ]);
  if (!flags.json)
    process.stdout.write(['| gRPC | calls/s | per CPU second |', '| --- | --- | --- |', ...rows, '', ''].join('\n'));
  const ok = results.every(({ ratio }) => ratio.echo >= 0.8);
  process.stdout.write(`${JSON.stringify({ schemaVersion: 1, ok, result: results, errors: [] }, null, 2)}\n`);
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
}
