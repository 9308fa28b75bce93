/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { createServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import type { RunningProgram } from '../../../../../src/runtime/program';
import { encode, floats, GrpcClient, refusal } from '../../support/grpc';
import { until, untilReady, workshop } from '../../support/serving';

const shop = workshop();
let program: RunningProgram;
let client: GrpcClient;

beforeAll(async () => {
  const repository = shop.repository('scale', 'slow', 'picky', 'identity_fp32', 'identity_int64');
  writeFileSync(join(repository, 'scale/config.pbtxt'), 'version_policy { all {} }');
  program = await shop.serve({ modelRepository: repository, maxRequestBytes: 1024 * 1024 });
  await untilReady(program);
  client = new GrpcClient(program.urls.grpc as string);
});
afterAll(() => client.close());

const x = (values: number[], more: object = {}): object => ({
  model_name: 'scale',
  inputs: [{ name: 'X', datatype: 'FP32', shape: [values.length / 4, 4] }],
  raw_input_contents: [floats(values)],
  ...more,
});
const infer = '/inference.GRPCInferenceService/ModelInfer';

test('infers with raw values, and answers raw', async () => {
  expect(await client.infer(x([1, 2, 3, 4, 5, 6, 7, 8], { id: 'one' }))).toMatchObject({
    model_name: 'scale',
    model_version: '2',
    id: 'one',
    outputs: [{ name: 'Y', datatype: 'FP32', shape: ['2', '4'] }],
    raw_output_contents: [floats([2, 4, 6, 8, 10, 12, 14, 16])],
  });
  expect(await client.infer(x([1, 2, 3, 4], { model_version: '1' }))).toMatchObject({
    model_version: '1',
    raw_output_contents: [floats([1, 2, 3, 4])],
  });
});

test('a model, a version or a tensor that there is not is the fault of the client, with a sentence', async () => {
  expect(await refusal(client.infer(x([1, 2, 3, 4], { model_name: 'scal' })))).toMatchObject({
    code: status.NOT_FOUND,
    details: expect.stringContaining('scal') as string,
  });
  expect((await refusal(client.infer(x([1, 2, 3, 4], { model_version: '7' })))).code).toBe(status.NOT_FOUND);
  expect(await refusal(client.infer(x([1, 2, 3, 4], { model_version: 'abc' })))).toEqual({
    code: status.INVALID_ARGUMENT,
    details:
      'model "scale": the version "abc" is none, because versions are whole numbers; send a number, or an empty text for the newest version.',
  });
  expect((await refusal(client.infer(x([1, 2, 3, 4], { inputs: [] })))).code).toBe(status.INVALID_ARGUMENT);
  expect((await refusal(client.infer({}))).details).toContain('model_name is missing');
});

test('bytes that are no message are the fault of the client in every call', async () => {
  const bytes = Buffer.from([10, 200, 1, 1]);
  for (const name of ['ModelInfer', 'ModelReady', 'ModelConfig', 'RepositoryModelLoad', 'ModelStatistics'])
    expect(await refusal(client.raw(`/inference.GRPCInferenceService/${name}`, bytes))).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringMatching(/^request message: it is no /) as string,
    });
  expect((await refusal(client.raw('/grpc.health.v1.Health/Check', bytes))).code).toBe(status.INVALID_ARGUMENT);
});

test('a call that there is not, and shared memory, are not implemented', async () => {
  expect((await refusal(client.raw('/inference.GRPCInferenceService/Nothing', Buffer.alloc(0)))).code).toBe(
    status.UNIMPLEMENTED,
  );
  for (const name of ['SystemSharedMemoryStatus', 'CudaSharedMemoryRegister'])
    expect(await refusal(client.raw(`/inference.GRPCInferenceService/${name}`, Buffer.alloc(0)))).toEqual({
      code: status.UNIMPLEMENTED,
      details: `call ${name}: shared memory is not supported, because this server reads tensors from messages only; send them in raw_input_contents.`,
    });
});

test('a message may be compressed, and may not be larger than the limit, compressed or not', async () => {
  for (const algorithm of [1, 2]) {
    const packed = new GrpcClient(program.urls.grpc as string, { 'grpc.default_compression_algorithm': algorithm });
    expect(await packed.infer(x([1, 2, 3, 4]))).toMatchObject({ raw_output_contents: [floats([2, 4, 6, 8])] });
    const large = x(new Array<number>(400_000).fill(1));
    expect(await refusal(packed.infer(large))).toEqual({
      code: status.RESOURCE_EXHAUSTED,
      details:
        'request message: the message is too large, because it is beyond --max-request-bytes; send less at once, or raise that limit.',
    });
    packed.close();
  }
  expect((await refusal(client.infer(x(new Array<number>(400_000).fill(1))))).code).toBe(status.RESOURCE_EXHAUSTED);
});

/** One call with header and frames of its own. */
function http2Call(headers: Record<string, string>, ...frames: Buffer[]): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://${program.urls.grpc}`).on('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': infer,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let got: Record<string, unknown> = {};
    stream.on('response', (head) => (got = { ...got, ...head }));
    stream.on('trailers', (trailers) => (got = { ...got, ...trailers }));
    stream.on('error', reject).on('close', () => {
      session.close();
      resolve({ code: Number(got['grpc-status']), details: decodeURI(String(got['grpc-message'])) });
    });
    stream.resume();
    for (const frame of frames) stream.write(frame);
    stream.end();
  });
}

function frame(message: Buffer, compressed = 0): Buffer {
  const head = Buffer.alloc(5);
  head[0] = compressed;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

test('what is wrong before a message is read is the fault of the client as well', async () => {
  const message = encode('ModelInferRequest', x([1, 2, 3, 4]));
  expect(await http2Call({}, frame(message))).toMatchObject({ code: 0 });
  expect(await http2Call({ 'grpc-encoding': 'gzip' }, frame(gzipSync(message), 1))).toMatchObject({ code: 0 });
  expect(await http2Call({ 'grpc-encoding': 'gzip' }, frame(message, 1))).toEqual({
    code: status.INVALID_ARGUMENT,
    details:
      'request message: the message cannot be decompressed, because it is not what grpc-encoding says; compress it that way, or send it as it is.',
  });
  expect(await http2Call({ 'grpc-encoding': 'br' }, frame(message, 1))).toMatchObject({ code: status.UNIMPLEMENTED });
  expect(await http2Call({ 'grpc-timeout': 'soon' }, frame(message))).toEqual({
    code: status.INVALID_ARGUMENT,
    details:
      'header grpc-timeout: the deadline cannot be read, because it is a number of at most eight digits and a unit; send one like 500m.',
  });
  expect(await http2Call({})).toEqual({
    code: status.INVALID_ARGUMENT,
    details: 'request message: there is no message, because the call takes one; send it.',
  });
  expect(await http2Call({}, frame(message), frame(message))).toEqual({
    code: status.INVALID_ARGUMENT,
    details: 'request message: there is a second message, because the call takes one; use ModelStreamInfer for more.',
  });
});

test('what the model fails with is INTERNAL, and long names do not break the status', async () => {
  const long = 'm'.repeat(100_000);
  const refused = await refusal(client.infer(x([1, 2, 3, 4], { model_name: long })));
  expect(refused.code).toBe(status.NOT_FOUND);
  expect(refused.details.length).toBeLessThan(1010);
  const odd = await refusal(client.infer(x([1, 2, 3, 4], { model_name: '\u{1F600}'.repeat(600) })));
  expect(odd.code).toBe(status.NOT_FOUND);
});

const rounds = (count: number): object => ({
  model_name: 'slow',
  inputs: [{ name: 'rounds', datatype: 'INT64', shape: [1], contents: { int64_contents: [count] } }],
});

test('a deadline ends a call, and what waits for it is not computed', async () => {
  const first = client.infer(rounds(20_000));
  await until(async () => JSON.stringify(await client.call('ModelStatistics')).length > 0);
  const late = await refusal(client.infer(rounds(1_000_000), {}, { deadline: Date.now() + 100 }));
  expect(late.code).toBe(status.DEADLINE_EXCEEDED);
  await first;
  // Had it been computed, this one would wait for minutes.
  expect(await client.infer(rounds(1))).toMatchObject({ model_name: 'slow' });
});

test('a call that is canceled while it waits is not computed', async () => {
  const first = client.infer(rounds(20_000));
  const call = client.client.makeUnaryRequest(
    infer,
    (bytes: Buffer) => bytes,
    (bytes: Buffer) => bytes,
    encode('ModelInferRequest', rounds(1_000_000)),
    () => undefined,
  );
  setTimeout(() => call.cancel(), 50);
  await first;
  expect(await client.infer(rounds(1))).toMatchObject({ model_name: 'slow' });
});

test('a taken port ends the start with a sentence', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(shop.serve({ modelRepository: shop.repository('scale'), grpcPort: port })).rejects.toThrow(
    `127.0.0.1:${port}: the port is taken, because another program listens on it; stop that program, or give --grpc-port another port (0 takes a free one).`,
  );
  other.close();
});

test('a stop lets calls in flight end, and takes no new ones', async () => {
  const own = await shop.serve({ modelRepository: shop.repository('slow') });
  await untilReady(own);
  const caller = new GrpcClient(own.urls.grpc as string);
  await caller.call('ServerLive');
  const flying = caller.infer(rounds(20_000));
  await until(async () => (await caller.call('ServerReady'))['ready'] === true);
  const stopped = own.stop('test');
  expect(await flying).toMatchObject({ model_name: 'slow' });
  await stopped;
  expect((await refusal(caller.call('ServerLive'))).code).toBe(status.UNAVAILABLE);
  caller.close();
});

test('a stop cuts calls that take longer than their time', async () => {
  const own = await shop.serve({ modelRepository: shop.repository('scale'), drainSeconds: 0.2 });
  const session = connect(`http://${own.urls.grpc}`).on('error', () => undefined);
  // The client never says that its message is whole.
  const stream = session.request({ ':method': 'POST', ':path': infer, 'content-type': 'application/grpc' });
  const closed = new Promise((resolve) => stream.on('error', () => undefined).on('close', () => resolve('cut')));
  stream.write(frame(Buffer.alloc(10)));
  const caller = new GrpcClient(own.urls.grpc as string);
  await caller.call('ServerLive');
  caller.close();
  await own.stop('test');
  expect(await closed).toBe('cut');
  session.destroy();
});
