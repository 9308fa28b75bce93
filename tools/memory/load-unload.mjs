// Loads and unloads a large model again and again, and tells what the server's processes hold at the end.
//   node tools/memory/load-unload.mjs [--rounds 200] [--megabytes 100] [--lane worker|process] [--allocator]
// With --allocator the server runs with the allocator's settings of the image (src/runtime/Dockerfile).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeModel } from './large-model.mjs';
import { startServer } from './server.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    megabytes: { type: 'string', default: '100' },
    lane: { type: 'string', default: 'process' },
    allocator: { type: 'boolean', default: false },
  },
});
const root = mkdtempSync(join(tmpdir(), 'plinth-memory-'));
const side = writeModel(join(root, 'large/1/model.onnx'), Number(flags.megabytes));
if (flags.lane === 'process')
  writeFileSync(join(root, 'large/config.pbtxt'), 'parameters { key: "isolated" value { string_value: "true" } }');
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const server = await startServer(root, flags);
try {
  const row = JSON.stringify({
    inputs: [{ name: 'X', datatype: 'FP32', shape: [1, side], data: new Array(side).fill(1) }],
  });
  await pause(2000);
  const idle = server.memory();
  let peak = idle;
  for (let round = 1; round <= Number(flags.rounds); round++) {
    await server.post('repository/models/large/load');
    await server.post('models/large/infer', row);
    peak = Math.max(peak, server.memory());
    await server.post('repository/models/large/unload');
    if (round % 20 === 0) process.stderr.write(`round ${round}: ${server.memory()} MB\n`);
  }
  await pause(3000);
  const end = server.memory();
  const { lane, rounds, megabytes } = flags;
  process.stdout.write(
    `${JSON.stringify({ lane, rounds, megabytes, allocator: flags.allocator, idle, peak, end, above: end - idle })}\n`,
  );
} finally {
  server.stop();
  rmSync(root, { recursive: true, force: true });
}
