// Measures the model server against its peers, as ratios in one interleaved run, and prints Markdown tables, then JSON.
//   node tools/bench/serving.mjs [--rounds 3] [--seconds 3] [--only a,b,c,d,e,f] [--json]
// a: the example MLP as JSON at 64 connections; b: a tensor of 600 kB in binary form at 8; c: both over gRPC (grpc.mjs);
// d: rows a second of a 25 ms model on both cores; e: health and metrics while a 500 ms model runs; f: idle memory.
// Needs wrk (and h2load for c). PLINTH_BENCH_PYTHON: the interpreter of an environment with mlserver, nvidia-pytriton and
// onnxruntime; a peer that is not in it is named as not installed.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { report, table } from './lib.mjs';
import { idleMemory, probesUnderLoad, rowsOnBothCores } from './serving/engine.mjs';
import { imageInBinary, mlpOverJson } from './serving/http.mjs';
import { versions } from './serving/peers.mjs';
import { cleanUp, has, output, pinned, root } from './serving/processes.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'a,b,c,d,e,f' },
    json: { type: 'boolean', default: false },
  },
});
const options = { rounds: Number(flags.rounds), seconds: Number(flags.seconds) };
const n = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(2));
const installed = (name) => (versions[name] === undefined ? 'not installed' : versions[name]);
const labels = {
  bare: 'bare node:http + onnxruntime-node',
  plinth:
    'plinth-runtime (validation, metrics, a tenth of payloads logged; batching as in the peers, where they have it)',
  'plinth-logs-all': 'plinth-runtime, every payload logged',
  'plinth-one-by-one': 'plinth-runtime without batching, its default',
  pytriton: 'PyTriton, the same ONNX model',
  triton: 'Triton, the same ONNX model in its Python backend',
  'triton-echo': 'Triton, bare identity in its Python backend',
  mlserver: 'MLServer, the same ONNX model',
};

/** The table of a comparison over HTTP; `targets`: server -> least ratio. */
function httpTable(title, { servers, ratios }, targets) {
  const row = (name) => {
    const each = servers[name];
    if (each === undefined) return [labels[name], 'not installed', '', '', '', '', ''];
    const { rps, perCpuSecond } = ratios[name] ?? {};
    const least = targets[name] === undefined ? '' : ` (target ${targets[name]})`;
    const ratio = rps === undefined ? ['', ''] : [`**${n(rps)}**${least}`, n(perCpuSecond)];
    return [labels[name], n(each.rps), n(each.p50), n(each.p99), n(each.perCpuSecond), ...ratio];
  };
  const names = [...new Set([...Object.keys(servers), ...Object.keys(targets)])];
  const head = ['server', 'requests/s', 'p50 ms', 'p99 ms', 'per CPU second', 'plinth : it', 'the same per CPU second'];
  return [title, '', table(head, names.map(row)), ''];
}
const reached = ({ ratios }, targets) =>
  Object.entries(targets).every(([name, least]) => ratios[name] === undefined || ratios[name].rps >= least);

const sections = {
  async a() {
    const targets = { bare: 0.7, pytriton: 5, 'triton-echo': 1, mlserver: 12 };
    const result = await mlpOverJson(options);
    return {
      result,
      ok: reached(result, targets),
      lines: httpTable('MLP of 30 features, JSON, 64 connections', result, targets),
    };
  },
  async b() {
    const targets = { bare: 0.6, pytriton: 3 };
    const result = await imageInBinary(options);
    const lines = httpTable('Tensor of 600 kB, identity model, binary extension, 8 connections', result, targets);
    return { result, ok: reached(result, targets), lines };
  },
  async c() {
    if (!has('h2load')) return { result: null, ok: true, lines: ['gRPC: h2load is not installed', ''] };
    const args = ['--rounds', flags.rounds, '--seconds', flags.seconds];
    const text = await output(undefined, process.execPath, [join(root, 'tools/bench/grpc.mjs'), ...args]);
    const begin = text.indexOf('\n{');
    const { result, ok } = JSON.parse(text.slice(begin));
    return { result, ok, lines: ['gRPC', '', text.slice(0, begin).trim(), ''] };
  },
  async d() {
    const result = await rowsOnBothCores(options);
    const rows = Object.entries(result.rps).map(([name, rps]) => {
      const ratio = result.ratios[name];
      return [
        name,
        n(rps),
        ratio === undefined ? '' : `**${n(ratio)}** (target 0.9)`,
        n(result.mlpRunsPerSecond[name] ?? NaN),
      ];
    });
    const head = ['25 ms model on both cores', 'rows/s', 'plinth : it', 'runs/s of the MLP on one core, no server'];
    const lines = [
      table(
        head,
        rows.map((row) => row.map((cell) => (cell === 'NaN' ? '' : cell))),
      ),
      '',
    ];
    return { result, ok: Object.values(result.ratios).every((ratio) => ratio >= 0.9), lines };
  },
  async e() {
    const result = await probesUnderLoad(options);
    const rows = Object.entries(result.probes).map(([name, { samples, p50, p99, max }]) => [
      name,
      samples,
      n(p50),
      `**${n(p99)}**`,
      n(max),
    ]);
    const head = ['while a 500 ms model runs at full load', 'samples', 'p50 ms', 'p99 ms (target < 10)', 'max ms'];
    return { result, ok: Object.values(result.probes).every(({ p99 }) => p99 < 10), lines: [table(head, rows), ''] };
  },
  async f() {
    const result = await idleMemory();
    return {
      result,
      ok: result.megabytes < 120,
      lines: [`Idle memory without a model: **${n(result.megabytes)} MB** (target < 120)`, ''],
    };
  },
};

if (!has('wrk')) {
  process.stderr.write('wrk is not installed (Debian: wrk)\n');
  process.exit(1);
}
try {
  const done = {};
  for (const name of flags.only.split(',')) done[name] = await sections[name]();
  const where = pinned ? 'server on core 0, load on core 1 (d, e and f: not pinned)' : 'not pinned';
  report({
    name: 'serving',
    ok: Object.values(done).every(({ ok }) => ok),
    result: {
      ...options,
      cpu: cpus()[0].model,
      pinned,
      versions,
      ...Object.fromEntries(Object.entries(done).map(([name, each]) => [name, each.result])),
    },
    markdown: [
      `${flags.rounds} interleaved rounds of ${flags.seconds} s, medians; load by wrk, ${where}.`,
      `Peers: ${Object.keys(versions)
        .map((name) => `${name} ${installed(name)}`)
        .join(', ')}. Triton's own ONNX backend cannot be had outside its image: not proven against it.`,
      '',
      ...Object.values(done).flatMap(({ lines }) => lines),
    ],
  });
} finally {
  cleanUp();
}
