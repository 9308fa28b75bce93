// One load generator for every server: wrk, with the request in a Lua script.
import { writeFileSync } from 'node:fs';
import { get, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { cpuSeconds, output, scratch, sleep } from './processes.mjs';

/** One request; `body` undefined: GET. */
export function call(url, { body, headers = {}, agent } = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = (body === undefined ? get : httpRequest)(
      url,
      { method: body === undefined ? 'GET' : 'POST', headers, agent },
      (answer) => {
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(chunks) }));
      },
    );
    outgoing.on('error', reject);
    if (body !== undefined) outgoing.end(body);
  });
}

/** Waits until the request is answered with 200; gives the answer. Throws after a minute. */
export async function answered(url, request) {
  let last;
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(100))
    try {
      last = await call(url, request);
      if (last.status === 200) return last;
    } catch (error) {
      last = error;
    }
  throw new Error(`${url} was not answered: ${last?.message ?? `${last?.status} ${last?.body}`}`);
}

let scripts = 0;
/** Requests a second over some seconds, latencies in ms, and requests for each second of the server's processor time. */
export async function load({ url, pid }, { body, headers }, { connections, seconds, core = 1 }) {
  const name = join(scratch, `load-${scripts++}`);
  writeFileSync(`${name}.body`, body);
  const set = Object.entries(headers).map(([key, value]) => `wrk.headers["${key}"] = "${value}"\n`);
  writeFileSync(
    `${name}.lua`,
    `wrk.method = "POST"\n${set.join('')}local file = io.open("${name}.body", "rb")\nwrk.body = file:read("*a")\nfile:close()
function done(s, l)
  local e = s.errors
  io.write(string.format('RESULT {"requests":%d,"seconds":%f,"failed":%d,"p50":%f,"p99":%f}\\n', s.requests, s.duration / 1e6,
    e.status + e.read + e.write + e.connect + e.timeout, l:percentile(50) / 1000, l:percentile(99) / 1000))
end\n`,
  );
  const before = cpuSeconds(pid);
  const shape = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', '-s', `${name}.lua`, url];
  const result = JSON.parse(/RESULT (.*)/.exec(await output(core, 'wrk', shape))[1]);
  if (result.failed > 0) throw new Error(`${result.failed} of ${result.requests} requests failed at ${url}`);
  return {
    ...result,
    rps: result.requests / result.seconds,
    perCpuSecond: result.requests / (cpuSeconds(pid) - before),
  };
}
