/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLocation, type LocationClient } from '../../../../src/runtime/clients/location';
import { unreadable } from '../../../../src/runtime/clients/location-errors';
import { FolderLocation } from '../../../../src/runtime/clients/folder';
import { ModelTable } from '../../../../src/runtime/engine/model-table';
import { Repository } from '../../../../src/runtime/engine/repository';
import { WorkerPool } from '../../../../src/runtime/engine/worker-pool';
import { makeLogger } from '../../../../src/runtime/program';
import { breakModel, modelFile, modelsFolder, until, workshop } from '../support/serving';

const shop = workshop();
const pool = new WorkerPool(1);
afterAll(() => pool.close());

const table = (location: LocationClient, changes: string[] = []): ModelTable =>
  new ModelTable(new Repository(location, shop.folder()), pool, makeLogger('silent', 'test'), ({ name, state }) =>
    changes.push(`${name} ${state}`),
  );
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
  expect(changes.sort()).toEqual(['broken UNAVAILABLE', 'scale READY']);
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
  const filled = models.fill(0.01, signal.signal);
  await until(() => models.listed);
  expect(() => models.ready('scale')).toThrow(
    'model repository: there is no model "scale", because it holds none yet; store the model there.',
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
  await models.fill(0.01, new AbortController().signal);
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
    'model "m": version 4 is not served, because the newest version is served, and that is none',
  );
});
