import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labels } from '@plinth/contract';
import type { KubernetesObject } from '../../../src/rehearsal/kubernetes-objects';
import { startDeployments, type LocalProcess } from '../../../src/rehearsal/local-processes';
import type { ProgressEvent } from '../../../src/rehearsal/report';

let folder: string;
let runtime: string;
let started: LocalProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-here-'));
  runtime = join(folder, 'runtime.js');
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((running) => running.stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** A stand-in for the runtime, where only the handling of the process counts. */
const standIn = (more: string): string => `
const { createServer } = require('http');
let asked = 0;
const server = createServer((request, response) => {
  if (request.url === '/ready') response.statusCode = ++asked > 2 ? 200 : 503;
  response.end(JSON.stringify({ argv: process.argv.slice(2), env: process.env, cwd: process.cwd() }));
}).listen(0, '127.0.0.1', () => {
  const url = 'http://127.0.0.1:' + server.address().port;
  process.stdout.write('{"listening":{"http":"' + url);
  setTimeout(() => console.log('","metrics":"' + url + '"}}'), 20);
});
${more}`;

function deployment(name: string, args: string[], more: object = {}): KubernetesObject {
  const container = {
    name: 'server',
    args,
    env: [
      { name: 'AWS_REGION', value: 'eu-west-1' },
      { name: 'OWN', value: 'yes' },
    ],
    ports: [{ name: 'http', containerPort: 8000 }],
    readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
    volumeMounts: [
      { name: 'config', mountPath: '/etc/plinth' },
      { name: 'scratch', mountPath: '/var/lib/plinth' },
    ],
    ...more,
  };
  const volumes = [
    { name: 'config', configMap: { name: 'fraud' } },
    { name: 'scratch', emptyDir: {} },
  ];
  const template = {
    metadata: { labels: { [labels.runtime]: args[0] ?? '' } },
    spec: { containers: [container], volumes, terminationGracePeriodSeconds: 1 },
  };
  const spec = { replicas: 3, template };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'models' },
    spec,
    provenance: { stack: 'models', address: 'd' },
  };
}
const config: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'fraud', namespace: 'models' },
  data: { 'config.json': '{"a":1}' },
  provenance: { stack: 'models', address: 'c' },
};
const around = () => ({
  folder: join(folder, 'pods'),
  env: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1', AWS_REGION: 'us-east-1' },
});
const start = async (objects: KubernetesObject[], more: object = {}): Promise<LocalProcess[]> =>
  (started = await startDeployments(objects, { runtime, ...more }, around()));
const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a Deployment runs with the arguments, files, variables and probe of its specification, and ends when asked', async () => {
  writeFileSync(runtime, standIn(''));
  const events: ProgressEvent[] = [];
  const [server] = await start([config, deployment('fraud', ['serve', '--config', '/etc/plinth/config.json'])], {
    onProgress: (event: ProgressEvent) => events.push(event),
  });
  expect(server).toMatchObject({
    deployment: 'fraud',
    namespace: 'models',
    container: 'server',
    command: 'serve',
    labels: { [labels.runtime]: 'serve' },
  });
  const seen = (await (await fetch(`${server!.httpUrl}/`)).json()) as {
    argv: string[];
    env: Record<string, string>;
    cwd: string;
  };
  const [command, flag, file, ...rest] = seen.argv;
  expect([command, flag, rest]).toEqual([
    'serve',
    '--config',
    ['--http-port', '0', '--metrics-port', '0', '--host', '127.0.0.1'],
  ]);
  expect(readFileSync(file!, 'utf8')).toBe('{"a":1}');
  expect(seen.env).toMatchObject({
    OWN: 'yes',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
    PLINTH_SCRATCH: expect.stringContaining('/scratch') as string,
  });
  expect(seen.env).not.toHaveProperty('npm_config_user_agent');
  expect(events.map(({ state, text }) => [state, text])).toEqual([
    ['begin', 'models/fraud'],
    ['end', server!.httpUrl],
  ]);
  expect(alive(server!.pid)).toBe(true);
  await Promise.all([server!.stop(), server!.stop()]);
  expect(alive(server!.pid)).toBe(false);
});

test('a process that does not listen to SIGTERM is killed after its grace period', async () => {
  writeFileSync(runtime, standIn('process.on("SIGTERM", () => {})'));
  const [server] = await start([config, deployment('fraud', ['serve'])]);
  await server!.stop();
  expect(alive(server!.pid)).toBe(false);
});

test('a process that ends too early is quoted, and those before it are stopped', async () => {
  writeFileSync(
    runtime,
    standIn(
      'if (process.argv[2] === "monitor") { console.error("no such bucket"); process.exit(4) } else require("fs").writeFileSync(process.env.HOME + "/pid", String(process.pid))',
    ),
  );
  await expect(start([config, deployment('fraud', ['serve']), deployment('watch', ['monitor'])])).rejects.toThrow(
    'Deployment models/watch, container server: the process ended with 4 before it was ready, because it says:\nno such bucket\n; mend what it says.',
  );
  expect(alive(Number(readFileSync(join(folder, 'pods/models/fraud/pid'), 'utf8')))).toBe(false);
});

test('a process that never gets ready is given up, with what its probe said', async () => {
  writeFileSync(runtime, standIn(''));
  const probe = { readinessProbe: { httpGet: { path: '/ready?', port: 8000 } }, env: [] };
  writeFileSync(
    runtime,
    standIn(
      'server.removeAllListeners("request"); server.on("request", (_, r) => { r.statusCode = 503; r.end() }); console.error("loading")',
    ),
  );
  await expect(start([config, deployment('fraud', ['serve'], probe)], { readySeconds: 0.5 })).rejects.toThrow(
    /^Deployment models\/fraud, container server: the process is not ready after 0\.5 seconds, because \/ready\? answers 503, and its log says:\n[^]*loading[^]*; mend what it says, or give it more time\.$/,
  );
});

test('without a Deployment of the runtime there is nothing to start', async () => {
  await expect(start([config])).rejects.toThrow(
    'the rehearsed stacks: no Deployment of the runtime was applied, because none has the label plinth.dev/runtime on its pods; ' +
      'rehearse a stack with a ModelServer or a ModelMonitor.',
  );
});

test('a Deployment with the label that runs something else is named', async () => {
  await expect(start([config, deployment('fraud', ['sleep'])])).rejects.toThrow(
    'Deployment models/fraud: no container runs a command of the runtime, because its pods carry the label plinth.dev/runtime, but no ' +
      "container's first argument is serve or monitor; leave the label away, or give the arguments that plinth-runtime takes.",
  );
});
