import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FolderLocation } from '../../../../src/runtime/clients/folder';
import { openLocation } from '../../../../src/runtime/clients/location';
import { Repository, type FoundModel } from '../../../../src/runtime/engine/repository';
import { workshop } from '../support/serving';

const shop = workshop();

function tree(files: Record<string, string>): string {
  const root = shop.folder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

const list = (root: string): Promise<FoundModel[]> => new Repository(openLocation(root), '/unused').list();

test('the newest version that holds a model is found; what is no version is left aside', async () => {
  const root = tree({
    'fraud/config.pbtxt': '',
    'fraud/1/model.onnx': '1',
    'fraud/9/model.onnx': '9',
    'fraud/10/model.onnx': '10',
    'fraud/10/profile.json': '{}',
    'fraud/011/model.onnx': 'leading zero',
    'fraud/latest/model.onnx': 'no number',
    'fraud/11/weights.bin': 'still being copied',
    'empty/readme.md': '',
    'external/1/model.onnx/model.onnx': 'x',
    'external/1/model.onnx/weights': 'y',
    'stray.txt': '',
    '.git/1/model.onnx': '',
  });
  const models = await list(root);
  expect(models.map(({ name, newest }) => [name, newest?.version, newest?.file])).toEqual([
    ['empty', undefined, undefined],
    ['external', '1', 'external/1/model.onnx/model.onnx'],
    ['fraud', '10', 'fraud/10/model.onnx'],
  ]);
  expect(models.map(({ configured }) => configured)).toEqual([false, false, true]);
  expect(models[1]?.newest?.files.map(({ name }) => name)).toEqual([
    'external/1/model.onnx/model.onnx',
    'external/1/model.onnx/weights',
  ]);
});

test('the digest changes with any file of the newest version', async () => {
  const root = tree({ 'm/1/model.onnx': 'a', 'm/1/weights': 'b' });
  const before = (await list(root))[0]?.digest;
  expect((await list(root))[0]?.digest).toBe(before);
  writeFileSync(join(root, 'm/1/weights'), 'longer');
  expect((await list(root))[0]?.digest).not.toBe(before);
});

test('a folder that is not there, a file, and a model without a version get their sentences', async () => {
  await expect(list('/nowhere')).rejects.toThrow(
    '/nowhere: there is no model repository, because the folder does not exist; create it, or name another with --model-repository.',
  );
  const root = tree({ 'm/readme': '' });
  await expect(list(join(root, 'm/readme'))).rejects.toThrow('because it is not a folder; create it');
  const repository = new Repository(openLocation(root), '/unused');
  const [model] = await repository.list();
  await expect(repository.fetch(model as FoundModel)).rejects.toThrow(
    `${root}/m: no version of the model can be served, because there is no folder with a version number that holds model.onnx; store the model as m/1/model.onnx.`,
  );
});

test('models of a folder are used where they stand', async () => {
  const root = tree({ 'm/1/model.onnx': 'a' });
  const repository = new Repository(openLocation(root), '/unused');
  expect(await repository.fetch((await repository.list())[0] as FoundModel)).toBe(join(root, 'm/1/model.onnx'));
});

/** A folder in the place of a bucket: what is fetched is fetched in the same way. */
const asBucket = (root: string): FolderLocation => new FolderLocation('s3://some-bucket/models', root);

test('models of a bucket are fetched whole into the scratch folder, once', async () => {
  const root = tree({ 'm/3/model.onnx': 'graph', 'm/3/weights/part': 'weights', 'm/2/model.onnx': 'old' });
  const scratch = shop.folder();
  const repository = new Repository(asBucket(root), scratch);
  const [model] = (await repository.list()) as [FoundModel];
  const path = await repository.fetch(model);
  expect(readFileSync(path, 'utf8')).toBe('graph');
  expect(readFileSync(join(dirname(path), 'weights/part'), 'utf8')).toBe('weights');
  expect(path).toContain('/m-3-');
  rmSync(root, { recursive: true });
  expect(await repository.fetch(model)).toBe(path);
});

test('a fetch that breaks off leaves nothing that passes for a model', async () => {
  const root = tree({ 'm/1/model.onnx': 'graph', 'm/1/weights': 'weights' });
  const scratch = shop.folder();
  const repository = new Repository(asBucket(root), scratch);
  const [model] = (await repository.list()) as [FoundModel];
  rmSync(join(root, 'm/1/weights'));
  await expect(repository.fetch(model)).rejects.toThrow('the file is missing');
  const [home] = readdirSync(join(scratch, 'models'));
  expect(readdirSync(join(scratch, 'models', home ?? '')).filter((name) => !name.endsWith('.part'))).toEqual([]);
  writeFileSync(join(root, 'm/1/weights'), 'weights');
  const [again] = (await repository.list()) as [FoundModel];
  expect(readFileSync(await repository.fetch(again), 'utf8')).toBe('graph');
});

test('a scratch folder that cannot be written gets its sentence', async () => {
  const root = tree({ 'm/1/model.onnx': 'graph' });
  const file = join(root, 'm/1/model.onnx');
  const repository = new Repository(asBucket(root), file);
  const [model] = (await repository.list()) as [FoundModel];
  await expect(repository.fetch(model)).rejects.toThrow(
    new RegExp(`^${file}: the model cannot be kept, because .*ENOTDIR.*; name a writable folder with --scratch\\.$`),
  );
});
