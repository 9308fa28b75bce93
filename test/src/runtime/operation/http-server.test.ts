import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { httpLimits, makeHttpServer, type HttpLimits } from '../../../../src/runtime/operation/http-server';
import { answerBadHttp } from '../../../../src/runtime/protocols/open-inference/bad-http';
import { readBody } from '../../../../src/runtime/protocols/open-inference/body';
import { cleanup, until } from '../support/cleanup';

jest.setTimeout(30_000);
const shop = cleanup();
const big = Buffer.alloc(64 * 1024 * 1024, 'x');

/** Reads bodies and answers /big with more than any socket takes in. */
async function serving(limits: Partial<HttpLimits>): Promise<{ server: Server; port: number }> {
  const server = makeHttpServer(
    (request, response) => {
      readBody(request, response, 1024).then(
        (body) => response.end(request.url === '/big' ? big : String(body?.length)),
        () => response.destroy(),
      );
    },
    answerBadHttp,
    { ...httpLimits, connectionsCheckingInterval: 20, ...limits },
  );
  shop.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

function client(port: number): { socket: Socket; said: () => string; closed: () => boolean } {
  let said = '';
  let closed = false;
  const socket = connect(port, '127.0.0.1');
  socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1').slice(0, 1000)));
  socket.on('error', () => undefined);
  socket.on('close', () => (closed = true));
  shop.after(() => socket.destroy());
  return { socket, said: () => said, closed: () => closed };
}

/** A byte now and then, so that the connection is never idle. */
function drip(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 10);
  socket.on('close', () => clearInterval(timer));
}

const answers = async (port: number): Promise<boolean> =>
  (await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'four' })).text()) === '4';

test('a client that sends its header a byte at a time is told and cut, while others are answered', async () => {
  const { port } = await serving({ headersTimeout: 100 });
  const slow = client(port);
  slow.socket.write('POST / HTTP/1.1\r\nHost: a\r\nX-Slow: ');
  drip(slow.socket, 'a');
  expect(await answers(port)).toBe(true);
  await until(slow.closed);
  expect(slow.said()).toMatch(/^HTTP\/1\.1 408 .*it did not arrive in time/s);
});

test('a client that sends its body a byte at a time is told and cut, while others are answered', async () => {
  const { port } = await serving({ headersTimeout: 100, requestTimeout: 200 });
  const slow = client(port);
  slow.socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n');
  drip(slow.socket, 'a');
  expect(await answers(port)).toBe(true);
  await until(slow.closed);
  expect(slow.said()).toMatch(/^HTTP\/1\.1 408 /);
});

test('a client that does not read its answer is cut, while others are answered', async () => {
  const { server, port } = await serving({ readTimeout: 150 });
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  const deaf = client(port);
  deaf.socket.pause();
  deaf.socket.write('GET /big HTTP/1.1\r\nHost: a\r\n\r\n');
  await until(() => (sockets[0]?.writableLength ?? 0) > 0);
  expect(await answers(port)).toBe(true);
  await until(() => sockets[0]?.destroyed === true);
  deaf.socket.resume();
  await until(deaf.closed);
  expect(deaf.socket.bytesRead).toBeLessThan(big.length);
});

test('a client that reads slowly gets its answer whole', async () => {
  const { port } = await serving({ readTimeout: 1000 });
  const slow = client(port);
  slow.socket.on('data', () => {
    slow.socket.pause();
    setTimeout(() => slow.socket.resume(), 2);
  });
  slow.socket.write('GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const begin = performance.now();
  await until(slow.closed);
  expect(slow.socket.bytesRead).toBeGreaterThan(big.length);
  // Otherwise this proves nothing.
  expect(performance.now() - begin).toBeGreaterThan(1000);
});

test('connections beyond the limit are closed as they come', async () => {
  const { port } = await serving({ maxConnections: 2 });
  const held = [client(port), client(port)];
  await until(() => held.every(({ socket }) => !socket.connecting));
  const third = client(port);
  await until(third.closed);
  expect(held.map(({ closed }) => closed())).toEqual([false, false]);
  held[0]?.socket.end();
  await until(() => held[0]?.closed() === true);
  expect(await answers(port)).toBe(true);
});

test('no limit is without end', () => {
  for (const value of Object.values(httpLimits)) expect(value).toBeGreaterThan(0);
});
