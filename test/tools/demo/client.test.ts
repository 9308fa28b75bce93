import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reportOf, score, sum, untilRead } from '../../../tools/demo/client';

const { signal } = new AbortController();
const rows = { features: ['a'], values: [[1]], labels: [0] };
let server: Server;
let url: string;
let answers: Record<string, { status: number; body: unknown }>;

beforeEach(async () => {
  server = createServer((request, response) => {
    const { status, body } = answers[request.url ?? ''] ?? { status: 404, body: { error: 'not here' } };
    request.resume();
    response.writeHead(status).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

it.each([
  [{}, 'it answers 404'],
  [{ '/v2/models/m': { status: 200, body: { inputs: [] } } }, 'the model names no input'],
  [
    {
      '/v2/models/m': { status: 200, body: { inputs: [{ name: 'x', datatype: 'FP32' }] } },
      '/v2/models/m/infer': { status: 200, body: { outputs: [{ name: 'other', data: [1] }] } },
    },
    "the answer has no output 'label'",
  ],
])('says what a server answers that is no server of this model: %j', async (given, why) => {
  answers = given;
  await expect(score(url, 'm', rows, signal)).rejects.toThrow(`what the protocol promises, because ${why}`);
});

it('says that the monitor lags behind', async () => {
  answers = { '/report': { status: 200, body: { rows: 3, windows: [] } } };
  expect((await reportOf(url, signal)).rows).toBe(3);
  const seen: number[] = [];
  const waiting = untilRead(url, 5, { seconds: 0, signal, onReport: ({ rows: read }) => seen.push(read) });
  await expect(waiting).rejects.toThrow('the monitor has read 3 of 5 rows after 0 seconds');
  expect(seen).toEqual([3]);
});

it('adds the scores of batches', () => {
  const one = { rows: 2, correct: 1, accuracy: 0.5, confusion: { 0: { 0: 1, 1: 1 } }, seconds: 1 };
  const two = { rows: 2, correct: 2, accuracy: 1, confusion: { 0: { 0: 1 }, 1: { 1: 1 } }, seconds: 2 };
  expect(sum(undefined, one, two)).toEqual({
    rows: 4,
    correct: 3,
    accuracy: 0.75,
    confusion: { 0: { 0: 2, 1: 1 }, 1: { 1: 1 } },
    seconds: 3,
  });
});
