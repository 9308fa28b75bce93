import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FolderLocation } from '../../../../src/runtime/clients/folder';
import { openLocation } from '../../../../src/runtime/clients/location';
import { LocationRepository, type FoundModel, type FoundVersion } from '../../../../src/runtime/engine/repository';
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

const list = (root: string): Promise<FoundModel[]> => new LocationRepository(openLocation(root), '/unused').list();

test('every version that holds a model is found, newest first; what is no version is left aside', async () => {
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
  expect(models.map(({ name, versions }) => [name, versions.map(({ version }) => version)])).toEqual([
    ['empty', []],
    ['external', ['1']],
    ['fraud', ['10', '9', '1']],
  ]);
  expect(models[1]?.versions[0]?.bytes).toBe(2);
  expect((await models[2]?.read('config.pbtxt'))?.toString()).toBe('');
  expect(await models[2]?.read('labels.txt')).toBeUndefined();
  expect(await models[1]?.versions[0]?.fetch()).toBe(join(root, 'external/1/model.onnx/model.onnx'));
});

test('the digest of a version changes with any of its files, that of the model with any beside them', async () => {
  const root = tree({ 'm/config.pbtxt': '', 'm/1/model.onnx': 'a', 'm/1/weights': 'b' });
  const digests = async (): Promise<[string | undefined, string | undefined]> => {
    const [model] = await list(root);
    return [model?.digest, model?.versions[0]?.digest];
  };
  const before = await digests();
  expect(await digests()).toEqual(before);
  writeFileSync(join(root, 'm/1/weights'), 'longer');
  const after = await digests();
  expect(after).toEqual([before[0], expect.not.stringMatching(before[1] ?? '')]);
  writeFileSync(join(root, 'm/config.pbtxt'), 'max_batch_size: 8');
  expect(await digests()).toEqual([expect.not.stringMatching(after[0] ?? ''), after[1]]);
});

test('a folder that is not there, a file, and a model without a version get their sentences', async () => {
  await expect(list('/nowhere')).rejects.toThrow(
    '/nowhere: there is no model repository, because the folder does not exist; create it, or name another with --model-repository.',
  );
  const root = tree({ 'm/readme': '' });
  await expect(list(join(root, 'm/readme'))).rejects.toThrow('because it is not a folder; create it');
  expect((await list(root))[0]?.versions).toEqual([]);
  const other = tree({ 'm/1/other.onnx': '' });
  const [version] = (await list(other))[0]?.versions ?? [];
  await expect(version?.fetch()).rejects.toThrow(
    `${other}/m/1: the version holds no model.onnx, because it holds other.onnx; store the model under that name, or say default_model_filename in its config.pbtxt.`,
  );
  expect(await version?.fetch('other.onnx')).toBe(join(other, 'm/1/other.onnx'));
});

test('models of a folder are used where they stand', async () => {
  const root = tree({ 'm/1/model.onnx': 'a' });
  expect(await (await newest(new LocationRepository(openLocation(root), '/unused'))).fetch()).toBe(
    join(root, 'm/1/model.onnx'),
  );
});

const newest = async (repository: LocationRepository): Promise<FoundVersion> =>
  (await repository.list())[0]?.versions[0] as FoundVersion;

/** A folder in the place of a bucket: what is fetched is fetched in the same way. */
const asBucket = (root: string): FolderLocation => new FolderLocation('s3://some-bucket/models', root);

test('models of a bucket are fetched whole into the scratch folder, once', async () => {
  const root = tree({ 'm/3/model.onnx': 'graph', 'm/3/weights/part': 'weights', 'm/2/model.onnx': 'old' });
  const scratch = shop.folder();
  const repository = new LocationRepository(asBucket(root), scratch);
  const version = await newest(repository);
  const path = await version.fetch();
  expect(readFileSync(path, 'utf8')).toBe('graph');
  expect(readFileSync(join(dirname(path), 'weights/part'), 'utf8')).toBe('weights');
  expect(path).toContain('/m-3-');
  rmSync(root, { recursive: true });
  expect(await version.fetch()).toBe(path);
});

test('a fetch that breaks off leaves nothing that passes for a model', async () => {
  const root = tree({ 'm/1/model.onnx': 'graph', 'm/1/weights': 'weights' });
  const scratch = shop.folder();
  const repository = new LocationRepository(asBucket(root), scratch);
  const version = await newest(repository);
  rmSync(join(root, 'm/1/weights'));
  await expect(version.fetch()).rejects.toThrow('the file is missing');
  const [home] = readdirSync(join(scratch, 'models'));
  expect(readdirSync(join(scratch, 'models', home ?? '')).filter((name) => !name.endsWith('.part'))).toEqual([]);
  writeFileSync(join(root, 'm/1/weights'), 'weights');
  expect(readFileSync(await (await newest(repository)).fetch(), 'utf8')).toBe('graph');
});

test('a scratch folder that cannot be written gets its sentence', async () => {
  const root = tree({ 'm/1/model.onnx': 'graph' });
  const file = join(root, 'm/1/model.onnx');
  const repository = new LocationRepository(asBucket(root), file);
  const version = await newest(repository);
  await expect(version.fetch()).rejects.toThrow(
    new RegExp(`^${file}: the model cannot be kept, because .*ENOTDIR.*; name a writable folder with --scratch\\.$`),
  );
});
