import { sentence, type Finding } from '@plinth/contract';
import { rowsOf } from '../../../../src/runtime/monitoring/payload-rows';
import { event, small } from './support';

const read = (line: unknown): ReturnType<typeof rowsOf> =>
  rowsOf(typeof line === 'string' ? line : JSON.stringify(line), small(), 'log/a.jsonl, line 4');

const problemOf = (line: unknown): Finding => {
  const result = read(line);
  if ('rows' in result) throw new Error('the line was accepted');
  return result.problem;
};

const input = (change: object): object =>
  event([[1, 2]], { inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: [1, 2], ...change }] });

describe('rowsOf', () => {
  it('takes rows of any batch, in the precision of the model', () => {
    const batch = event([
      [0.1, 5],
      [0.2, null],
    ]);
    const result = read(batch);
    expect(result).toEqual({
      rows: [
        { time: batch.time, values: [Math.fround(0.1), 5] },
        { time: batch.time, values: [Math.fround(0.2), NaN] },
      ],
    });
  });

  it('takes a request without a batch axis as one row, an empty batch as none, booleans as 0 and 1', () => {
    expect(read(input({ shape: [2] }))).toMatchObject({ rows: [{ values: [1, 2] }] });
    expect(read(input({ shape: [0, 2], data: [] }))).toEqual({ rows: [] });
    expect(read(input({ data: [true, false] }))).toMatchObject({ rows: [{ values: [1, 0] }] });
  });

  it.each<[string, unknown, RegExp]>([
    [
      'payload-malformed',
      '{"specversion":',
      /the line is skipped, because it is no JSON \(.*; write one payload event/,
    ],
    ['payload-malformed', '"text"', /because it is wrong \(/],
    ['payload-malformed', { ...event([[1, 2]]), type: 'other' }, /because type is wrong \(/],
    ['payload-malformed', '{"specversion":"1.0","data":{"inputs":[{"data":[1e999]}]}}', /is wrong \(/],
    [
      'payload-other-version',
      event([[1, 2]], { version: '2' }),
      /because it is about small version 2 and the profile about small version 1; point/,
    ],
    ['payload-other-version', event([[1, 2]], { model: 'large' }), /because it is about large version 1/],
    ['payload-without-input', event([[1, 2]], { inputs: [] }), /because its inputs \(none\) lack 'x'; make/],
    ['payload-without-input', input({ name: 'y' }), /because its inputs \('y'\) lack 'x'/],
    ['payload-datatype', input({ datatype: 'FP64' }), /because input 'x' is FP64 and the profile is for FP32; make/],
    [
      'payload-features',
      input({ shape: [1, 3], data: [1, 2, 3] }),
      /because input 'x' has shape \[1, 3\] and the profile 2 features; make/,
    ],
    ['payload-features', input({ shape: [], data: [1] }), /has shape \[\] and the profile 2 features/],
    [
      'payload-shape',
      input({ data: [1] }),
      /because input 'x' holds 1 values where its shape \[1, 2\] needs 2; write data flat/,
    ],
    [
      'payload-text',
      input({ data: [1, 'two'] }),
      /because input 'x' holds text where FP32 needs numbers; write numbers/,
    ],
  ])('refuses with %s: %#', (code, line, message) => {
    const problem = problemOf(line);
    expect(problem.code).toBe(code);
    expect(sentence(problem)).toMatch(/^log\/a\.jsonl, line 4: /);
    expect(sentence(problem)).toMatch(message);
  });
});
