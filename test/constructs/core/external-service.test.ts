import { execFile } from 'node:child_process';
import { createServer, RequestListener } from 'node:http';
import { AddressInfo, createServer as createTcpServer } from 'node:net';
import { promisify } from 'node:util';
import { packageFile } from 'plinth/constructs/core/package-file';

const program = packageFile('constructs/core/external-check.mjs');
const run = promisify(execFile);

/** Runs the check program against a server that stands in for the product. */
async function check(answer: RequestListener, variables: Record<string, string>, change: object = {}) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const spec = {
    name: 'Hub',
    url: `http://127.0.0.1:${port}/api/whoami-v2`,
    headers: { authorization: 'Bearer {HF_TOKEN}' },
    hosts: [`127.0.0.1:${port}`, '*.example.com'],
    ...change,
  };
  try {
    const env = { PATH: process.env.PATH, ...variables, CHECK: JSON.stringify(spec) };
    const { stdout } = await run(process.execPath, [program], { env });
    return { code: 0, text: stdout.trim() };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, text: stderr.trim() };
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

const hub: RequestListener = (request, response) => {
  const known = request.url === '/api/whoami-v2' && request.headers.authorization === 'Bearer right';
  response.writeHead(known ? 200 : 401).end('{}');
};

test('a product that answers and takes the credential', async () => {
  expect(await check(hub, { HF_TOKEN: 'right' })).toEqual({
    code: 0,
    text: 'Hub: it answers and takes the credential',
  });
});

test('a credential that is refused, without telling what it was', async () => {
  const { code, text } = await check(hub, { HF_TOKEN: 'a-wrong-one' });
  expect(code).toBe(1);
  expect(text).toBe('Hub: it refuses the credential (HTTP 401); put a valid one into its secret');
});

test('a credential that is not there', async () => {
  expect(await check(hub, {})).toEqual({
    code: 1,
    text: 'Hub: the variable HF_TOKEN is empty; put the credential into its secret',
  });
});

test('a product that is not well', async () => {
  const { code, text } = await check((_, response) => response.writeHead(503).end(), { HF_TOKEN: 'right' });
  expect(code).toBe(1);
  expect(text).toMatch(/^Hub: it answers HTTP 503 to http:\S+; see whether the product is well$/);
});

test('a host that cannot be reached', async () => {
  const closed = createTcpServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  expect(await check(hub, { HF_TOKEN: 'right' }, { hosts: [`127.0.0.1:${port}`] })).toEqual({
    code: 1,
    text: `Hub: 127.0.0.1:${port} cannot be reached (ECONNREFUSED); let the namespace out to it`,
  });
});
