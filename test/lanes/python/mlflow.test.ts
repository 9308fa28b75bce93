/** @jest-environment ./test/src/runtime/support/engine-environment.js */
// The registry against a real MLflow server.
import { createHash, randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AuditEvent } from '@plinth/contract';
import { pino } from 'pino';
import { MlflowClient } from '../../../src/runtime/clients/mlflow';
import { MlflowTrafficRegistry } from '../../../src/runtime/clients/mlflow-registry';
import { MlflowRepository, type FoundRegisteredModel } from '../../../src/runtime/clients/mlflow-repository';
import { modelFile, workshop } from '../../src/runtime/support/serving';
import { mlflowServer } from './mlflow-support';

const shop = workshop();
const mlflow = mlflowServer();
const { client } = mlflow;

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Registers versions 1 and 2 of the model `scale` under a name of its own. */
async function registered(): Promise<string> {
  const name = `scale-${randomUUID().slice(0, 8)}`;
  for (const version of ['1', '2'])
    expect(await client('register', { name, path: modelFile('scale', version) })).toBe(version);
  return name;
}

const alias = (name: string, own: string, version: string): Promise<unknown> =>
  client('set_registered_model_alias', { name, alias: own, version });
const tag = (name: string, key: string, value: string): Promise<unknown> =>
  client('set_registered_model_tag', { name, key, value });

function repository(text: string, needed: string[] = [], lines: string[] = []): MlflowRepository {
  const logger = pino({}, { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) });
  return new MlflowRepository(text, new MlflowClient(mlflow.url()), shop.folder(), logger, () => needed);
}

const only = async (from: MlflowRepository): Promise<FoundRegisteredModel> => {
  const [model] = await from.list();
  if (model === undefined) throw new Error('there is no model');
  return model;
};

test('the versions that aliases point to are found, with where their traffic goes', async () => {
  const name = await registered();
  expect(await only(repository(`models:/${name}`))).toMatchObject({ name, versions: [], aliased: [] });
  await alias(name, 'champion', '1');
  await alias(name, 'challenger', '2');
  await tag(name, 'plinth.canary.weight', '0.25');
  await tag(name, 'plinth.shadow.share', '1');
  const model = await only(repository(`models:/${name}`));
  expect(model.versions.map(({ version, bytes }) => [version, bytes])).toEqual([
    ['2', readFileSync(modelFile('scale', '2')).length],
    ['1', readFileSync(modelFile('scale', '1')).length],
  ]);
  expect(model.traffic).toMatchObject({
    aliases: { champion: '1', challenger: '2' },
    canary: { alias: 'challenger', weight: 0.25 },
    shadow: { alias: 'challenger', share: 1 },
    findings: [],
  });
  const champion = await only(repository(`models:/${name}@champion`));
  expect(champion.traffic.aliases).toEqual({ champion: '1' });
  expect(champion.traffic.canary).toBeUndefined();
  expect(champion.aliased).toEqual(['1']);
  expect((await only(repository(`models:/${name}/2`))).traffic.aliases).toEqual({ champion: '2' });
  expect((await only(repository(`models:/${name}@champion`, ['2']))).aliased).toEqual(['2', '1']);
  const both = await repository(`models:/${name},models:/nowhere`).list();
  expect(both.map((found) => [found.name, found.versions.length])).toEqual([
    [name, 2],
    ['nowhere', 0],
  ]);
});

test('a model is fetched once, its digest written down and checked', async () => {
  const name = await registered();
  await alias(name, 'champion', '1');
  const from = repository(`models:/${name}`);
  const version = (await only(from)).versions[0];
  const path = (await version?.fetch()) ?? '';
  const digest = sha256(modelFile('scale', '1'));
  expect(sha256(path)).toBe(digest);
  expect(await client('version_tags', { name, version: '1' })).toEqual({ 'plinth.sha256': digest });
  // The tag is not part of what changes a version.
  expect((await only(from)).versions[0]?.digest).toBe(version?.digest);
  expect(await (await only(from)).versions[0]?.fetch()).toBe(path);

  writeFileSync(path, 'changed on this machine');
  expect(sha256((await (await only(from)).versions[0]?.fetch()) ?? '')).toBe(digest);

  const tags = { name, version: '1', key: 'plinth.sha256', value: '0'.repeat(64) };
  await client('set_model_version_tag', tags);
  await expect((await only(from)).versions[0]?.fetch()).rejects.toThrow(
    `models:/${name}/1, model.onnx: the model file is not the one that was registered, because its SHA-256 is ${digest}, and the tag plinth.sha256 says ${'0'.repeat(64)}; find out who changed the file; register the model as a new version.`,
  );
  expect(readdirSync(dirname(dirname(path)))).toEqual([]);
});

test('a file that stands alone is the model whatever its name; a version without any gets its sentence', async () => {
  const name = `odd-${randomUUID().slice(0, 8)}`;
  const folder = shop.folder();
  const onnx = join(folder, 'net.onnx');
  const text = join(folder, 'notes.txt');
  writeFileSync(onnx, readFileSync(modelFile('scale', '1')));
  writeFileSync(text, 'no model');
  await client('register', { name, path: onnx });
  await client('register', { name, path: text });
  await alias(name, 'champion', '1');
  await alias(name, 'challenger', '2');
  const [bad, good] = (await only(repository(`models:/${name}`))).versions;
  expect(await good?.fetch()).toMatch(/net\.onnx$/);
  await expect(bad?.fetch()).rejects.toThrow(
    `models:/${name}/2: the version holds no model.onnx, because it holds notes.txt; log the model with mlflow.onnx.log_model, or as an artifact model.onnx.`,
  );
});

test('a config.pbtxt that was logged with the champion configures the model', async () => {
  const name = `configured-${randomUUID().slice(0, 8)}`;
  const folder = join(shop.folder(), 'model');
  mkdirSync(folder);
  cpSync(modelFile('scale', '1'), join(folder, 'model.onnx'));
  writeFileSync(join(folder, 'config.pbtxt'), 'max_batch_size: 4');
  await client('register', { name, path: folder });
  await client('set_registered_model_alias', { name, alias: 'champion', version: '1' });
  const model = await only(repository(`models:/${name}`));
  expect((await model.read('config.pbtxt'))?.toString()).toBe('max_batch_size: 4');
  expect(await model.read('labels.txt')).toBeUndefined();
  expect(sha256((await model.versions[0]?.fetch()) ?? '')).toBe(sha256(modelFile('scale', '1')));
});

const event = (model: string, id = randomUUID()): AuditEvent => ({
  specversion: '1.0',
  id,
  source: 'plinth-runtime/test',
  type: 'dev.plinth.traffic.rolled-back',
  time: new Date().toISOString(),
  subject: model,
  datacontenttype: 'application/json',
  data: {
    model,
    alias: 'challenger',
    champion: '1',
    challenger: '2',
    weight: 0.5,
    metric: 'errors',
    evidence: 300,
    needed: 240,
    comparisons: 20,
    challengerShare: 1,
    championShare: 0,
    alpha: 0.05,
    replicas: 4,
  },
});

test('of two replicas that decide at once one has decided; the registry says what and why', async () => {
  const name = await registered();
  await alias(name, 'champion', '1');
  await alias(name, 'challenger', '2');
  await tag(name, 'plinth.canary.weight', '0.5');
  const events = [event(name), event(name)];
  const first = await Promise.all(
    events.map((each) => new MlflowTrafficRegistry(new MlflowClient(mlflow.url())).decide(each)),
  );
  expect(first.filter(Boolean)).toHaveLength(1);
  const winner = events[first.indexOf(true)];
  const { aliases, tags } = await client<{ aliases: object; tags: Record<string, string> }>('describe', { name });
  expect(aliases).toEqual({ champion: '1', challenger: '1' });
  expect(tags['plinth.canary.weight']).toBe('0');
  expect(JSON.parse(tags['plinth.audit'] ?? '')).toEqual(winner);
  const own = await client<Record<string, string>>('version_tags', { name, version: '2' });
  expect(JSON.parse(own['plinth.audit'] ?? '')).toEqual(winner);
  // Who comes later finds it done.
  const registry = new MlflowTrafficRegistry(new MlflowClient(mlflow.url()));
  expect(await registry.decide(event(name))).toBe(false);
  expect(registry.consequence(event(name))).toBe(
    `In the registry the alias "challenger" of models:/${name} points to version 1 now, and the weight is 0.`,
  );
});

test('a challenger that somebody has replaced meanwhile is left alone', async () => {
  const name = await registered();
  await client('register', { name, path: modelFile('scale', '2') });
  await alias(name, 'champion', '1');
  await alias(name, 'challenger', '3');
  expect(await new MlflowTrafficRegistry(new MlflowClient(mlflow.url())).decide(event(name))).toBe(false);
  expect(await client('describe', { name })).toMatchObject({ aliases: { champion: '1', challenger: '3' } });
});
