import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { sentence } from '@plinth/contract';
import type { RequestError } from '../../../../../src/runtime/engine/errors';
import { readBody } from '../../../../../src/runtime/protocols/open-inference/body';
import { sendFailure } from '../../../../../src/runtime/protocols/open-inference/answers';
import { listen } from '../../../../../src/runtime/program';
import { call, type Answer } from '../../support/serving';

let server: Server;
let url: string;
let gone = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    readBody(request, response, 4096).then(
      (body) => (body === undefined ? gone++ : response.end(String(body.length))),
      (error: RequestError) => sendFailure(response, error),
    );
  });
  url = await listen(server, '127.0.0.1', 0, '--http-port');
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const post = (body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> =>
  call(url, { method: 'POST', body, headers });

test('a body is read whole, in one piece, in many, or empty', async () => {
  expect((await post('x'.repeat(4096))).text).toBe('4096');
  expect((await post('')).text).toBe('0');
  expect((await post('x', { 'content-encoding': 'identity' })).text).toBe('1');
  const { port } = new URL(url);
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
      setTimeout(() => socket.write('2\r\nde\r\n0\r\n\r\n'), 20);
    });
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString())).on('close', () => resolve(text));
  });
  expect(answer).toMatch(/\r\n\r\n5$/);
});

const tooLarge = sentence({
  code: 'body-too-large',
  what: 'the body is larger than 4096 bytes',
  where: 'request body',
  why: 'that is the limit of this server',
  cure: 'send fewer rows at once, or raise --max-request-bytes',
});

test('a body above the limit is refused by its announced length, or by the bytes that come', async () => {
  const refused = { status: 413, headers: { connection: 'close' }, json: { error: tooLarge } };
  expect(await post('x'.repeat(5000))).toMatchObject(refused);
  expect(await post('x'.repeat(5000), { 'transfer-encoding': 'chunked' })).toMatchObject(refused);
});

test('a client that goes on sending after it was refused is cut off', async () => {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n');
  const answer = new Promise<string>((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString())));
  expect(await answer).toContain('413 Payload Too Large');
  const drip = setInterval(() => socket.write('x'), 50);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(drip);
});

test('compressed bodies are read, and their limit is that of what they hold', async () => {
  expect((await post(gzipSync('x'.repeat(4096)), { 'content-encoding': 'gzip' })).text).toBe('4096');
  expect((await post(deflateSync('x'.repeat(4096)), { 'content-encoding': 'Deflate' })).text).toBe('4096');
  expect((await post(gzipSync(''), { 'content-encoding': 'gzip' })).text).toBe('0');
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  expect(await post(bomb.subarray(0, 4000), { 'content-encoding': 'gzip' })).toMatchObject({
    status: 413,
    json: { error: tooLarge },
  });
  expect(await post(gzipSync(Buffer.alloc(5000)), { 'content-encoding': 'gzip' })).toMatchObject({ status: 413 });
});

test('a body that is not compressed as it says gets its sentence', async () => {
  expect(await post('plain', { 'content-encoding': 'gzip' })).toMatchObject({
    status: 400,
    json: {
      error: 'request body: it is not gzip, because incorrect header check; compress it again, or send it plain.',
    },
  });
  const half = gzipSync('x'.repeat(100)).subarray(0, 20);
  expect(await post(half, { 'content-encoding': 'gzip' })).toMatchObject({
    status: 400,
    json: { error: expect.stringContaining('unexpected end of file') as string },
  });
  for (const encoding of ['br', 'constructor'])
    expect(await post(brotliCompressSync('x'), { 'content-encoding': encoding })).toMatchObject({
      status: 501,
      json: {
        error: `Content-Encoding: the body is encoded as ${encoding}, because this server reads gzip, deflate, and plain bodies; use one of these.`,
      },
    });
});

test('a client that goes away in the middle of its body is no error', async () => {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1', () => {
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
    setTimeout(() => socket.destroy(), 20);
  });
  while (gone === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(gone).toBe(1);
});
