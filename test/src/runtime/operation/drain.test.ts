import { Agent, createServer, get, type ServerResponse } from 'node:http';
import { drain } from '../../../../src/runtime/operation/drain';
import { listen } from '../../../../src/runtime/program';
import { until } from '../support/serving';

test('requests in flight are answered, idle connections closed, new ones refused', async () => {
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/slow') held.push(response);
    else response.end('quick');
  });
  const url = await listen(server, '127.0.0.1', 0, '--http-port');
  const agent = new Agent({ keepAlive: true });
  await new Promise((resolve) => get(url, { agent }, (answer) => answer.resume().on('end', resolve)));
  const slow = new Promise<string>((resolve) =>
    get(`${url}/slow`, (answer) => answer.on('data', (chunk: Buffer) => resolve(chunk.toString()))),
  );
  await until(() => held.length === 1);
  const phases: string[] = [];
  const drained = drain(server, { unready: () => phases.push('unready'), delaySeconds: 0, graceSeconds: 60 });
  expect(phases).toEqual(['unready']);
  await until(() => !server.listening);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
  held[0]?.end('answered');
  expect(await slow).toBe('answered');
  expect(await drained).toBe(true);
  agent.destroy();
});

test('what is still in flight when its time is over is cut', async () => {
  let arrived = false;
  const server = createServer(() => (arrived = true));
  const url = await listen(server, '127.0.0.1', 0, '--http-port');
  const cut = expect(fetch(url)).rejects.toThrow('fetch failed');
  await until(() => arrived);
  expect(await drain(server, { unready: () => undefined, delaySeconds: 0, graceSeconds: 0.05 })).toBe(false);
  await cut;
});
