/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { call, until, workshop, type Answer } from '../../support/serving';
import { differences, parseCut, recordings, type Recorded } from '../../support/triton-recording';
import { deliberate } from './triton-differences';

const shop = workshop();
const recorded = recordings();
const example = recorded.find(({ name }) => name === 'infer')?.body ?? '';
let found: ReadonlyMap<string, readonly string[]>;
let answers: ReadonlyMap<string, Answer>;

const isJson = (text: string): boolean => text.startsWith('{') || text.startsWith('[');

function compare({ status, type, text }: Recorded, ours: Answer): string[] {
  if (status === undefined) return [];
  const documents =
    isJson(text) === isJson(ours.text)
      ? isJson(text)
        ? differences(parseCut(text), ours.json)
        : []
      : [`~ $: ${text === '' ? 'empty' : 'document'}, here ${ours.text === '' ? 'empty' : 'a document'}`];
  return [
    ...(status === ours.status ? [] : [`status ${status}, here ${ours.status}`]),
    ...(type === ours.headers['content-type'] ? [] : [`type ${type}, here ${ours.headers['content-type']}`]),
    ...documents,
  ];
}

beforeAll(async () => {
  const repository = shop.folder();
  cpSync(join(__dirname, '../../../../fixtures/runtime/triton'), repository, { recursive: true });
  const program = await shop.serve({ modelRepository: repository, modelControl: 'explicit', loadModels: 'm,n,s' });
  for (const model of ['m', 'n', 's'])
    await until(async () => (await call(`${program.urls.http}/v2/models/${model}/ready`)).status === 200);
  const results = new Map<string, readonly string[]>();
  const all = new Map<string, Answer>();
  for (const each of recorded) {
    // What was asked between the two, and not written down.
    if (each.name === 's_ready_after')
      await call(`${program.urls.http}/v2/repository/models/s/unload`, { method: 'POST' });
    // A load is always one anew here, and statistics begin with it.
    if (each.name === 'stats') await call(`${program.urls.http}/v2/models/m/infer`, { method: 'POST', body: example });
    const { method, path, body } = each;
    const base = path === '/metrics' ? program.urls.metrics : program.urls.http;
    const answer = await call(base + path, { method, ...(body === undefined ? {} : { body }) });
    all.set(each.name, answer);
    results.set(each.name, compare(each, answer));
  }
  [found, answers] = [results, all];
});

const explained = (name: string): readonly string[] =>
  deliberate.filter(({ cases }) => cases.includes(name)).flatMap(({ differs }) => differs);

test.each(recorded.map(({ name }) => name))('%s is answered as by Triton, or differs for a reason', (name) => {
  const reasons = explained(name);
  expect(found.get(name)?.filter((each) => !reasons.includes(each))).toEqual([]);
});

test('no reason is given for what does not differ', () => {
  const idle = deliberate.flatMap(({ cases, differs }) =>
    cases.flatMap((name) => differs.filter((each) => found.get(name)?.includes(each) !== true)),
  );
  expect(idle).toEqual([]);
});

test('the values are the same where both have them', () => {
  for (const name of ['infer', 'index']) {
    const { text } = recorded.find((each) => each.name === name) as Recorded;
    expect(answers.get(name)?.json).toEqual(JSON.parse(text));
  }
});

test('the answer whose bytes could not be written down is binary here, too', () => {
  expect(recorded.find(({ status }) => status === undefined)?.name).toBe('infer_binaryout');
  const answer = answers.get('infer_binaryout');
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/octet-stream' } });
  const length = Number(answer?.headers['inference-header-content-length']);
  expect(JSON.parse(answer?.text.slice(0, length) ?? '')).toEqual({
    model_name: 'm',
    model_version: '1',
    outputs: [{ name: 'Y', datatype: 'FP32', shape: [1, 4], parameters: { binary_data_size: 16 } }],
  });
});

test('the metrics of Triton that say something of models on CPUs are there under their names', () => {
  const names = (text: string): string[] => [...text.matchAll(/^# TYPE (nv_\w+)/gm)].map((match) => match[1] as string);
  const theirs = names(recorded.find(({ name }) => name === 'metrics')?.text ?? '');
  const ours = names(answers.get('metrics')?.text ?? '');
  expect(theirs.length).toBeGreaterThan(10);
  // The process has its own (process_*), and there is no memory to be pinned for GPUs.
  expect(theirs.filter((name) => !ours.includes(name))).toEqual([
    'nv_pinned_memory_pool_total_bytes',
    'nv_pinned_memory_pool_used_bytes',
    'nv_cpu_utilization',
    'nv_cpu_memory_total_bytes',
    'nv_cpu_memory_used_bytes',
  ]);
});
