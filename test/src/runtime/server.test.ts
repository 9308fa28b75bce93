/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { payloadEvent } from '@plinth/contract';
import { breakModel, call, infer, input, modelsFolder, until, untilReady, workshop } from './support/serving';

const shop = workshop();

const x = { inputs: [input('X', 'FP32', [1, 4], [1, 2, 3, 4])] };
const rounds = (count: number): object => ({ inputs: [input('rounds', 'INT64', [1], [count])] });
const unready = (why: string): object => ({
  status: 503,
  json: { ready: false, error: `model server: it is not ready, because ${why}; wait, or see its log.` },
});

async function metric(url: string, series: string): Promise<number | undefined> {
  const line = (await call(`${url}/metrics`)).text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.split(' ')[1]);
}

test('an empty repository: live at once, ready when its first model comes', async () => {
  const repository = shop.folder();
  const { urls } = await shop.serve({ modelRepository: repository });
  expect((await call(`${urls.http}/v2/health/live`)).status).toBe(200);
  await until(async () => (await call(`${urls.http}/v2/health/ready`)).text.includes('no model yet'));
  expect(await call(`${urls.http}/v2/health/ready`)).toMatchObject(unready('the model repository holds no model yet'));
  cpSync(join(modelsFolder, 'scale'), join(repository, 'scale'), { recursive: true });
  await until(async () => (await call(`${urls.http}/v2/health/ready`)).status === 200);
  expect((await infer(urls.http, 'scale', x)).status).toBe(200);
});

test('an empty repository is ready where the configuration says so', async () => {
  const program = await shop.serve({ modelRepository: shop.folder(), readyWhenEmpty: true });
  await untilReady(program);
});

test('a server of broken models is live and never ready; a broken one beside a good one is no obstacle', async () => {
  const repository = shop.folder();
  breakModel(repository, 'broken');
  const { urls } = await shop.serve({ modelRepository: repository });
  await until(async () => (await call(`${urls.http}/v2/health/ready`)).text.includes('no model could be loaded'));
  expect(await call(`${urls.http}/v2/health/ready`)).toMatchObject(unready('no model could be loaded'));
  expect((await call(`${urls.http}/v2/health/live`)).status).toBe(200);
  expect(await metric(urls.metrics, 'plinth_model_ready{model="broken",version="1"}')).toBe(0);

  const mixed = shop.repository('scale');
  breakModel(mixed, 'broken');
  const other = await shop.serve({ modelRepository: mixed });
  await untilReady(other);
  expect((await infer(other.urls.http, 'scale', x)).status).toBe(200);
});

test('a repository that is not there, and a taken port, end the start with a sentence', async () => {
  await expect(shop.serve({ modelRepository: '/nowhere' })).rejects.toThrow('/nowhere: there is no model repository');
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(shop.serve({ modelRepository: shop.repository('scale'), httpPort: port })).rejects.toThrow(
    `127.0.0.1:${port}: the port is taken`,
  );
  other.close();
});

test('health answers while a slow model computes, and the metrics port too', async () => {
  const program = await shop.serve({ modelRepository: shop.repository('slow') });
  await untilReady(program);
  let done = false;
  const slow = infer(program.urls.http, 'slow', rounds(30_000)).then((answer) => {
    done = true;
    return answer;
  });
  await until(
    async () =>
      (await metric(program.urls.metrics, 'nv_inference_pending_request_count{model="slow",version="1"}')) === 1,
  );
  let answered = 0;
  while (!done) {
    expect((await call(`${program.urls.http}/v2/health/live`)).status).toBe(200);
    answered++;
  }
  // A loop that is blocked would answer once, when the model is done.
  expect(answered).toBeGreaterThan(5);
  expect((await slow).json.outputs?.[0]?.data).toHaveLength(1);
});

test('more requests than may be pending get 503 with Retry-After, and are counted as rejected', async () => {
  const program = await shop.serve({ modelRepository: shop.repository('slow'), maxPending: 1 });
  await untilReady(program);
  const { urls } = program;
  const slow = infer(urls.http, 'slow', rounds(20_000));
  await until(
    async () => (await metric(urls.metrics, 'nv_inference_pending_request_count{model="slow",version="1"}')) === 1,
  );
  const refused = await infer(urls.http, 'slow', rounds(1));
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect(refused.json.error).toBe(
    'model server: the request is refused, because 1 requests wait or run already; send it again a little later, or raise --max-pending.',
  );
  expect((await slow).status).toBe(200);
  expect(await metric(urls.metrics, 'nv_inference_request_failure{model="slow",version="1",reason="REJECTED"}')).toBe(
    1,
  );
});

test('a request whose client has gone is not computed, and counted as canceled', async () => {
  const program = await shop.serve({ modelRepository: shop.repository('slow') });
  await untilReady(program);
  const { urls } = program;
  const pending = 'nv_inference_pending_request_count{model="slow",version="1"}';
  const first = infer(urls.http, 'slow', rounds(20_000));
  await until(async () => (await metric(urls.metrics, pending)) === 1);
  const gone = httpRequest(`${urls.http}/v2/models/slow/infer`, { method: 'POST', agent: false }).on(
    'error',
    () => undefined,
  );
  gone.end(JSON.stringify(rounds(1_000_000)));
  await until(async () => (await metric(urls.metrics, pending)) === 2);
  gone.destroy();
  await first;
  await until(
    async () =>
      (await metric(urls.metrics, 'nv_inference_request_failure{model="slow",version="1",reason="CANCELED"}')) === 1,
  );
});

test('metrics count rows, runs and mistakes; their port has nothing else', async () => {
  const program = await shop.serve({ modelRepository: shop.repository('scale') });
  await untilReady(program);
  const { urls } = program;
  await infer(urls.http, 'scale', { inputs: [input('X', 'FP32', [3, 4], new Array(12).fill(1))] });
  await infer(urls.http, 'scale', { inputs: [] });
  const labels = 'model="scale",version="2"';
  expect(await metric(urls.metrics, `nv_inference_request_success{${labels}}`)).toBe(1);
  expect(await metric(urls.metrics, `nv_inference_count{${labels}}`)).toBe(3);
  expect(await metric(urls.metrics, `nv_inference_exec_count{${labels}}`)).toBe(1);
  expect(await metric(urls.metrics, `nv_inference_request_failure{${labels},reason="INVALID"}`)).toBe(1);
  expect(await metric(urls.metrics, `plinth_model_ready{${labels}}`)).toBe(1);
  expect(await metric(urls.metrics, `plinth_request_duration_seconds_count{${labels}}`)).toBe(1);
  const elsewhere = await call(`${urls.metrics}/v2`);
  expect(elsewhere).toMatchObject({
    status: 404,
    json: { error: '/v2: there is nothing here, because this port has GET /metrics only; use that.' },
  });
  expect((await call(`${urls.metrics}/metrics`, { method: 'POST' })).status).toBe(405);
});

test('requests and answers reach the payload log, in both lanes, and the rest of it when the server stops', async () => {
  const log = shop.folder();
  const program = await shop.serve({ modelRepository: shop.repository('scale'), payloadLog: { location: log } });
  await untilReady(program);
  for (let i = 0; i < 60; i++) await infer(program.urls.http, 'scale', x);
  expect((await infer(program.urls.http, 'scale', { inputs: [] })).status).toBe(400);
  await program.stop('test');
  const events = readdirSync(join(log, 'scale'))
    .flatMap((name) =>
      readFileSync(join(log, 'scale', name), 'utf8')
        .trim()
        .split('\n'),
    )
    .map((line) => payloadEvent.parse(JSON.parse(line)));
  expect(events).toHaveLength(60);
  for (const { data } of events) {
    expect(data.inputs).toEqual([{ name: 'X', datatype: 'FP32', shape: [1, 4], data: [1, 2, 3, 4] }]);
    expect(data.outputs).toEqual([{ name: 'Y', datatype: 'FP32', shape: [1, 4], data: [2, 4, 6, 8] }]);
    expect(data.version).toBe('2');
  }
});

test('drains in two phases: not ready but live and answering, then in-flight requests end', async () => {
  const program = await shop.serve({ modelRepository: shop.repository('slow', 'scale'), drainDelaySeconds: 0.3 });
  await untilReady(program);
  const { urls } = program;
  const agent = new Agent({ keepAlive: true });
  const kept = (path: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) =>
      httpRequest(urls.http + path, { agent }, (answer) => answer.resume().on('end', () => resolve(answer)))
        .on('error', reject)
        .end(),
    );
  expect((await kept('/v2/health/live')).headers.connection).toBe('keep-alive');
  const inFlight = infer(urls.http, 'slow', rounds(20_000));
  await until(
    async () => (await metric(urls.metrics, 'nv_inference_pending_request_count{model="slow",version="1"}')) === 1,
  );

  const stopped = program.stop('test');
  expect(await call(`${urls.http}/v2/health/ready`)).toMatchObject(unready('it is being stopped'));
  expect((await kept('/v2/health/live')).headers.connection).toBe('close');
  const late = infer(urls.http, 'scale', x);
  expect((await late).status).toBe(200);
  expect((await inFlight).status).toBe(200);
  await stopped;
  await expect(call(`${urls.http}/v2/health/live`)).rejects.toThrow('ECONNREFUSED');
  await expect(call(`${urls.metrics}/metrics`)).rejects.toThrow('ECONNREFUSED');
  await program.stop('again');
  agent.destroy();
});
