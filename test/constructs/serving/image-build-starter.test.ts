import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { packageFile } from 'plinth/constructs/core/package-file';

const program = packageFile('constructs/serving/image-build-starter.mjs');
const run = promisify(execFile);
const denied = { status: 400, body: { __type: 'AccessDeniedException', message: 'not yet' } };
const started = { status: 200, body: { build: { id: 'prod:1' } } };
const looked = (build: object) => ({ status: 200, body: { builds: [{ id: 'prod:1', ...build }] } });

/** Calls the function as AWS Lambda does, with a server that stands in for CodeBuild and answers one by one. */
async function invoke(answers: readonly { status: number; body: object }[], remaining = 900_000) {
  const calls: string[] = [];
  const waiting = [...answers];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      calls.push(`${String(request.headers['x-amz-target']).split('.')[1]} ${body}`);
      const answer = waiting.length > 1 ? waiting.shift() : waiting[0];
      response.writeHead(answer?.status ?? 500, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer?.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const event = { project: 'prod-runtime-image', image: 'registry/runtime:1', pollSeconds: 0.01 };
  const script = `import(${JSON.stringify(program)})
    .then(({ handler }) => handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => ${remaining} }))
    .then((result) => console.log(JSON.stringify({ result })), ({ message }) => console.log(JSON.stringify({ message })));`;
  try {
    const { stdout } = await run(process.execPath, ['-e', script], {
      env: {
        PATH: process.env.PATH,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_ENDPOINT_URL_CODEBUILD: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      },
    });
    return { calls, ...(JSON.parse(stdout) as { result?: object; message?: string }) };
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

test('it starts a build and returns when it has succeeded', async () => {
  const going = looked({ buildStatus: 'IN_PROGRESS' });
  const { calls, result } = await invoke([started, going, going, looked({ buildStatus: 'SUCCEEDED' })]);
  expect(calls).toEqual([
    'StartBuild {"projectName":"prod-runtime-image"}',
    ...Array<string>(3).fill('BatchGetBuilds {"ids":["prod:1"]}'),
  ]);
  expect(result).toEqual({ image: 'registry/runtime:1', build: 'prod:1' });
});

test('a permission that is not known everywhere yet is waited for', async () => {
  const { result } = await invoke([denied, denied, started, looked({ buildStatus: 'SUCCEEDED' })]);
  expect(result).toBeDefined();
});

test('a project that is not there is told at once', async () => {
  const { calls, message } = await invoke([
    { status: 400, body: { __type: 'ResourceNotFoundException', message: 'Project cannot be found' } },
  ]);
  expect(calls).toHaveLength(1);
  expect(message).toContain('Project cannot be found');
});

test('a build that fails fails the call, with its reason and where its log is', async () => {
  const { message } = await invoke([
    started,
    looked({
      buildStatus: 'FAILED',
      logs: { deepLink: 'https://console/log' },
      phases: [
        { phaseType: 'INSTALL', phaseStatus: 'SUCCEEDED' },
        { phaseType: 'BUILD', phaseStatus: 'FAILED', contexts: [{ message: 'exit status 1' }] },
        { phaseType: 'COMPLETED' },
      ],
    }),
  ]);
  expect(message).toBe(
    "registry/runtime:1: its build ended with FAILED, because BUILD says 'exit status 1'; look at https://console/log, and apply again",
  );
});

test('a build that was stopped says so without a reason of its own', async () => {
  const { message } = await invoke([started, looked({ buildStatus: 'STOPPED', currentPhase: 'COMPLETED' })]);
  expect(message).toBe(
    'registry/runtime:1: its build ended with STOPPED, because COMPLETED did not succeed; look at the build prod:1, and apply again',
  );
});

test('a build that takes too long is left to itself, and told', async () => {
  const { message } = await invoke([started, looked({ buildStatus: 'IN_PROGRESS' })], 1000);
  expect(message).toContain('it goes on by itself: apply again when the build prod:1 says that it is done');
});
