/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import type { ServiceError } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { decode, encode, floats, GrpcClient, type Fields } from '../../support/grpc';
import { untilReady, workshop } from '../../support/serving';

const shop = workshop();

const scale = (id: string, more: object = {}): Buffer =>
  encode('ModelInferRequest', {
    model_name: 'scale',
    id,
    inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4] }],
    raw_input_contents: [floats([1, 2, 3, 4])],
    ...more,
  });
const slow = (id: string, rounds: number): Buffer =>
  encode('ModelInferRequest', {
    model_name: 'slow',
    id,
    inputs: [{ name: 'rounds', datatype: 'INT64', shape: [1], contents: { int64_contents: [rounds] } }],
  });

/** Sends all, and reads until the stream ends. */
function converse(client: GrpcClient, messages: readonly Buffer[]): Promise<Fields[]> {
  return new Promise((resolve, reject) => {
    const stream = client.stream();
    const answers: Fields[] = [];
    stream.on('data', (bytes: Buffer) => answers.push(decode('ModelStreamInferResponse', bytes)));
    stream.on('end', () => resolve(answers)).on('error', reject);
    for (const message of messages) stream.write(message);
    stream.end();
  });
}

const idOf = (answer: Fields): unknown => (answer['infer_response'] as Fields | null)?.['id'];

test('answers come in the order of the requests, and failures between them', async () => {
  const program = await shop.serve({ modelRepository: shop.repository('scale', 'slow') });
  await untilReady(program);
  const client = new GrpcClient(program.urls.grpc as string);
  const answers = await converse(client, [
    slow('first', 5000),
    scale('second'),
    scale('third', { model_name: 'nothing' }),
    Buffer.from([10, 200, 1, 1]),
    scale('fifth', { parameters: { triton_enable_empty_final_response: { bool_param: true } } }),
  ]);
  expect(answers.map(idOf)).toEqual(['first', 'second', 'third', undefined, 'fifth']);
  expect(answers.map((answer) => answer['error_message'])).toEqual([
    '',
    '',
    expect.stringContaining('nothing'),
    expect.stringContaining('request message: it is no ModelInferRequest'),
    '',
  ]);
  expect(answers[4]).toMatchObject({
    infer_response: {
      parameters: { triton_final_response: { bool_param: true } },
      raw_output_contents: [floats([2, 4, 6, 8])],
    },
  });
  client.close();
});

test('more requests than are computed at once are all answered, also to a client that reads late', async () => {
  const program = await shop.serve({ modelRepository: shop.repository('identity_fp32') });
  await untilReady(program);
  const client = new GrpcClient(program.urls.grpc as string);
  const values = floats(new Array<number>(20_000).fill(1));
  const stream = client.stream();
  const count = 300;
  for (let i = 0; i < count; i++)
    stream.write(
      encode('ModelInferRequest', {
        model_name: 'identity_fp32',
        id: String(i),
        inputs: [{ name: 'X', datatype: 'FP32', shape: [10_000, 2] }],
        raw_input_contents: [values],
      }),
    );
  stream.end();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const ids: unknown[] = [];
  await new Promise((resolve, reject) => {
    stream.on('data', (bytes: Buffer) => ids.push(idOf(decode('ModelStreamInferResponse', bytes))));
    stream.on('end', resolve).on('error', reject);
  });
  expect(ids).toEqual(Array.from({ length: count }, (_, i) => String(i)));
  client.close();
});

test('a stop ends a stream after the answers that it owes', async () => {
  const program = await shop.serve({ modelRepository: shop.repository('scale', 'slow') });
  await untilReady(program);
  const client = new GrpcClient(program.urls.grpc as string);
  const stream = client.stream();
  const ids: unknown[] = [];
  let first: () => void;
  const answered = new Promise<void>((resolve) => (first = resolve));
  stream.on('data', (bytes: Buffer) => {
    ids.push(idOf(decode('ModelStreamInferResponse', bytes)));
    first();
  });
  const ended = new Promise<ServiceError>((resolve) => stream.on('error', resolve));
  stream.write(scale('one'));
  await answered;
  stream.write(slow('two', 10_000));
  // Messages of one connection arrive in order: when this call is answered, the one above has been read.
  await client.call('ServerLive');
  const stopped = program.stop('test');
  expect(await ended).toMatchObject({
    code: status.UNAVAILABLE,
    details: 'model server: the stream ends, because the server is being stopped; open another one.',
  });
  expect(ids).toEqual(['one', 'two']);
  await stopped;
  client.close();
});
