/** @jest-environment ./test/src/runtime/support/engine-environment.js */
// Registered models whose files are in a bucket: a real MLflow server, and moto (https://github.com/getmoto/moto) for S3.
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { pino } from 'pino';
import { MlflowClient } from '../../../src/runtime/clients/mlflow';
import { MlflowRepository } from '../../../src/runtime/clients/mlflow-repository';
import { modelFile, until, workshop } from '../../src/runtime/support/serving';
import { mlflowServer } from './mlflow-support';

const shop = workshop();
const mlflow = mlflowServer();
const before = { ...process.env };
let moto: ChildProcess;
let bucket: S3Client;

beforeAll(async () => {
  const python = process.env['PLINTH_PYTHON'] ?? 'python3';
  moto = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [moto.stdout, moto.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(() => /Running on (http:\S+)/.test(said));
  const endpoint = /Running on (http:\S+)/.exec(said)?.[1] ?? '';
  const access = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-west-1' };
  Object.assign(process.env, { AWS_ENDPOINT_URL_S3: endpoint, ...access });
  bucket = new S3Client({ endpoint, forcePathStyle: true });
  const where = { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } } as const;
  await bucket.send(new CreateBucketCommand({ Bucket: 'lake', ...where }));
}, 60_000);

afterAll(() => {
  moto.kill();
  bucket.destroy();
  process.env = before;
});

test('a version whose files are in a bucket is fetched from there, and its digest written down', async () => {
  const file = readFileSync(modelFile('scale', '2'));
  for (const [Key, Body] of Object.entries({ 'm/model.onnx': file, 'm/MLmodel': Buffer.from('flavors: {}') }))
    await bucket.send(new PutObjectCommand({ Bucket: 'lake', Key, Body }));
  await mlflow.client('create_registered_model', { name: 'fraud' });
  await mlflow.client('create_model_version', { name: 'fraud', source: 's3://lake/m', await_creation_for: 0 });
  await mlflow.client('set_registered_model_alias', { name: 'fraud', alias: 'champion', version: '1' });
  const client = new MlflowClient(mlflow.url());
  const repository = new MlflowRepository('models:/fraud@champion', client, shop.folder(), pino({ level: 'silent' }));
  const [model] = await repository.list();
  expect(model?.versions.map(({ version, bytes }) => [version, bytes])).toEqual([['1', file.length]]);
  const path = await model?.versions[0]?.fetch();
  expect(readFileSync(path ?? '')).toEqual(file);
  expect(await mlflow.client('version_tags', { name: 'fraud', version: '1' })).toEqual({
    'plinth.sha256': createHash('sha256').update(file).digest('hex'),
  });
});
