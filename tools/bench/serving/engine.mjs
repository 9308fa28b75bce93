// What the engine does with long runs: rows a second on both cores, answers of health and metrics meanwhile, and idle memory.
import { Agent } from 'node:http';
import { join } from 'node:path';
import { call, load } from './load.mjs';
import { python, versions } from './peers.mjs';
import { megabytes, output, plinth, progress, root, sleep, stop } from './processes.mjs';
import { median, mlpFile, percentile, repository, slow, slowFile } from './workload.mjs';

/** Rounds of the slow model that take so many ms on one idle core. */
async function roundsFor(url, ms) {
  await call(url + slow(1).path, slow(1));
  const timed = async (rounds) => {
    const begin = performance.now();
    await call(url + slow(1).path, slow(rounds));
    return performance.now() - begin;
  };
  await timed(1000);
  return Math.round(ms / (median([await timed(1000), await timed(1000), await timed(1000)]) / 1000));
}

async function raw(program, file, inputs, threads, seconds) {
  const args = [file, JSON.stringify(inputs), threads, seconds].map(String);
  const script = join(root, 'tools/bench/serving', program === python ? 'raw.py' : 'raw.mjs');
  return JSON.parse(await output(threads === 1 ? 0 : undefined, program, [script, ...args])).rps;
}

/** The raw runtimes that are installed: name -> interpreter. */
const runtimes = {
  'onnxruntime-node': process.execPath,
  ...(versions.onnxruntime === undefined ? {} : { 'onnxruntime in Python': python }),
};

/** (d) A model of 25 ms: rows a second on both cores, and the MLP on one core, without any server. */
export async function rowsOnBothCores({ rounds, seconds }) {
  const server = await plinth(undefined, repository(['slow']), ['--workers', 2]);
  const count = await roundsFor(server.urls.http, 25);
  const request = slow(count);
  const target = { pid: server.pid, url: server.urls.http + request.path };
  const measured = { plinth: [], ...Object.fromEntries(Object.keys(runtimes).map((name) => [name, []])) };
  await load(target, request, { connections: 4, seconds: 2, core: undefined });
  for (let round = 0; round < rounds; round++) {
    measured.plinth.push((await load(target, request, { connections: 4, seconds, core: undefined })).rps);
    for (const [name, program] of Object.entries(runtimes))
      measured[name].push(await raw(program, slowFile, { rounds: ['int64', [count]] }, 2, seconds));
    progress(
      `25 ms model, round ${round + 1} of ${rounds}: ${Object.keys(measured).map((n) => `${n} ${measured[n][round].toFixed(1)}/s`)}`,
    );
  }
  stop(server);
  const features = [Array.from({ length: 30 }, (_, i) => i / 30)];
  const single = {};
  for (const [name, program] of Object.entries(runtimes))
    single[name] = await raw(program, mlpFile, { features: ['float32', features] }, 1, seconds);
  const ratio = (to) => median(measured.plinth.map((each, i) => each / measured[to][i]));
  return {
    rps: Object.fromEntries(Object.entries(measured).map(([name, each]) => [name, median(each)])),
    ratios: Object.fromEntries(Object.keys(runtimes).map((name) => [name, ratio(name)])),
    mlpRunsPerSecond: single,
  };
}

/** (e) Health and metrics while a model of 500 ms keeps every worker thread busy, with more requests waiting. */
export async function probesUnderLoad({ seconds }) {
  const server = await plinth(undefined, repository(['slow']));
  const { http, metrics } = server.urls;
  const request = slow(await roundsFor(http, 500));
  let busy = true;
  const runs = [];
  const loops = Array.from({ length: 4 }, async () => {
    while (busy) {
      const begin = performance.now();
      const { status } = await call(http + request.path, request);
      if (status !== 200) throw new Error(`the slow model answered ${status}`);
      runs.push(performance.now() - begin);
    }
  });
  const agent = new Agent({ keepAlive: true });
  const probe = async (url) => {
    const begin = performance.now();
    const { status } = await call(url, { agent });
    if (status !== 200) throw new Error(`${url} answered ${status}`);
    return performance.now() - begin;
  };
  const urls = { live: `${http}/v2/health/live`, ready: `${http}/v2/health/ready`, metrics: `${metrics}/metrics` };
  const times = { live: [], ready: [], metrics: [] };
  // The engine's threads are busy before the first probe.
  await sleep(1000);
  for (const end = performance.now() + Math.max(seconds, 10) * 1000; performance.now() < end; await sleep(5))
    for (const [name, url] of Object.entries(urls)) times[name].push(await probe(url));
  busy = false;
  await Promise.all(loops);
  agent.destroy();
  stop(server);
  const probes = Object.fromEntries(
    Object.entries(times).map(([name, each]) => [
      name,
      { samples: each.length, p50: percentile(each, 0.5), p99: percentile(each, 0.99), max: percentile(each, 1) },
    ]),
  );
  return { slowMs: median(runs), slowRuns: runs.length, probes };
}

/** (f) Memory of the server and its processes without a model, in MB. */
export async function idleMemory() {
  const empty = repository([]);
  const server = await plinth(undefined, empty, ['--ready-when-empty', true]);
  await sleep(3000);
  const result = megabytes(server.pid);
  stop(server);
  return { megabytes: result };
}
