import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from '../../../src/runtime/program';

test('the URL is one that this machine can open, also for all addresses', async () => {
  const server = createServer((_, response) => response.end('here'));
  const url = await listen(server, '0.0.0.0', 0, '--http-port');
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await (await fetch(url)).text()).toBe('here');
  server.close();
  server.closeAllConnections();
});

test('a taken port and an impossible address get their sentences', async () => {
  const first = createServer();
  await listen(first, '127.0.0.1', 0, '--http-port');
  const { port } = first.address() as AddressInfo;
  await expect(listen(createServer(), '127.0.0.1', port, '--http-port')).rejects.toThrow(
    `127.0.0.1:${port}: the port is taken, because another program listens on it; stop that program, or give --http-port another port (0 takes a free one).`,
  );
  first.close();
  await expect(listen(createServer(), '192.0.2.1', 0, '--metrics-port')).rejects.toThrow(
    /^192\.0\.2\.1:0: the port cannot be bound, because listen EADDRNOTAVAIL.*; give another --host or --metrics-port\.$/,
  );
});
