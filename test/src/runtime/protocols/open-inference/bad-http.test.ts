import { createServer } from 'node:http';
import { connect } from 'node:net';
import { answerBadHttp } from '../../../../../src/runtime/protocols/open-inference/bad-http';
import { listen } from '../../../../../src/runtime/program';

/** Sends bytes to a server with short patience, and gives all that comes back until it hangs up. */
async function answerTo(bytes: string): Promise<string> {
  const limits = { maxHeaderSize: 1024, headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 10 };
  const server = createServer(limits, (_, response) => response.end());
  server.on('clientError', (error, socket) => answerBadHttp(error, socket, limits.maxHeaderSize));
  const { port } = new URL(await listen(server, '127.0.0.1', 0, '--http-port'));
  const text = await new Promise<string>((resolve, reject) => {
    let got = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    socket
      .on('data', (chunk: Buffer) => (got += chunk.toString()))
      .on('close', () => resolve(got))
      .on('error', reject);
  });
  server.close();
  return text;
}

test.each([
  [
    'bytes that are not HTTP',
    'rubbish\r\n\r\n',
    '400 Bad Request',
    /^request: it cannot be read, because it is not HTTP \(.+\); correct the request\.$/,
  ],
  [
    'a header that is too large',
    `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(2000)}\r\n\r\n`,
    '431 Request Header Fields Too Large',
    /because its header is larger than 1024 bytes; correct the request\.$/,
  ],
  [
    'a request that does not come to its end',
    'GET / HTTP/1.1\r\nHost',
    '408 Request Timeout',
    /because it did not arrive in time; correct the request\.$/,
  ],
])('%s gets an error document and the end of its connection', async (_, bytes, status, message) => {
  const text = await answerTo(bytes);
  const [head = '', body = ''] = text.split('\r\n\r\n');
  expect(head).toContain(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n`);
  expect(head).toContain(`Content-Length: ${body.length}\r\nConnection: close`);
  expect((JSON.parse(body) as { error: string }).error).toMatch(message);
});

test('a connection that is gone already is not written to', () => {
  const socket = connect({ port: 1, host: '127.0.0.1' }).on('error', () => undefined);
  answerBadHttp(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), socket, 1);
  expect(socket.destroyed).toBe(true);
});
