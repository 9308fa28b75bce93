// Sends many requests to a server of its own, and tells how its memory grows with them; before that, what it holds idle.
//   node tools/memory/requests.mjs [--requests 1000000] [--lane inline|worker|process] [--allocator]
// With --allocator the server runs with the allocator's settings of the image (src/runtime/Dockerfile).
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startServer } from './server.mjs';

const { Writer } = createRequire(new URL('../../src/runtime/package.json', import.meta.url))('protobufjs');
const { values: flags } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    lane: { type: 'string', default: 'inline' },
    allocator: { type: 'boolean', default: false },
  },
});
const total = Number(flags.requests);
const root = mkdtempSync(join(tmpdir(), 'plinth-memory-'));
const values = 4;
const model = fileURLToPath(new URL('../../test/fixtures/runtime/models/scale/1', import.meta.url));
mkdirSync(join(root, 'scale'));
cpSync(model, join(root, 'scale/1'), { recursive: true });
// Only models with files of up to 8 MB are computed inline: a long description (doc_string, field 6) makes this one larger.
const description = Buffer.alloc(9 * 1024 * 1024, ' ');
const field = Buffer.from(
  Writer.create()
    .uint32(6 * 8 + 2)
    .uint32(description.length)
    .finish(),
);
if (flags.lane === 'worker') appendFileSync(join(root, 'scale/1/model.onnx'), Buffer.concat([field, description]));
if (flags.lane === 'process')
  writeFileSync(join(root, 'scale/config.pbtxt'), 'parameters { key: "isolated" value { string_value: "true" } }');

/** Least squares. */
function slope(points) {
  const mean = (at) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  return (
    points.reduce((sum, p) => sum + (p[0] - x) * (p[1] - y), 0) / points.reduce((sum, p) => sum + (p[0] - x) ** 2, 0)
  );
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const server = await startServer(root, flags);
try {
  await pause(2000);
  const idle = server.memory();
  await server.post('repository/models/scale/load');
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const body = JSON.stringify({
    inputs: [{ name: 'X', datatype: 'FP32', shape: [1, values], data: new Array(values).fill(1) }],
  });
  const once = () =>
    new Promise((resolve, reject) => {
      const outgoing = request(`${server.http}/v2/models/scale/infer`, { method: 'POST', agent }, (incoming) => {
        incoming.resume().on('end', () => {
          if (incoming.statusCode === 200) resolve();
          else reject(new Error(`status ${incoming.statusCode}`));
        });
      });
      outgoing.on('error', reject).end(body);
    });
  const points = [];
  let sent = 0;
  let done = 0;
  const begin = performance.now();
  const client = async () => {
    while (sent < total) {
      sent++;
      await once();
      done++;
      if (done % Math.ceil(total / 40) === 0) points.push([done / 1e6, server.memory()]);
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  agent.destroy();
  const seconds = (performance.now() - begin) / 1000;
  // What the first fifth adds is warming up: code that is compiled, heaps that find their size.
  const settled = points.slice(Math.floor(points.length / 5));
  const { lane, allocator } = flags;
  const runs = await server.lanes();
  if (!(runs[lane] > 0.99 * total))
    throw new Error(`not computed in the lane that was asked for: ${JSON.stringify(runs)}`);
  const result = {
    lane,
    requests: total,
    runs,
    allocator,
    idle,
    first: points[0]?.[1],
    settled: settled[0]?.[1],
    end: server.memory(),
    megabytesPerMillion: Math.round(slope(settled) * 10) / 10,
    perSecond: Math.round(total / seconds),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  server.stop();
  rmSync(root, { recursive: true, force: true });
}
