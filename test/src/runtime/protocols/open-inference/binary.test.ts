/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';
import { untilReady, workshop } from '../../support/serving';

const shop = workshop();
let url: string;

beforeAll(async () => {
  const models = ['scale', 'ratio', 'halves', 'identity_bytes', 'identity_fp16', 'identity_bool', 'identity_int64'];
  const program = await shop.serve({ modelRepository: shop.repository(...models), maxRequestBytes: 100_000 });
  url = program.urls.http;
  await untilReady(program);
});

interface BinaryAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** The JSON document in front of the tensors. */
  readonly json: Record<string, unknown>;
  readonly tensors: Buffer;
}

function post(model: string, body: Buffer, headers: Record<string, string> = {}): Promise<BinaryAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      `${url}/v2/models/${model}/infer`,
      { method: 'POST', headers, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const raw = Buffer.concat(chunks);
          const bytes = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
          const length = Number(answer.headers['inference-header-content-length'] ?? bytes.length);
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            bytes,
            json: JSON.parse(bytes.subarray(0, length).toString()) as Record<string, unknown>,
            tensors: bytes.subarray(length),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A request with its tensors behind it. */
function send(model: string, document: object, ...tensors: Uint8Array[]): Promise<BinaryAnswer> {
  const json = Buffer.from(JSON.stringify(document));
  return post(model, Buffer.concat([json, ...tensors]), { 'Inference-Header-Content-Length': String(json.length) });
}

const bytesOf = (view: Float32Array | Uint16Array | BigInt64Array): Uint8Array => new Uint8Array(view.buffer);
const x = (size?: number, shape = [1, 4]): object => ({
  name: 'X',
  datatype: 'FP32',
  shape,
  ...(size === undefined ? {} : { parameters: { binary_data_size: size } }),
});
const four = bytesOf(Float32Array.of(1, 2, 3, NaN));
const plain = { name: 'X', datatype: 'FP32', shape: [1, 4], data: [1, 2, 3, 4] };
const floats = (bytes: Buffer): number[] =>
  Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(4 * index));

test('tensors come and go in binary form, NaN and all', async () => {
  const answer = await send('scale', { id: 'a', inputs: [x(16)], parameters: { binary_data_output: true } }, four);
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe('application/octet-stream');
  expect(Number(answer.headers['content-length'])).toBe(answer.bytes.length);
  expect(answer.json).toEqual({
    id: 'a',
    model_name: 'scale',
    model_version: '2',
    outputs: [{ name: 'Y', datatype: 'FP32', shape: [1, 4], parameters: { binary_data_size: 16 } }],
  });
  expect(floats(answer.tensors)).toEqual([2, 4, 6, NaN]);
});

test('each output chooses its form, above what holds for all', async () => {
  const one = (name: string): object => ({ name, datatype: 'FP32', shape: [1], parameters: { binary_data_size: 4 } });
  const [a, b] = [bytesOf(Float32Array.of(6)), bytesOf(Float32Array.of(2))];
  // The order of the inputs is that of their bytes.
  const inputs = [one('B'), one('A')];
  const sum = { name: 'sum', parameters: { binary_data: false } };
  const mixed = await send(
    'ratio',
    { inputs, outputs: [sum, { name: 'quotient' }], parameters: { binary_data_output: true } },
    b,
    a,
  );
  expect(mixed.json['outputs']).toEqual([
    { name: 'sum', datatype: 'FP32', shape: [1], data: [8] },
    { name: 'quotient', datatype: 'FP32', shape: [1], parameters: { binary_data_size: 4 } },
  ]);
  expect(floats(mixed.tensors)).toEqual([3]);
  const asked = { name: 'quotient', parameters: { binary_data: true } };
  expect(floats((await send('ratio', { inputs, outputs: [asked] }, b, a)).tensors)).toEqual([3]);
  const json = await send('ratio', { inputs, outputs: [sum], parameters: { binary_data_output: true } }, b, a);
  expect(json.headers['content-type']).toBe('application/json');
});

test('a request in JSON can have a binary answer, and the other way round', async () => {
  const body = Buffer.from(JSON.stringify({ inputs: [plain], parameters: { binary_data_output: true } }));
  expect(floats((await post('scale', body)).tensors)).toEqual([2, 4, 6, 8]);
  const answer = await send('scale', { inputs: [x(16)] }, bytesOf(Float32Array.of(1, 2, 3, 4)));
  expect(answer.json['outputs']).toEqual([{ name: 'Y', datatype: 'FP32', shape: [1, 4], data: [2, 4, 6, 8] }]);
});

test('FP16 goes in binary form both ways', async () => {
  const halves = bytesOf(Uint16Array.of(0x3c00, 0xc000));
  const input = { name: 'X', datatype: 'FP16', shape: [1, 2], parameters: { binary_data_size: 4 } };
  const answer = await send('identity_fp16', { inputs: [input], parameters: { binary_data_output: true } }, halves);
  expect([...answer.tensors]).toEqual([...halves]);
  const refused = await send('identity_fp16', { inputs: [input] }, halves);
  expect(refused.json['error']).toContain('FP16 cannot be sent as JSON');
});

test('BYTES have their lengths in front; BOOL is a byte; INT64 is exact', async () => {
  const texts = Buffer.from([1, 0, 0, 0, 0x61, 2, 0, 0, 0, 0xc3, 0xa9]);
  const output = { parameters: { binary_data_output: true } };
  const input = (datatype: string, size: number): object[] => [
    { name: 'X', datatype, shape: [1, 2], parameters: { binary_data_size: size } },
  ];
  const text = await send('identity_bytes', { inputs: input('BYTES', 11), ...output }, texts);
  expect(text.tensors.equals(texts)).toBe(true);
  const bits = Buffer.from([1, 0]);
  expect((await send('identity_bool', { inputs: input('BOOL', 2), ...output }, bits)).tensors.equals(bits)).toBe(true);
  const long = await send(
    'identity_int64',
    { inputs: input('INT64', 16) },
    bytesOf(BigInt64Array.of(2n ** 63n - 1n, -1n)),
  );
  expect(long.bytes.toString()).toContain('[9223372036854775807,-1]');
});

test('a body without a JSON document is the only input, and its open length follows', async () => {
  const two = bytesOf(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  const answer = await post('scale', Buffer.from(two), { 'Inference-Header-Content-Length': '0' });
  expect(answer.json['outputs']).toMatchObject([{ shape: [2, 4], parameters: { binary_data_size: 32 } }]);
  expect(floats(answer.tensors)).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
});

test('compressed requests and answers count as what they hold', async () => {
  const rows = new Float32Array(4 * 1000).fill(1);
  const json = Buffer.from(
    JSON.stringify({ inputs: [x(16_000, [1000, 4])], parameters: { binary_data_output: true } }),
  );
  const answer = await post('scale', gzipSync(Buffer.concat([json, bytesOf(rows)])), {
    'content-encoding': 'gzip',
    'accept-encoding': 'gzip',
    'inference-header-content-length': String(json.length),
  });
  expect(answer.headers['content-encoding']).toBe('gzip');
  expect(Number(answer.headers['content-length'])).toBeLessThan(1000);
  expect(answer.tensors).toHaveLength(16_000);
  expect(new Set(floats(answer.tensors))).toEqual(new Set([2]));
});

describe('what does not fit gets its sentence', () => {
  const size = 'Inference-Header-Content-Length';
  test.each<[string, () => Promise<BinaryAnswer>, string]>([
    [
      'a header beyond the body',
      () => post('scale', Buffer.from('{}'), { [size]: '3' }),
      'Inference-Header-Content-Length: it is 3, because the body has 2 bytes; give the length of the JSON document in bytes.',
    ],
    ['a header that is no number', () => post('scale', Buffer.from('{}'), { [size]: '-1' }), 'it is -1, because'],
    [
      'bytes that are left over',
      () => send('scale', { inputs: [x(16)] }, four, Buffer.from('!')),
      'request body: 1 bytes are left over, because no input has them as its "binary_data_size"; correct the sizes, or Inference-Header-Content-Length.',
    ],
    [
      'bytes that are missing',
      () => send('scale', { inputs: [x(17)] }, four),
      'inputs[0]: "binary_data_size" is 17, because 16 bytes are left in the body; send all bytes of every input.',
    ],
    [
      'bytes that the shape does not hold',
      () => send('scale', { inputs: [x(12)] }, four.subarray(0, 12)),
      'there are 12 bytes, because the shape holds 4 values of 4 bytes each',
    ],
    [
      'a size that is none',
      () => send('scale', { inputs: [{ ...x(), parameters: { binary_data_size: -1 } }] }),
      'inputs[0]: "binary_data_size" is no length, because it counts bytes; send a whole number from 0 on.',
    ],
    [
      'no header',
      () => post('scale', Buffer.from(JSON.stringify({ inputs: [x(16)] }))),
      'inputs[0]: its binary data is not there, because the request has no header Inference-Header-Content-Length; send the header, and the bytes after the JSON document.',
    ],
    [
      'values twice',
      () => send('scale', { inputs: [{ ...plain, ...x(16) }] }, four),
      'inputs[0]: it has "data" and "binary_data_size", because values come once; leave one of them out.',
    ],
    [
      'no values',
      () => send('scale', { inputs: [x()] }),
      'inputs[0]: it has no values, because they come as "data", or in binary form; send "data": [ ... ].',
    ],
    [
      'a raw body for two inputs',
      () => post('ratio', Buffer.from(four), { [size]: '0' }),
      'model "ratio": the body has no JSON document, because only models of one input can do without; send one.',
    ],
    [
      'a raw body for more than one text',
      () => post('identity_bytes', Buffer.from('a'), { [size]: '0' }),
      'model "identity_bytes", input "X": its shape [-1,2] does not follow from the body, because a body without a JSON document is a single text; send a JSON document with the shape.',
    ],
    [
      'a raw body of half a row',
      () => post('scale', Buffer.from(four.subarray(0, 12)), { [size]: '0' }),
      'there are 12 bytes, because the shape holds 0 values of 4 bytes each',
    ],
  ])('%s', async (_, ask, message) => {
    const answer = await ask();
    expect(answer.json['error']).toContain(message);
    expect(answer.status).toBe(400);
  });

  test('shared memory is not supported, and says so', async () => {
    const region = { shared_memory_region: 'r', shared_memory_byte_size: 16 };
    const answer = await send('scale', { inputs: [{ ...x(), parameters: region }] });
    expect(answer.status).toBe(501);
    expect(answer.json['error']).toBe(
      'inputs[0]: shared memory is not supported, because this server reads tensors from requests only; send them as "data", or in binary form.',
    );
    const output = await send('scale', { inputs: [plain], outputs: [{ name: 'Y', parameters: region }] });
    expect(output.status).toBe(501);
  });
});
