// Requests a second over HTTP: every server on one core, the load on the other, rounds in turn, medians of all rounds.
import { join } from 'node:path';
import { answered, load } from './load.mjs';
import { mlserver, pytriton, triton, versions } from './peers.mjs';
import { listening, plinth, progress, root, scratch, stop } from './processes.mjs';
import { batching, imageFile, median, mlp, mlpFile, repository, tensor } from './workload.mjs';

const at = ({ urls, pid }, path) => ({ pid, url: urls.http + path });
const bare = (file) => listening(0, process.execPath, [join(root, 'tools/bench/serving-bare.mjs'), file]);
const logged = (name, rate) => ['--payload-log-location', join(scratch, name), '--payload-log-sample-rate', rate];

async function compare(label, servers, request, { rounds, seconds, connections }) {
  const names = Object.keys(servers);
  const measured = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) {
    await answered(servers[name].url, request);
    await load(servers[name], request, { connections, seconds: 3 });
  }
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse())
      measured[name].push(await load(servers[name], request, { connections, seconds }));
    const shown = names.map((name) => `${name} ${measured[name][round].rps.toFixed(0)}/s`).join(', ');
    progress(`${label}, round ${round + 1} of ${rounds}: ${shown}`);
  }
  const of = (name) =>
    Object.fromEntries(
      ['rps', 'p50', 'p99', 'perCpuSecond'].map((key) => [key, median(measured[name].map((each) => each[key]))]),
    );
  const ratio = (to, key) => median(measured.plinth.map((each, i) => each[key] / measured[to][i][key]));
  return {
    servers: Object.fromEntries(names.map((name) => [name, of(name)])),
    ratios: Object.fromEntries(
      names
        .filter((name) => name !== 'plinth')
        .map((to) => [to, { rps: ratio(to, 'rps'), perCpuSecond: ratio(to, 'perCpuSecond') }]),
    ),
  };
}

/** (a) The MLP of 30 features, as JSON, at 64 connections. */
export async function mlpOverJson(options) {
  const models = repository(['tumour'], batching);
  const started = [
    await bare(mlpFile),
    await plinth(0, models, logged('sampled', 0.1)),
    await plinth(0, models, logged('all', 1)),
    await plinth(0, repository(['tumour']), logged('one-by-one', 0.1)),
  ];
  const [least, sampled, all, single] = started;
  const servers = {
    bare: at(least, mlp.path),
    plinth: at(sampled, mlp.path),
    'plinth-logs-all': at(all, mlp.path),
    'plinth-one-by-one': at(single, mlp.path),
  };
  const answers = await Promise.all(
    Object.values(servers).map(async ({ url }) => (await answered(url, mlp)).body.toString()),
  );
  if (new Set(answers).size > 1) throw new Error(`the answers differ: ${answers.join(' / ')}`);
  if (versions['nvidia-pytriton'] !== undefined) {
    const own = await pytriton(0);
    const peer = await triton(0);
    started.push(own, peer);
    servers.pytriton = at(own, mlp.path);
    servers.triton = at(peer, mlp.path);
    servers['triton-echo'] = at(peer, mlp.path.replace('tumour', 'tumour_echo'));
  }
  if (versions.mlserver !== undefined) {
    const peer = await mlserver(0);
    started.push(peer);
    servers.mlserver = at(peer, mlp.path);
  }
  const result = await compare('MLP', servers, mlp, { ...options, connections: 64 });
  started.forEach(stop);
  return result;
}

/** (b) A tensor of 600 kB through an identity model, in binary form, at 8 connections. */
export async function imageInBinary(options) {
  const models = repository(['identity_fp32']);
  const started = [await bare(imageFile), await plinth(0, models, logged('images', 0.1))];
  const [least, sampled] = started;
  const servers = { bare: at(least, tensor.path), plinth: at(sampled, tensor.path) };
  for (const { url } of Object.values(servers)) {
    const { body } = await answered(url, tensor);
    if (!body.subarray(-602_112).equals(tensor.body.subarray(-602_112)))
      throw new Error(`${url} answered with another tensor`);
  }
  if (versions['nvidia-pytriton'] !== undefined) {
    const own = await pytriton(0);
    const peer = await triton(0);
    started.push(own, peer);
    servers.pytriton = at(own, tensor.path);
    servers.triton = at(peer, tensor.path);
    servers['triton-echo'] = at(peer, tensor.path.replace('fp32', 'echo'));
  }
  const result = await compare('image', servers, tensor, { ...options, connections: 8 });
  started.forEach(stop);
  return result;
}
