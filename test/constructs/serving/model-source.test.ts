import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelSource } from 'plinth/constructs/serving/model-source';
import { Bucket } from 'plinth/constructs/storage/bucket';
import { blocks, synthesizeStack } from '../../support/program';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'plinth-source-')), 'fraud');
  mkdirSync(folder);
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

function put(path: string, text = 'x'): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function keys(): string[] {
  const stack = synthesizeStack((scope, platform) => {
    const bucket = Bucket.fromAttributes(scope, 'bucket', { bucketName: 'b' });
    platform.provide({ lake: { raw: bucket, curated: bucket, features: bucket, models: bucket, payloads: bucket } });
    const source = ModelSource.files(folder);
    source.bring(scope, source.locate(platform, 'risk', 'server'));
  });
  return blocks(stack, 'aws_s3_object').map(([, { key }]) => String(key));
}

test('every version comes along with all its files, and nothing that the server does not read', () => {
  for (const path of [
    '1/model.onnx',
    '2/model.onnx',
    '2/profile.json',
    '10/model.onnx/weights.bin',
    'config.pbtxt',
    'heldout.csv',
    '03/model.onnx',
    'notes/model.onnx',
  ])
    put(path);
  expect(keys().sort()).toEqual(
    ['1/model.onnx', '10/model.onnx/weights.bin', '2/model.onnx', '2/profile.json', 'config.pbtxt'].map(
      (path) => `servers/risk/server/fraud/${path}`,
    ),
  );
});

test('versions are numbers: 10 is newer than 9', () => {
  for (const version of ['9', '10']) put(`${version}/model.onnx`);
  synthesizeStack((scope, platform) => {
    const bucket = Bucket.fromAttributes(scope, 'bucket', { bucketName: 'b' });
    platform.provide({ lake: { raw: bucket, curated: bucket, features: bucket, models: bucket, payloads: bucket } });
    expect(ModelSource.files(folder).locate(platform, 'risk', 'server')).toMatchObject({
      model: 'fraud',
      version: '10',
    });
  });
});

test('the digest is that of the files that come along, and of nothing else', () => {
  synthesizeStack((scope, platform) => {
    const bucket = Bucket.fromAttributes(scope, 'bucket', { bucketName: 'b' });
    platform.provide({ lake: { raw: bucket, curated: bucket, features: bucket, models: bucket, payloads: bucket } });
    const digest = () => ModelSource.files(folder).locate(platform, 'risk', 'server').digest;
    put('1/model.onnx', 'a');
    const first = digest();
    put('heldout.csv', 'rows');
    expect(digest()).toBe(first);
    put('1/model.onnx', 'b');
    expect(digest()).not.toBe(first);
  });
});

test('a folder whose name could be no label is refused', () => {
  expect(() => ModelSource.files('models/our model')).toThrow(
    "ModelSource.files('models/our model'): 'our model' is no name for a model, because its pods carry the name as a label: at most 63 letters, digits, dots, hyphens and underscores, with a letter or digit at both ends; give it a name such as 'fraud' or 'card-activity.v2'.",
  );
});

test('a folder that is not there is refused, with where it was looked for', () => {
  expect(() => ModelSource.files('models/none')).toThrow(
    `ModelSource.files('models/none'): there is no such folder, because it is looked for below ${process.cwd()}, where the program runs; correct the path, or make the folder.`,
  );
});

test('a folder without a version is refused, with where the model belongs', () => {
  put('model.onnx');
  expect(() => ModelSource.files(folder)).toThrow(`put the model at ${join(folder, '1', 'model.onnx')}`);
});
