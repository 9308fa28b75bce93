/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveConfig } from '@plinth/contract';
import { openEngine } from '../../../../src/runtime/open-engine';
import { makeLogger } from '../../../../src/runtime/program';
import { call, infer, input, until, untilReady, workshop } from '../support/serving';

const shop = workshop();

/** A repository of these models, with a config.pbtxt where one is given. */
function repository(models: readonly string[], configs: Record<string, string> = {}): string {
  const root = shop.repository(...models);
  for (const [name, text] of Object.entries(configs)) {
    mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, name, 'config.pbtxt'), text);
  }
  return root;
}
const x = (...rows: number[][]): object => ({ inputs: [input('X', 'FP32', [rows.length, 4], rows.flat())] });
const metric = async (url: string, line: string): Promise<number | undefined> => {
  const found = (await call(`${url}/metrics`)).text.split('\n').find((each) => each.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
};

test('requests that come at the same time are computed together, and each gets its own answer', async () => {
  const root = repository(['scale'], { scale: 'max_batch_size: 16 dynamic_batching {}' });
  const config = serveConfig.parse({ modelRepository: root, workers: 1, logLevel: 'silent' });
  const engine = await openEngine(config, makeLogger('silent', 'test'), undefined);
  await engine.table.look();
  const ask = async (value: number): Promise<void> => {
    const data = Float32Array.of(value, 0, 0, 0);
    const { outputs } = await engine.plane.infer('scale', undefined, () => ({
      id: undefined,
      inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4], values: () => data }],
      outputs: undefined,
    }));
    expect(outputs).toEqual([
      { name: 'Y', datatype: 'FP32', shape: [1, 4], data: Float32Array.of(2 * value, 0, 0, 0) },
    ]);
  };
  for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 32 }, (_, value) => ask(value)));
  const [statistics] = engine.plane.statistics('scale');
  expect(statistics).toMatchObject({
    inference_count: 640,
    execution_count: 40,
    batch_stats: [{ batch_size: 16, compute_infer: { count: 40 } }],
  });
  await engine.close();
});

test('a batch that would be too large is refused, and answers over HTTP are not mixed up', async () => {
  const root = repository(['scale'], { scale: 'max_batch_size: 16 dynamic_batching {}' });
  const program = await shop.serve({ modelRepository: root });
  await untilReady(program);
  const { http } = program.urls;
  const ask = async (value: number): Promise<void> => {
    const { json } = await infer(http, 'scale', x([value, 0, 0, 0]));
    expect(json.outputs?.[0]).toEqual({ name: 'Y', datatype: 'FP32', shape: [1, 4], data: [2 * value, 0, 0, 0] });
  };
  for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 32 }, (_, value) => ask(value)));
  const tooMany = await infer(http, 'scale', x(...Array.from({ length: 17 }, () => [0, 0, 0, 0])));
  expect(tooMany).toMatchObject({
    status: 400,
    json: { error: 'model "scale": there are 17 rows, because its max_batch_size is 16; send fewer rows at once.' },
  });
});

test('inputs of a batch have the same number of rows', async () => {
  const program = await shop.serve({ modelRepository: repository(['ratio'], { ratio: 'max_batch_size: 8' }) });
  await untilReady(program);
  const body = { inputs: [input('A', 'FP32', [2], [1, 2]), input('B', 'FP32', [1], [1])] };
  const { status, json } = await infer(program.urls.http, 'ratio', body);
  expect(status).toBe(400);
  expect(json.error).toBe(
    'model "ratio", input "B": it has 1 rows, because input "A" has 2; send the same number of rows in every input.',
  );
});

test('the same question is answered from the cache, whatever its id', async () => {
  const root = repository(['scale'], { scale: 'response_cache { enable: true }' });
  const program = await shop.serve({ modelRepository: root });
  await untilReady(program);
  const { http, metrics } = program.urls;
  const answers = [];
  for (const id of ['a', 'b', 'c']) answers.push(await infer(http, 'scale', { id, ...x([1, 2, 3, 4]) }));
  expect(answers.map(({ json }) => [json['id'], json.outputs?.[0]?.data])).toEqual(
    ['a', 'b', 'c'].map((id) => [id, [2, 4, 6, 8]]),
  );
  expect(await metric(metrics, 'nv_inference_exec_count{model="scale",version="2"}')).toBe(1);
});

const chain = `
  platform: "ensemble" max_batch_size: 8
  input { name: "in" data_type: TYPE_FP32 dims: 4 }
  output [ { name: "once" data_type: TYPE_FP32 dims: 4 }, { name: "twice" data_type: TYPE_FP32 dims: 4 } ]
  ensemble_scheduling {
    step { model_name: "scale" model_version: -1 input_map { key: "X" value: "once" } output_map { key: "Y" value: "twice" } }
    step { model_name: "scale" model_version: -1 input_map { key: "X" value: "in" } output_map { key: "Y" value: "once" } }
  }`;

test('an ensemble passes tensors from model to model, in the order of what they need', async () => {
  const program = await shop.serve({ modelRepository: repository(['scale'], { chain }) });
  const { http } = program.urls;
  await untilReady(program);
  await until(async () => (await call(`${http}/v2/models/chain/ready`)).status === 200);
  const body = { inputs: [input('in', 'FP32', [1, 4], [1, 2, 3, 4])] };
  const { json } = await infer(http, 'chain', body);
  expect(json).toMatchObject({
    model_name: 'chain',
    model_version: '1',
    outputs: [
      { name: 'once', data: [2, 4, 6, 8] },
      { name: 'twice', data: [4, 8, 12, 16] },
    ],
  });
  const one = await infer(http, 'chain', { ...body, outputs: [{ name: 'twice' }] });
  expect(one.json.outputs).toHaveLength(1);
  expect((await call(`${http}/v2/models/chain`)).json).toMatchObject({
    platform: 'ensemble',
    inputs: [{ name: 'in', datatype: 'FP32', shape: [-1, 4] }],
  });
});

test('an ensemble whose step fails says which', async () => {
  const broken = chain.replace('model_name: "scale"', 'model_name: "nobody"');
  const program = await shop.serve({ modelRepository: repository(['scale'], { broken }) });
  await untilReady(program);
  const { http } = program.urls;
  await until(async () => (await call(`${http}/v2/models/broken/ready`)).status === 200);
  const { status, json } = await infer(http, 'broken', { inputs: [input('in', 'FP32', [1, 4], [1, 2, 3, 4])] });
  expect(status).toBe(404);
  expect(json.error).toContain('Request for unknown model: "nobody" is not found');
});

test.each<[string, string, string]>([
  ['no step', 'platform: "ensemble"', 'the ensemble has no steps, no inputs or no outputs'],
  [
    'two makers',
    chain.replace('value: "twice"', 'value: "once"'),
    'two steps make "once", because each tensor has one origin',
  ],
  [
    'no maker',
    chain.replace('value: "in"', 'value: "out"'),
    'nothing makes "out", because no input and no step has that name',
  ],
  [
    'a circle',
    chain.replace('value: "in"', 'value: "twice"'),
    'depends on itself, because the steps "scale" -> "scale" -> "scale" go round',
  ],
  [
    'a type without engine',
    chain.replace('TYPE_FP32', 'TYPE_BF16'),
    '"in" is TYPE_BF16, because the engine does not compute with that type',
  ],
])('an ensemble with %s is refused with its sentence', async (_what, config, sentence) => {
  const program = await shop.serve({ modelRepository: repository(['scale'], { wrong: config }) });
  await untilReady(program);
  const answer = await call(`${program.urls.http}/v2/models/wrong/ready`);
  expect(answer.status).toBe(503);
  expect(answer.json.error).toContain(sentence);
});

test('a model is warmed up with the samples of its configuration; a sample that fails keeps it from serving', async () => {
  const sample = (value: string): string => `
    max_batch_size: 4
    model_warmup { name: "first" batch_size: 2 count: 3 inputs { key: "X" value { data_type: TYPE_FP32 dims: 4 ${value} } } }`;
  const root = repository(['scale'], { scale: sample('input_data_file: "x.bin"') });
  const program = await shop.serve({ modelRepository: root });
  const { http, metrics } = program.urls;
  await until(async () => (await call(`${http}/v2/models/scale/ready`)).json.error?.includes('warmup/x.bin') === true);
  expect((await call(`${http}/v2/models/scale/ready`)).json.error).toBe(
    'scale/config.pbtxt, model_warmup "first": the model cannot be warmed up, because there is no file warmup/x.bin; correct the sample.',
  );
  mkdirSync(join(root, 'scale/warmup'));
  writeFileSync(join(root, 'scale/warmup/x.bin'), Buffer.alloc(2 * 4 * 4));
  await untilReady(program);
  expect(await metric(metrics, 'nv_inference_exec_count{model="scale",version="2"}')).toBe(3);
  writeFileSync(join(root, 'scale/config.pbtxt'), sample('random_data: true').replace('"X"', '"Z"'));
  expect((await infer(http, 'scale', x([1, 2, 3, 4]))).status).toBe(200);
});

test('with a reshape, requests and the engine see different shapes', async () => {
  const config = `max_batch_size: 4
    input [ { name: "A" data_type: TYPE_FP32 dims: 1 reshape { } }, { name: "B" data_type: TYPE_FP32 dims: 1 reshape { } } ]
    output { name: "sum" data_type: TYPE_FP32 dims: 1 reshape { } }`;
  const program = await shop.serve({ modelRepository: repository(['ratio'], { ratio: config }) });
  await untilReady(program);
  const body = { inputs: [input('A', 'FP32', [2, 1], [1, 2]), input('B', 'FP32', [2, 1], [3, 4])] };
  const { json } = await infer(program.urls.http, 'ratio', body);
  expect(json.outputs).toEqual([{ name: 'sum', datatype: 'FP32', shape: [2, 1], data: [4, 6] }]);
});

test('a model beyond the budget of memory comes back when it is asked for', async () => {
  const root = shop.repository('scale', 'ratio');
  const program = await shop.serve({ modelRepository: root, maxModelBytes: 200 });
  await untilReady(program);
  const { http } = program.urls;
  await until(async () => (await call(`${http}/v2/models/ratio/ready`)).status === 200);
  for (let round = 0; round < 3; round++) {
    expect((await infer(http, 'scale', x([1, 2, 3, 4]))).status).toBe(200);
    const both = { inputs: [input('A', 'FP32', [1], [1]), input('B', 'FP32', [1], [3])] };
    expect((await infer(http, 'ratio', both)).status).toBe(200);
  }
});

/** Processes of isolated models that this one has started. */
const processes = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ')[1];
        return (
          Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('process-worker')
        );
      } catch {
        return false;
      }
    });

test('an isolated model that is killed takes only its own requests along', async () => {
  const isolated = 'parameters { key: "isolated" value { string_value: "true" } }';
  const root = repository(['slow', 'scale'], { slow: isolated });
  const program = await shop.serve({ modelRepository: root });
  const { http } = program.urls;
  await untilReady(program);
  await until(async () => (await call(`${http}/v2/models/slow/ready`)).status === 200);
  const rounds = (count: number): object => ({ inputs: [input('rounds', 'INT64', [1], [count])] });
  const held = infer(http, 'slow', rounds(20_000));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const [pid, ...others] = processes();
  expect(others).toEqual([]);
  process.kill(pid as number, 'SIGKILL');
  expect(await held).toMatchObject({
    status: 503,
    json: { error: 'process of model "slow": the request was lost, because what computed it ended; send it again.' },
  });
  expect((await infer(http, 'scale', x([1, 2, 3, 4]))).status).toBe(200);
  expect((await infer(http, 'slow', rounds(1))).status).toBe(200);
  await program.stop('the test is over');
  expect(processes()).toEqual([]);
});
