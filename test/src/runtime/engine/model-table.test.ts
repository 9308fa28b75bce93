/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLocation, type LocationClient } from '../../../../src/runtime/clients/location';
import { unreadable } from '../../../../src/runtime/clients/location-errors';
import { FolderLocation } from '../../../../src/runtime/clients/folder';
import { ModelTable, type ModelTableOptions } from '../../../../src/runtime/engine/model-table';
import { openModel } from '../../../../src/runtime/engine/opener';
import { LocationRepository } from '../../../../src/runtime/engine/repository';
import { WorkerPool } from '../../../../src/runtime/engine/worker-pool';
import { makeLogger } from '../../../../src/runtime/program';
import { breakModel, modelFile, modelsFolder, until, workshop } from '../support/serving';

const shop = workshop();
const pool = new WorkerPool(1);
afterAll(() => pool.close());

const logger = makeLogger('silent', 'test');
const table = (
  location: LocationClient,
  changes: string[] = [],
  options: Partial<ModelTableOptions> = {},
): ModelTable => {
  const scratch = shop.folder();
  const models: ModelTable = new ModelTable(
    new LocationRepository(location, scratch),
    (found, version, config) =>
      openModel(found, version, config, {
        pool,
        isolated: { start: () => new WorkerPool(1), end: (own) => own.close() },
        cache: undefined,
        runStep: () => Promise.reject(new Error('no ensembles here')),
        logger,
      }),
    logger,
    { explicit: false, scratch, ...options },
    ({ name, version, state }) => changes.push(`${name} ${version} ${state}`),
  );
  return models;
};
const states = (of: ModelTable): Record<string, string> =>
  Object.fromEntries(of.entries.map(({ name, state }) => [name, state]));

test('a broken model does not stop the others, and is tried again when its files change', async () => {
  const root = shop.repository('scale');
  breakModel(root, 'broken');
  const changes: string[] = [];
  const models = table(openLocation(root), changes);
  expect(models.listed).toBe(false);
  await models.look();
  expect(models.listed).toBe(true);
  expect(states(models)).toEqual({ scale: 'READY', broken: 'UNAVAILABLE' });
  expect(changes.sort()).toEqual(['broken 1 UNAVAILABLE', 'scale 2 READY']);
  await models.look();
  expect(changes).toHaveLength(2);
  writeFileSync(join(root, 'broken/1/model.onnx'), readFileSync(modelFile('lookup')));
  await models.look();
  expect(states(models)).toEqual({ scale: 'READY', broken: 'READY' });
  expect(models.entries.every(({ settled }) => settled)).toBe(true);
});

test('a failed model that is gone from the repository is forgotten', async () => {
  const root = shop.repository('scale');
  breakModel(root, 'broken');
  const models = table(openLocation(root));
  await models.look();
  rmSync(join(root, 'broken'), { recursive: true });
  await models.look();
  expect(states(models)).toEqual({ scale: 'READY' });
});

test('an empty repository is looked at until a model comes', async () => {
  const root = shop.folder();
  const models = table(openLocation(root));
  const signal = new AbortController();
  const filled = models.watch(0.01, signal.signal, { once: true });
  await until(() => models.listed);
  expect(() => models.ready('scale')).toThrow(
    'Request for unknown model: "scale" is not found, because the model repository holds none yet; store the model there.',
  );
  cpSync(join(modelsFolder, 'scale'), join(root, 'scale'), { recursive: true });
  await filled;
  expect(states(models)).toEqual({ scale: 'READY' });
});

test('a repository that cannot be read, and a model that cannot be fetched, are tried again', async () => {
  const root = shop.repository('scale');
  /** A bucket whose first list and first download fail. */
  class Flaky extends FolderLocation {
    lists = 0;
    downloads = 0;
    override list(): ReturnType<FolderLocation['list']> {
      if (this.lists++ === 0) throw unreadable(this.text, new Error('timeout'));
      return super.list();
    }
    override download(name: string, path: string): Promise<void> {
      if (this.downloads++ === 0) throw unreadable(this.text, new Error('timeout'));
      return super.download(name, path);
    }
  }
  const location = new Flaky('s3://some-bucket/models', root);
  const models = table(location);
  await models.watch(0.01, new AbortController().signal, { once: true });
  expect(states(models)).toEqual({ scale: 'READY' });
  expect(location.downloads).toBeGreaterThan(1);
});

test('a model that is being loaded says so', async () => {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  class Slow extends FolderLocation {
    override async download(name: string, path: string): Promise<void> {
      await gate;
      return super.download(name, path);
    }
  }
  const models = table(new Slow('s3://some-bucket/models', shop.repository('scale')));
  const looking = models.look();
  await until(() => models.entries.length > 0);
  expect(() => models.ready('scale')).toThrow(
    'model "scale": it cannot answer yet, because it is being loaded; try again shortly.',
  );
  go();
  await looking;
  expect(models.ready('scale').version).toBe('2');
});

test('a model without a version that can be served has no version to name', async () => {
  const root = shop.repository();
  breakModel(root, 'm');
  rmSync(join(root, 'm/1/model.onnx'));
  writeFileSync(join(root, 'm/readme'), '');
  const models = table(openLocation(root));
  await models.look();
  expect(() => models.ready('m')).toThrow('no version of the model can be served');
  expect(() => models.ready('m', '4')).toThrow(
    'model "m": version 4 is not served, because none is; leave the version out, or name one that is.',
  );
});

/** A model that doubles or, where told, halves: which one answers shows which files are served. */
const put = (root: string, model: string, version: string, from: string): void => {
  mkdirSync(join(root, model, version), { recursive: true });
  writeFileSync(join(root, model, version, 'model.onnx'), readFileSync(modelFile(from, from === 'scale' ? '2' : '1')));
};

test('a newer version takes over when it is loaded; one that fails leaves the old one serving and says why', async () => {
  const root = shop.folder();
  put(root, 'm', '1', 'scale');
  const models = table(openLocation(root));
  await models.look();
  const first = models.ready('m').served;
  put(root, 'm', '2', 'lookup');
  await models.look();
  expect(models.versions('m')).toEqual(['2']);
  expect(models.ready('m').served).not.toBe(first);
  breakModel(root, 'm');
  mkdirSync(join(root, 'm/3'));
  writeFileSync(join(root, 'm/3/model.onnx'), 'not a model');
  await models.look();
  expect(models.ready('m').version).toBe('2');
  expect(models.index(false)).toEqual([
    { name: 'm', version: '2', state: 'READY' },
    {
      name: 'm',
      version: '3',
      state: 'UNAVAILABLE',
      reason: expect.stringContaining('Protobuf parsing failed') as string,
    },
  ]);
  expect(() => models.ready('m', '3')).toThrow('model "m", version 3: the model cannot be loaded');
});

test('changed files of a version are loaded beside it; files that the engine refuses change nothing', async () => {
  const root = shop.folder();
  put(root, 'm', '1', 'scale');
  const models = table(openLocation(root));
  await models.look();
  const first = models.ready('m').served;
  writeFileSync(join(root, 'm/1/model.onnx'), 'half of a file');
  await models.look();
  expect(models.ready('m').served).toBe(first);
  expect(models.index(true)).toEqual([
    { name: 'm', version: '1', state: 'READY', reason: expect.stringContaining('Protobuf parsing failed') as string },
  ]);
  put(root, 'm', '1', 'lookup');
  await models.look();
  expect(models.ready('m').served).not.toBe(first);
  expect(models.index(true)).toEqual([{ name: 'm', version: '1', state: 'READY' }]);
});

test('version_policy says which versions serve; a broken config.pbtxt changes nothing', async () => {
  const root = shop.folder();
  for (const version of ['1', '2', '3']) put(root, 'm', version, 'scale');
  const config = join(root, 'm/config.pbtxt');
  writeFileSync(config, 'version_policy { latest { num_versions: 2 } }');
  const models = table(openLocation(root));
  await models.look();
  expect(models.versions('m')).toEqual(['2', '3']);
  writeFileSync(config, 'version_policy { specific { versions: [1, 3] } }');
  await models.look();
  expect(models.versions('m')).toEqual(['1', '3']);
  writeFileSync(config, 'version_policy {');
  await models.look();
  expect(models.versions('m')).toEqual(['1', '3']);
  expect(models.find('m', '3').failure?.where).toBe('m/config.pbtxt');
  writeFileSync(config, 'version_policy { all {} }');
  await models.look();
  expect(models.versions('m')).toEqual(['1', '2', '3']);
});

test('a model that is gone is unloaded; a repository that is empty all at once is taken for an accident', async () => {
  const root = shop.repository('scale', 'lookup');
  const models = table(openLocation(root));
  await models.look();
  rmSync(join(root, 'lookup'), { recursive: true });
  await models.look();
  expect(models.names).toEqual(['scale']);
  rmSync(join(root, 'scale'), { recursive: true });
  await models.look();
  expect(states(models)).toEqual({ scale: 'READY' });
  rmSync(root, { recursive: true });
  await expect(models.look()).rejects.toThrow('there is no model repository');
  expect(states(models)).toEqual({ scale: 'READY' });
});

test('in explicit mode models are loaded and unloaded by name', async () => {
  const root = shop.repository('scale', 'lookup');
  const models = table(openLocation(root), [], { explicit: true });
  await models.look();
  expect(models.index(false)).toEqual([{ name: 'lookup' }, { name: 'scale' }]);
  expect(() => models.ready('scale')).toThrow(
    'Request for unknown model: "scale" is not loaded, because nobody has asked for it to be; load it first.',
  );
  await models.load('scale');
  expect(models.index(true)).toEqual([{ name: 'scale', version: '2', state: 'READY' }]);
  await models.unload('scale');
  await models.unload('nobody');
  expect(models.index(true)).toEqual([]);
  await expect(models.load('nobody')).rejects.toThrow(
    'Request for unknown model: "nobody" is not found, because the model repository holds "lookup", "scale"',
  );
  const file = readFileSync(modelFile('lookup'));
  await models.load('sent', { files: { '7/model.onnx': file }, config: '{"max_batch_size":0}' });
  expect(models.ready('sent').version).toBe('7');
  await expect(models.load('sent', { files: { '../x': file } })).rejects.toThrow(
    'model "sent", parameter "file:../x": "../x" cannot be a file of a model, because files lie in a version of it',
  );
  await expect(models.load('scale', { config: '{"max_batch_size":' })).rejects.toThrow(
    'model "scale", parameter "config": the configuration cannot be read',
  );
});

test('outside explicit mode nobody loads or unloads by name', async () => {
  const models = table(openLocation(shop.repository('scale')));
  await models.look();
  const sentence =
    'model server: models are not loaded and unloaded on request, because --model-control is not explicit: what the repository holds is what is served; change the repository, or start the server with --model-control explicit.';
  expect(() => models.load('scale')).toThrow(sentence);
  expect(() => models.unload('scale')).toThrow(sentence);
});

test('with a budget of memory the model that was quiet for longest is put aside, and comes back when asked for', async () => {
  const root = shop.folder();
  for (const name of ['a', 'b', 'c']) put(root, name, '1', 'scale');
  const bytes = readFileSync(modelFile('scale', '2')).length;
  const models = table(openLocation(root), [], { maxBytes: 2 * bytes });
  await models.look();
  const inMemory = (): string[] => models.entries.filter(({ served }) => served !== undefined).map(({ name }) => name);
  expect(inMemory()).toHaveLength(2);
  const [missing = ''] = ['a', 'b', 'c'].filter((name) => !inMemory().includes(name));
  expect(() => models.ready(missing)).toThrow('it is not in memory, because others were asked for later');
  expect(models.index(false).find(({ name }) => name === missing)?.reason).toBe(
    'not in memory; the next request brings it back',
  );
  const entry = await models.acquire(missing);
  expect(entry.name).toBe(missing);
  expect(inMemory()).toHaveLength(2);
  expect(inMemory()).toContain(missing);
  const [other = ''] = ['a', 'b', 'c'].filter((name) => !inMemory().includes(name));
  rmSync(join(root, other), { recursive: true });
  await expect(models.acquire(other)).rejects.toMatchObject({ kind: 'unavailable' });
  put(root, other, '1', 'scale');
  expect((await models.acquire(other)).name).toBe(other);
  const small = table(openLocation(root), [], { maxBytes: 10 });
  await small.look();
  expect(() => small.ready('a')).toThrow(
    `model "a", version 1: the model has ${bytes} bytes, because --max-model-bytes is 10; raise it, or serve this model elsewhere.`,
  );
});
