/**
 * @jest-environment ./test/src/runtime/support/engine-environment.js
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join, relative } from 'node:path';
import { payloadEvent } from '@plinth/contract';
import { call, infer, input, modelsFolder, until, untilReady, workshop } from '../support/serving';

const shop = workshop();
const body = { inputs: [input('X', 'FP32', [1, 4], [1, 2, 3, 4])] };
const scale = async (url: string): Promise<number> => (await infer(url, 'scale', body)).status;
const metric = async (url: string, name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec((await call(`${url}/metrics`)).text)?.[1]);

/** What speaks enough of S3 to list, read and store objects, and can go away and come back on the same port. */
class Bucket {
  /** By `bucket/key`. */
  readonly objects = new Map<string, Buffer>();
  private server: Server | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.server = createServer((request, response) => this.answer(request, response));
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    ({ port: this.port } = this.server.address() as AddressInfo);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve));
    this.server?.closeAllConnections();
    await closed;
  }

  /** Stores the files of a folder. */
  fill(folder: string, at: string): void {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) {
        const path = join(entry.parentPath, entry.name);
        this.objects.set(`${at}/${relative(folder, path)}`, readFileSync(path));
      }
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    const name = decodeURIComponent(pathname.slice(1));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'PUT') this.objects.set(name, Buffer.concat(chunks));
      if (request.method === 'PUT') return response.setHeader('etag', '"0"').end();
      if (searchParams.has('list-type')) return response.end(this.list(name.replace(/\/$/, ''), searchParams));
      const object = this.objects.get(name);
      return response.writeHead(object === undefined ? 404 : 200, { etag: '"0"' }).end(object);
    });
  }

  private list(bucket: string, search: URLSearchParams): string {
    const prefix = `${bucket}/${search.get('prefix') ?? ''}`;
    const contents = [...this.objects]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { length }]) => {
        const key = name.slice(bucket.length + 1);
        return `<Contents><Key>${key}</Key><Size>${length}</Size><ETag>"0"</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>`;
      });
    return `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`;
  }
}

describe('an S3 outage', () => {
  const bucket = new Bucket();
  const before = { ...process.env };
  beforeAll(async () => {
    await bucket.start();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: bucket.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'eu-central-1',
    });
  });
  afterAll(async () => {
    await bucket.stop();
    process.env = before;
  });

  test('fails no request; the payload log waits in memory and is written when the bucket is back', async () => {
    const program = await shop.serve({
      modelRepository: shop.repository('scale'),
      payloadLog: { location: 's3://payloads/log', flushSeconds: 0.05 },
    });
    const segments = (): string[] =>
      [...bucket.objects.keys()].filter((name) => name.startsWith('payloads/log/scale/'));
    await untilReady(program);
    expect(await scale(program.urls.http)).toBe(200);
    await until(() => segments().length === 1);
    await bucket.stop();
    for (let i = 0; i < 20; i++) expect(await scale(program.urls.http)).toBe(200);
    expect((await call(`${program.urls.http}/v2/health/ready`)).status).toBe(200);
    await bucket.start();
    const events = (): string[] =>
      segments().flatMap((name) =>
        // The SDK frames what it sends in chunks with a checksum.
        [...(bucket.objects.get(name) ?? '').toString().matchAll(/^\{.*\}$/gm)].map(
          ([line]) => payloadEvent.parse(JSON.parse(line)).id,
        ),
      );
    await until(() => events().length === 21);
    expect(new Set(events()).size).toBe(21);
    expect(await metric(program.urls.metrics, 'plinth_payload_dropped_total')).toBe(0);
  });

  test('ends no model that is loaded; what came meanwhile is served when the bucket is back', async () => {
    bucket.fill(join(modelsFolder, 'scale'), 'models/live/scale');
    const program = await shop.serve({ modelRepository: 's3://models/live', scratch: shop.folder() });
    await untilReady(program);
    expect(await scale(program.urls.http)).toBe(200);
    await bucket.stop();
    bucket.fill(join(modelsFolder, 'scale'), 'models/live/later');
    for (let i = 0; i < 20; i++) {
      expect(await scale(program.urls.http)).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await call(`${program.urls.http}/v2/health/ready`)).status).toBe(200);
    expect((await infer(program.urls.http, 'later', body)).status).toBe(404);
    await bucket.start();
    await until(async () => (await infer(program.urls.http, 'later', body)).status === 200);
  });

  test('at the start leaves a server that is live and not ready, until the bucket is there', async () => {
    bucket.fill(join(modelsFolder, 'scale'), 'models/start/scale');
    await bucket.stop();
    const program = await shop.serve({ modelRepository: 's3://models/start', scratch: shop.folder() });
    expect((await call(`${program.urls.http}/v2/health/live`)).status).toBe(200);
    expect((await call(`${program.urls.http}/v2/health/ready`)).status).toBe(503);
    await bucket.start();
    await untilReady(program);
    expect(await scale(program.urls.http)).toBe(200);
  });
});

describe('a model folder that vanishes', () => {
  test('ends nothing that is loaded, and what comes back is served', async () => {
    const repository = shop.repository('scale', 'ratio');
    const program = await shop.serve({ modelRepository: repository });
    await untilReady(program);
    const away = `${repository}-away`;
    renameSync(repository, away);
    // Several looks at what is no longer there.
    for (let i = 0; i < 20; i++) {
      expect(await scale(program.urls.http)).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await call(`${program.urls.http}/v2/health/live`)).status).toBe(200);
    renameSync(away, repository);
    mkdirSync(join(repository, 'later'));
    cpSync(join(modelsFolder, 'scale'), join(repository, 'later'), { recursive: true });
    await until(async () => (await infer(program.urls.http, 'later', body)).status === 200);
    expect(await scale(program.urls.http)).toBe(200);
  });
});

test('a payload folder that becomes a file fails no request, and the log goes on when it is a folder again', async () => {
  const log = join(shop.folder(), 'log');
  const program = await shop.serve({
    modelRepository: shop.repository('scale'),
    payloadLog: { location: log, flushSeconds: 0.02 },
  });
  await untilReady(program);
  writeFileSync(log, 'a file where the folder should be');
  for (let i = 0; i < 10; i++) expect(await scale(program.urls.http)).toBe(200);
  rmSync(log);
  await until(() => {
    try {
      return readdirSync(join(log, 'scale')).some((name) => name.endsWith('.jsonl'));
    } catch {
      return false;
    }
  });
  expect(await metric(program.urls.metrics, 'plinth_payload_dropped_total')).toBe(0);
});

test('slow clients keep nobody else waiting, and do not keep the server from stopping', async () => {
  const program = await shop.serve({ modelRepository: shop.repository('scale'), drainSeconds: 0.1 });
  await untilReady(program);
  const { hostname, port } = new URL(program.urls.http);
  const net = await import('node:net');
  const slow: Socket[] = Array.from({ length: 50 }, (_, i) => {
    const socket = net.connect(Number(port), hostname);
    socket.on('error', () => undefined);
    const head = 'POST /v2/models/scale/infer HTTP/1.1\r\nHost: a\r\n';
    socket.write(i % 2 === 0 ? head : `${head}Content-Length: 1000\r\n\r\n{`);
    return socket;
  });
  await until(() => slow.every(({ connecting }) => !connecting));
  for (let i = 0; i < 50; i++) expect(await scale(program.urls.http)).toBe(200);
  await program.stop('the test says so');
  await until(() => slow.every(({ destroyed }) => destroyed));
});
