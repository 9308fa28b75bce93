import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient } from '../../../../src/rehearsal/cluster/api-client';

/** Speaks as an API server does where a real one cannot be brought to say it; the real one is asked in the lane. */
let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let client: ApiClient;

beforeEach(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = new ApiClient({ context: 'kind', server: `http://127.0.0.1:${port}`, insecure: false, token: 't' });
});
afterEach(async () => {
  client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('warnings are read from their header', async () => {
  answer = (_request, response) => {
    response.setHeader('warning', ['299 - "first, with a \\"quote\\""', '299 - "second"']);
    response.end('{}');
  };
  expect((await client.call('GET', '/x')).warnings).toEqual(['first, with a "quote"', 'second']);
});

test('a server that asks to come back is asked again', async () => {
  let calls = 0;
  answer = (request, response) => {
    response.statusCode = calls++ === 0 ? 429 : 200;
    response.setHeader('retry-after', '0.01');
    response.end(JSON.stringify({ path: request.url, as: request.headers.authorization }));
  };
  expect((await client.call('GET', '/x', { query: { dryRun: 'All' } })).body).toEqual({
    path: '/x?dryRun=All',
    as: 'Bearer t',
  });
  expect(calls).toBe(2);
});

test('who is not known, and who cannot be reached, is told so', async () => {
  answer = (_request, response) => {
    response.statusCode = 401;
    response.end('{"message":"Unauthorized"}');
  };
  await expect(client.call('GET', '/x')).rejects.toThrow(
    /^context kind: the API server at http:\S+ does not know who is asking, because Unauthorized; renew the credential of that context\.$/,
  );
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await expect(client.call('GET', '/x')).rejects.toThrow(
    /^context kind: the API server at http:\S+ cannot be reached, because connect ECONNREFUSED .*; start it, or name another context with --cluster PATH#CONTEXT\.$/,
  );
});
