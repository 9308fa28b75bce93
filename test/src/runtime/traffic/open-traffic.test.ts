/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditEvent, headerNames, serveConfig, type AuditEvent } from '@plinth/contract';
import type { RunningProgram } from '../../../../src/runtime/program';
import { call, infer, input, modelFile, until, untilReady, workshop, type Answer } from '../support/serving';

const shop = workshop();

/** A repository of one model whose versions are fixtures, and a way to write its traffic.json. */
function repository(...versions: string[]): { root: string; write(document: object): void } {
  const root = shop.folder();
  versions.forEach((path, at) => {
    mkdirSync(join(root, 'fraud', String(at + 1)), { recursive: true });
    cpSync(path, join(root, 'fraud', String(at + 1), 'model.onnx'));
  });
  return {
    root,
    write: (document) => writeFileSync(join(root, 'fraud/traffic.json'), JSON.stringify(document)),
  };
}

const scales = (): ReturnType<typeof repository> => repository(modelFile('scale', '1'), modelFile('scale', '2'));
/** Version 1 looks 0, 1 and 2 up; version 2 fails on 0 and answers 2 differently. */
const lookups = (): ReturnType<typeof repository> => repository(modelFile('lookup'), modelFile('picky'));

const ask = ({ urls }: RunningProgram, model: string): Promise<Answer> =>
  infer(urls.http, model, { inputs: [input('X', 'FP32', [1, 4], [1, 1, 1, 1])] });
const versionOf = async (program: RunningProgram, model = 'fraud'): Promise<unknown> =>
  (await ask(program, model)).json['model_version'];
const look = ({ urls }: RunningProgram, index: number): Promise<Answer> =>
  infer(urls.http, 'fraud', { inputs: [input('index', 'INT64', [1], [index])] });

/** The audit events of the model; the folder is there before its first file. */
const events = (auditLog: string): string[] =>
  readdirSync(auditLog).includes('fraud')
    ? readdirSync(join(auditLog, 'fraud')).filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    : [];
const eventOf = (auditLog: string): AuditEvent =>
  auditEvent.parse(JSON.parse(readFileSync(join(auditLog, 'fraud', events(auditLog)[0] ?? ''), 'utf8')));

test('traffic.json chooses the version, and moves it while the server runs', async () => {
  const { root, write } = scales();
  write({ aliases: { champion: 1, challenger: 2 } });
  const program = await shop.serve({ modelRepository: root });
  await untilReady(program);
  expect(await versionOf(program)).toBe('1');
  expect(await versionOf(program, 'fraud@champion')).toBe('1');
  expect(await versionOf(program, 'fraud@challenger')).toBe('2');
  const unknown = await ask(program, 'fraud@nobody');
  expect([unknown.status, unknown.json.error]).toEqual([
    404,
    'model "fraud": there is no alias "nobody", because it has champion, challenger; ask for "fraud" alone, or set the alias.',
  ]);
  write({ aliases: { champion: 2 } });
  await until(async () => (await versionOf(program)) === '2');
  expect((await call(`${program.urls.http}/v2/models/fraud@champion/ready`)).status).toBe(200);
  // Neither alias nor policy wants version 1 any more.
  await until(async () => (await call(`${program.urls.http}/v2/models/fraud/versions/1`)).status === 404);
});

test('moving an alias costs no request', async () => {
  const { root, write } = scales();
  write({ aliases: { champion: 1 } });
  const program = await shop.serve({ modelRepository: root });
  await untilReady(program);
  const answered = new Set<unknown>();
  for (let moves = 0; moves < 4; moves++) {
    const version = String((moves % 2) + 1);
    write({ aliases: { champion: version } });
    await until(async () => {
      const { status, json } = await ask(program, 'fraud');
      answered.add(status);
      return json['model_version'] === version;
    });
  }
  expect([...answered]).toEqual([200]);
});

test('without traffic.json the newest version answers', async () => {
  const program = await shop.serve({ modelRepository: scales().root });
  await untilReady(program);
  expect(await versionOf(program)).toBe('2');
});

test('a canary that fails is taken back, with an audit event', async () => {
  const { root, write } = lookups();
  const auditLog = shop.folder();
  write({ aliases: { champion: 1, challenger: 2 }, canary: { weight: 0.5 } });
  const program = await shop.serve({ modelRepository: root, auditLog });
  await untilReady(program);
  const statuses: number[] = [];
  await until(async () => {
    statuses.push((await look(program, 0)).status);
    return events(auditLog).length > 0;
  });
  expect(statuses).toContain(500);
  for (let i = 0; i < 50; i++) expect((await look(program, 0)).json['model_version']).toBe('1');
  expect(eventOf(auditLog).data).toMatchObject({
    champion: '1',
    challenger: '2',
    metric: 'errors',
    challengerShare: 1,
  });
  expect(events(auditLog)).toHaveLength(1);
  expect(events(auditLog)[0]).toMatch(/^\d{8}T\d{9}Z-[0-9a-f-]{36}\.json$/);
});

test('shadow copies find a challenger that answers differently before it answers anybody', async () => {
  const { root, write } = lookups();
  const auditLog = shop.folder();
  write({ aliases: { champion: 1, challenger: 2 }, canary: { weight: 0.001 }, shadow: { share: 1 } });
  const program = await shop.serve({ modelRepository: root, auditLog });
  await untilReady(program);
  await until(async () => {
    expect((await look(program, 2)).status).toBe(200);
    return events(auditLog).length > 0;
  });
  expect(eventOf(auditLog).data).toMatchObject({ metric: 'disagreement', challengerShare: 1, weight: 0.001 });
});

test('a repository of registered models is understood, or its mistake told', () => {
  const parse = (modelRepository: string): unknown => serveConfig.parse({ modelRepository }).modelRepository;
  for (const text of ['models:/fraud', 'models:/fraud@champion, models:/churn/3']) expect(parse(text)).toBe(text);
  for (const text of ['models:/', 'models:/fraud@', 'models:fraud', 'models:/fraud,./folder', 'models:/fraud/latest'])
    expect(() => parse(text)).toThrow(
      'registered models are models:/NAME, models:/NAME@ALIAS or models:/NAME/VERSION, with commas between',
    );
});

test('requests with the same key in the header meet the same arm', async () => {
  const { root, write } = scales();
  write({ aliases: { champion: 1, challenger: 2 }, canary: { weight: 0.5 } });
  const program = await shop.serve({ modelRepository: root });
  await untilReady(program);
  const armOf = async (key: string): Promise<unknown> => {
    const body = JSON.stringify({ inputs: [input('X', 'FP32', [1, 4], [1, 1, 1, 1])] });
    const url = `${program.urls.http}/v2/models/fraud/infer`;
    return (await call(url, { method: 'POST', body, headers: { [headerNames.sticky]: key } })).json['model_version'];
  };
  const keys = Array.from({ length: 20 }, (_, i) => `customer ${i}`);
  const arms = await Promise.all(keys.map(armOf));
  expect(new Set(arms)).toEqual(new Set(['1', '2']));
  expect(await Promise.all(keys.map(armOf))).toEqual(arms);
});
