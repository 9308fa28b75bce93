// Sends malformed requests to every endpoint of the model server, over REST and gRPC, and tells what came of it. Fails on a crash,
// on a 500 or its like (a client's mistake is never the server's), on no answer, and when a valid request is not answered after all.
//   node tools/fuzz/fuzz.mjs [--requests 20000] [--seed 1] [--show]
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect as connectHttp2, constants } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type } from '../../src/runtime/dist/proto/load.js';
import { grpc, rest } from './corpus.mjs';
import { chance, mutateBytes, mutateDocument, mutateText } from './mutate.mjs';

const { values: flags } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    show: { type: 'boolean', default: false },
  },
});
const total = Number(flags.requests);
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

const repository = mkdtempSync(join(tmpdir(), 'plinth-fuzz-'));
const models = join(root, 'test/fixtures/runtime/models');
for (const name of ['scale', 'ratio', 'halves', 'int64', 'uint64', 'int8', 'bool', 'bytes'].map((each) =>
  /\d|bool|bytes/.test(each) ? `identity_${each}` : each,
))
  cpSync(join(models, name), join(repository, name), { recursive: true });
cpSync(join(models, 'scale'), join(repository, 'batched'), { recursive: true });
writeFileSync(
  join(repository, 'batched/config.pbtxt'),
  'max_batch_size: 16 dynamic_batching {} response_cache { enable: true }',
);
mkdirSync(join(repository, 'chain'));
writeFileSync(
  join(repository, 'chain/config.pbtxt'),
  `platform: "ensemble" max_batch_size: 8
   input { name: "in" data_type: TYPE_FP32 dims: 4 } output { name: "out" data_type: TYPE_FP32 dims: 4 }
   ensemble_scheduling { step { model_name: "scale" input_map { key: "X" value: "in" } output_map { key: "Y" value: "out" } } }`,
);

const args = [
  'serve',
  '--model-repository',
  repository,
  '--host',
  '127.0.0.1',
  '--workers',
  '1',
  '--poll-seconds',
  '3600',
];
const rest0 = [
  '--http-port',
  '0',
  '--grpc-port',
  '0',
  '--metrics-port',
  '0',
  '--drain-delay-seconds',
  '0',
  '--log-level',
  'fatal',
];
const server = spawn(
  process.execPath,
  [join(root, 'src/runtime/dist/main.js'), ...args, ...rest0, '--max-request-bytes', '100000'],
  {
    stdio: ['ignore', 'pipe', 'pipe'],
  },
);
let crashed;
let last = '';
server.stderr.on('data', (chunk) => (last = (last + chunk).slice(-3000)));
server.on('exit', (code, signal) => (crashed = `the server ended with ${code ?? signal}: ${last}`));
const line = await new Promise((resolve) => createInterface({ input: server.stdout }).once('line', resolve));
const { http, grpc: grpcAt } = JSON.parse(line).listening;
const port = Number(new URL(http).port);

const failures = [];
const statuses = new Map();
const count = (name) => statuses.set(name, (statuses.get(name) ?? 0) + 1);
const fail = (why, what) => {
  if (failures.length < 20) failures.push({ why, what });
};
const megabytes = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
const dice = chance(Number(flags.seed));

const agent = new Agent({ keepAlive: true, maxSockets: 8 });
/** Characters that Node's client itself would refuse to send. */
const sendable = (text) => text.replace(/[^\x21-\x7e]/g, (odd) => encodeURIComponent(odd));

function overHttp() {
  const base = dice.one(rest);
  let { method, path } = base;
  const headers = { ...base.headers };
  let body = base.body;
  if (body !== undefined && !Buffer.isBuffer(body))
    body = dice.often(0.6) ? mutateDocument(body, dice) : mutateBytes(JSON.stringify(body), dice);
  else if (body !== undefined && dice.often(0.8)) body = mutateBytes(body, dice);
  if (dice.often(0.15)) path = sendable(mutateText(path, dice));
  if (dice.often(0.05)) method = dice.one(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH']);
  if (dice.often(0.1))
    headers[dice.one(['inference-header-content-length', 'content-encoding', 'accept-encoding', 'content-type', 'traceparent', 'plinth-timeout', 'authorization'])] =
      sendable(mutateText(dice.one(['gzip', '0', '16', '100', 'deflate', 'identity', 'application/json']), dice)); // prettier-ignore
  const shown = { method, path, headers, body: Buffer.isBuffer(body) ? body.toString('base64') : body };
  return new Promise((resolve) => {
    const outgoing = request(
      { port, host: '127.0.0.1', method, path: path || '/', headers, agent, timeout: 20_000 },
      (incoming) => {
        const { statusCode } = incoming;
        let text = '';
        incoming.on('data', (chunk) => statusCode === 500 && (text += chunk));
        incoming.on('end', () => {
          count(`HTTP ${statusCode}`);
          if (statusCode === 500) fail(`500: ${text}`, shown);
          resolve();
        });
        incoming.on('error', () => resolve());
      },
    );
    outgoing.on('timeout', () => {
      fail('no answer within 20 s', shown);
      outgoing.destroy();
    });
    outgoing.on('error', (error) => {
      // The server may cut a connection whose body it does not want; it answers before.
      count(`HTTP ${error.code ?? 'cut'}`);
      resolve();
    });
    outgoing.end(body);
  });
}

/** Bytes that are no HTTP, or half of it. */
function overTcp() {
  const text = dice.one(['GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'POST /v2/models/scale/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{}', 'POST /v2/models/scale/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']); // prettier-ignore
  return new Promise((resolve) => {
    const socket = connect(dice.often(0.5) ? port : Number(grpcAt.split(':')[1]), '127.0.0.1');
    socket.setTimeout(100, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      if (/^HTTP\/1.1 500/.test(chunk.toString('latin1'))) fail('500', text);
    });
    socket.on('close', () => {
      count('TCP');
      resolve();
    });
    socket.end(mutateBytes(Buffer.from(text), dice));
  });
}

let session;
function overGrpc() {
  if (session === undefined || session.closed || session.destroyed) {
    session = connectHttp2(`http://${grpcAt}`);
    session.on('error', () => undefined);
  }
  const [method, name, fields] = dice.one(grpc);
  const encoded = Buffer.from(type(name).encode(type(name).fromObject(fields)).finish());
  const message = dice.often(0.9) ? mutateBytes(encoded, dice) : encoded;
  const head = Buffer.from([0, 0, 0, 0, 0]);
  head.writeUInt32BE(message.length, 1);
  let frame = Buffer.concat([head, message]);
  if (dice.often(0.1)) frame = mutateBytes(frame, dice);
  const shown = { method, frame: frame.toString('base64') };
  return new Promise((resolve) => {
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: dice.often(0.02) ? 'GET' : 'POST',
      [constants.HTTP2_HEADER_PATH]: `/inference.GRPCInferenceService/${dice.often(0.02) ? sendable(mutateText(method, dice)) : method}`,
      'content-type': dice.often(0.02) ? 'text/plain' : 'application/grpc',
      te: 'trailers',
      ...(dice.often(0.05) ? { 'grpc-timeout': sendable(mutateText('1S', dice)) } : {}),
      ...(dice.often(0.05) ? { 'grpc-encoding': dice.one(['gzip', 'deflate', 'identity', 'br']) } : {}),
    });
    const judge = (headers) => {
      const status = headers['grpc-status'];
      if (status === undefined) return;
      count(`gRPC ${status}`);
      if (status === '2' || status === '13') fail(`gRPC ${status}: ${headers['grpc-message']}`, shown);
    };
    stream.setTimeout(20_000, () => {
      fail('no answer within 20 s', shown);
      stream.close();
    });
    stream
      .on('response', judge)
      .on('trailers', judge)
      .on('error', () => undefined)
      .resume();
    stream.on('close', resolve);
    if (dice.often(0.02)) stream.close(constants.NGHTTP2_CANCEL);
    else stream.end(frame);
  });
}

const valid = () =>
  new Promise((resolve) => {
    const outgoing = request(
      { port, host: '127.0.0.1', method: 'POST', path: '/v2/models/scale/infer', agent },
      (incoming) => {
        incoming.resume().on('end', () => resolve(incoming.statusCode === 200));
      },
    );
    outgoing.on('error', () => resolve(false));
    outgoing.end(JSON.stringify(rest[0].body));
  });

for (let i = 0; i < 200 && !(await valid()); i++) await new Promise((resolve) => setTimeout(resolve, 50));
const begin = Date.now();
const memory = [];
let sent = 0;
const loop = async () => {
  while (sent < total && crashed === undefined) {
    if (++sent % Math.max(1, Math.floor(total / 50)) === 0) {
      memory.push([sent, megabytes()]);
      if (flags.show || total >= 200_000) process.stderr.write(`${sent}: ${memory.at(-1)[1].toFixed(0)} MB\n`);
    }
    const way = dice.next();
    await (way < 0.01 ? overTcp() : way < 0.3 ? overGrpc() : overHttp());
  }
};
await Promise.all(Array.from({ length: 8 }, loop));
if (crashed !== undefined) fail(crashed, 'the last requests');
else if (!(await valid())) fail('a valid request is not answered any more', rest[0]);

/** Megabytes per million requests, by least squares over the second half: the first warms up. */
function slope() {
  const half = memory.slice(Math.floor(memory.length / 2));
  const mean = (list) => list.reduce((sum, each) => sum + each, 0) / list.length;
  const [x, y] = [mean(half.map(([at]) => at)), mean(half.map(([, mb]) => mb))];
  const over = half.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  return over === 0 ? 0 : (half.reduce((sum, [at, mb]) => sum + (at - x) * (mb - y), 0) / over) * 1e6;
}
const result = {
  requests: sent,
  seed: Number(flags.seed),
  seconds: Math.round((Date.now() - begin) / 1000),
  statuses: Object.fromEntries([...statuses].sort()),
  megabytes: { first: memory[0]?.[1], last: memory.at(-1)?.[1], perMillionRequests: slope() },
  failures,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
session?.destroy();
agent.destroy();
server.kill('SIGKILL');
rmSync(repository, { recursive: true, force: true });
process.exit(failures.length === 0 ? 0 : 1);
