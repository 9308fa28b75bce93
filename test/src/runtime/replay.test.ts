/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { replayConfig, type ReplayConfigInput } from '@plinth/contract';
import { replay, type ReplayReport } from '../../../src/runtime/replay';
import { infer, input, modelFile, untilReady, workshop } from './support/serving';

const shop = workshop();

/** A model whose versions are fixtures. */
function repository(name: string, ...versions: string[]): string {
  const root = shop.folder();
  versions.forEach((path, at) => {
    mkdirSync(join(root, name, String(at + 1)), { recursive: true });
    cpSync(path, join(root, name, String(at + 1), 'model.onnx'));
  });
  return root;
}

/** The payload log of a server that was sent these inputs, by the version that is the champion. */
async function logged(root: string, model: string, inputs: object[][], champion = 1): Promise<string> {
  const log = shop.folder();
  writeFileSync(join(root, model, 'traffic.json'), JSON.stringify({ aliases: { champion, challenger: 2 } }));
  const program = await shop.serve({ modelRepository: root, payloadLog: { location: log } });
  await untilReady(program);
  for (const each of inputs) expect((await infer(program.urls.http, model, { inputs: each })).status).toBe(200);
  await program.stop('the log is wanted');
  return log;
}

const run = (config: Omit<ReplayConfigInput, 'scratch'>): Promise<ReplayReport> =>
  replay(replayConfig.parse({ workers: 1, logLevel: 'silent', scratch: shop.folder(), ...config }), {});

const index = (...values: number[]): object[] => [input('index', 'INT64', [values.length], values)];

test('a version agrees with the log where it answers the same, and its worst rows are told', async () => {
  // Version 1 looks 0, 1 and 2 up in 1, 2, 3; version 2 answers 4 to 2, and fails on 0 and 1.
  const root = repository('fraud', modelFile('lookup'), modelFile('picky'));
  const log = await logged(root, 'fraud', [index(2), index(2, 2), index(0)]);
  const report = await run({ log, model: 'fraud', modelRepository: root, against: '1, challenger' });
  expect(report).toMatchObject({ model: 'fraud', from: 'log', events: 3, skipped: [], unanswered: { requests: 0 } });
  const [same, other] = report.against;
  expect(same).toEqual({
    version: '1',
    compared: 3,
    failed: { requests: 0 },
    outputs: [{ output: 'Y', kind: 'difference', rows: 4, agreeing: 4, agreement: 1, largestDifference: 0, worst: [] }],
  });
  expect(other).toMatchObject({
    version: '2',
    compared: 2,
    outputs: [{ output: 'Y', rows: 3, agreeing: 0, agreement: 0, largestDifference: 0.25 }],
  });
  expect(other?.outputs[0]?.worst.map(({ row, from, against }) => [row, from, against])).toEqual([
    [0, [3], [4]],
    [0, [3], [4]],
    [1, [3], [4]],
  ]);
  expect(other?.failed.requests).toBe(1);
  expect(other?.failed.first).toMatch(/^event .+: .*indices element out of data bounds/);
  const tolerant = await run({ log, model: 'fraud', modelRepository: root, against: '2', tolerance: 0.25, worst: 1 });
  expect(tolerant.against[0]?.outputs[0]).toMatchObject({ agreement: 1, worst: [] });
});

test('two versions are compared with one another, whichever answered', async () => {
  const root = repository('fraud', modelFile('scale', '1'), modelFile('scale', '2'));
  const log = await logged(root, 'fraud', [[input('X', 'FP32', [1, 4], [1, 2, 3, 4])]], 2);
  const report = await run({ log, model: 'fraud', modelRepository: root, from: '1', against: '2' });
  expect(report).toMatchObject({ from: '1', events: 1 });
  // The same class has the best score, although every score is twice as large.
  expect(report.against[0]?.outputs).toMatchObject([{ kind: 'argmax', agreement: 1, largestDifference: 0.5 }]);
});

test('infinities agree with the log, which has one value for all that is no number', async () => {
  const root = repository('ratio', modelFile('ratio'));
  const log = await logged(root, 'ratio', [[input('A', 'FP32', [3], [1, 0, -1]), input('B', 'FP32', [3], [0, 0, 0])]]);
  const report = await run({ log, model: 'ratio', modelRepository: root, against: '1' });
  expect(report.against[0]?.outputs).toMatchObject([
    { output: 'quotient', rows: 3, agreement: 1 },
    { output: 'sum', rows: 3, agreement: 1 },
  ]);
});

test('whole numbers beyond 2^53 are computed again to the last digit', async () => {
  const root = repository('identity_int64', modelFile('identity_int64'));
  const log = shop.folder();
  mkdirSync(join(log, 'identity_int64'));
  const tensor = (name: string, last: string): string =>
    `{"name":"${name}","datatype":"INT64","shape":[1,2],"data":[1,${last}]}`;
  const event = (id: string, output: string): string =>
    `{"specversion":"1.0","id":"${id}","source":"s","type":"dev.plinth.inference","time":"2026-01-01T00:00:00.000Z","subject":"m",` +
    `"datacontenttype":"application/json","data":{"model":"identity_int64","version":"1","inputs":[${tensor('X', '9223372036854775807')}],"outputs":[${tensor('Y', output)}]}}\n`;
  writeFileSync(
    join(log, 'identity_int64/a.jsonl'),
    event('equal', '9223372036854775807') + event('unequal', '9223372036854775806'),
  );
  const report = await run({ log, model: 'identity_int64', modelRepository: root, against: '1' });
  expect(report.against[0]?.outputs).toMatchObject([
    {
      kind: 'label',
      rows: 2,
      agreeing: 1,
      worst: [{ event: 'unequal', from: [1, '9223372036854775806'], against: [1, '9223372036854775807'] }],
    },
  ]);
});

test('lines that cannot be used are counted with the first sentence, and the newest segments come first', async () => {
  const root = repository('fraud', modelFile('lookup'));
  const log = await logged(root, 'fraud', [index(0), index(1)]);
  const [name = ''] = readdirSync(join(log, 'fraud'));
  const bad = ['{', '{}', '{"x":', ''].join('\n');
  writeFileSync(join(log, 'fraud/99999999T000000000Z-later-000001.jsonl'), bad);
  const all = await run({ log, model: 'fraud', modelRepository: root, against: '1' });
  expect(all.events).toBe(2);
  expect(all.skipped).toEqual([
    {
      code: 'payload-malformed',
      lines: 3,
      first: expect.stringMatching(
        /\/fraud\/99999999T000000000Z-later-000001\.jsonl, line 1: the line is skipped, because .+; find out who wrote it\.$/,
      ),
    },
  ]);
  expect((await run({ log, model: 'fraud', modelRepository: root, against: '1', maxEvents: 1 })).events).toBe(1);
  expect(name).toMatch(/\.jsonl$/);
});

test('each thing that is not there gets its sentence', async () => {
  const root = repository('fraud', modelFile('lookup'));
  const log = await logged(root, 'fraud', [index(0)]);
  const base = { log, model: 'fraud', modelRepository: root, against: '1' };
  await expect(run({ ...base, log: root, against: '1', model: 'fraud' })).rejects.toThrow(
    `${root}: there are no requests of the model "fraud", because it holds no segment fraud/*.jsonl; name the location and the model that the server logs.`,
  );
  await expect(run({ ...base, model: 'froud' })).rejects.toThrow(
    `${root}: there is no model "froud", because it holds fraud; name one of its models with --model.`,
  );
  await expect(run({ ...base, against: '7' })).rejects.toThrow(
    `${root}: there is no version 7 of the model "fraud", because it holds 1; name one of these.`,
  );
  await expect(run({ ...base, from: 'nobody' })).rejects.toThrow('model "fraud": there is no alias "nobody"');
  expect(() => replayConfig.parse({ ...base, against: '1,,2' })).toThrow(
    'versions are numbers, aliases are names, with commas between them',
  );
});

test('the command prints one JSON document', async () => {
  // The compiled program, as it is deployed.
  const main = join(__dirname, '../../../src/runtime/dist/main.js');
  const root = repository('fraud', modelFile('lookup'));
  const log = await logged(root, 'fraud', [index(0)]);
  const args = [
    '--log',
    log,
    '--model',
    'fraud',
    '--model-repository',
    root,
    '--against',
    'champion',
    '--workers',
    '1',
  ];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, 'replay', ...args], { env: {} });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    ok: true,
    result: { model: 'fraud', from: 'log', events: 1, against: [{ version: '1', compared: 1 }] },
    errors: [],
  });
  const missing = promisify(execFile)(process.execPath, [main, 'replay', ...args.with(1, root)], { env: {} });
  await expect(missing).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^.+: there are no requests of the model "fraud"/),
  });
});
