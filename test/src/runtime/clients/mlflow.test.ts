/** @jest-environment ./test/src/runtime/support/engine-environment.js */
// What a well MLflow server answers is tested in test/lanes/python/mlflow.test.ts; these are the bad days.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { MlflowClient } from '../../../../src/runtime/clients/mlflow';
import { isRegistered, parseRegistered } from '../../../../src/runtime/clients/mlflow-repository';
import { workshop } from '../support/serving';

const shop = workshop();
let server: Server;
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let seen: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  seen = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const says = (status: number, text: string) => (_: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(status).end(text);
const sentenceOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error as Error).message,
  );

test('each refusal gets its sentence', async () => {
  const ask = (): Promise<string> => sentenceOf(new MlflowClient(`${url}/`).versionByAlias('fraud', 'champion'));
  answer = says(404, '{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Registered model alias champion not found."}');
  expect(await ask()).toBe(
    `models:/fraud@champion: the MLflow server at ${url} does not have it, because Registered model alias champion not found; register it there, or correct its name.`,
  );
  answer = says(404, '');
  expect(await ask()).toContain('because it answered 404;');
  answer = says(401, 'You are not authenticated.');
  expect(await ask()).toBe(
    `models:/fraud@champion: the MLflow server at ${url} refuses it, because it answered 401 (You are not authenticated.); set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, to those of somebody who may do this.`,
  );
  answer = says(500, '{"error_code":"INTERNAL_ERROR","message":"database is locked"}');
  expect(await ask()).toBe(
    `models:/fraud@champion: the MLflow server at ${url} did not do it, because it answered 500 (database is locked); look into its log.`,
  );
  for (const page of ['<html>Welcome</html>', '{"model_version":{}}']) {
    answer = says(200, page);
    expect(await ask()).toContain(`because what ${url} answers is not MLflow's (${page}); look into its log.`);
  }
});

test('a server that is not there, and one that does not answer, get their sentences', async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(closed.address() as AddressInfo).port}`;
  await new Promise((resolve) => closed.close(resolve));
  expect(await sentenceOf(new MlflowClient(`http://${host}`).registeredModel('fraud'))).toBe(
    `models:/fraud: the MLflow server at http://${host} cannot be asked, because connect ECONNREFUSED ${host}; check that it runs, and that MLFLOW_TRACKING_URI leads to it.`,
  );
  answer = () => undefined;
  expect(await sentenceOf(new MlflowClient(url, { timeout: 20 }).registeredModel('fraud'))).toContain(
    'because it did not answer in 20 ms;',
  );
});

const artifactUri = (uri: string) => (request: IncomingMessage, response: ServerResponse) => {
  if (request.url?.includes('get-download-uri') === true) response.end(JSON.stringify({ artifact_uri: uri }));
  else if (request.url?.endsWith('/1/a/half.onnx') === true) {
    response.writeHead(200, { 'content-length': '10' });
    response.write('half');
  } else response.writeHead(404).end('{"message":"No such artifact"}');
};

test('a download that stands still or is missing leaves nothing behind', async () => {
  answer = artifactUri('mlflow-artifacts:/1/a');
  const artifacts = await new MlflowClient(url, { timeout: 50 }).artifacts('fraud', '1');
  const path = join(shop.folder(), 'model.onnx');
  expect(await sentenceOf(artifacts.download('half.onnx', path))).toMatch(
    /^mlflow-artifacts:\/1\/a\/half\.onnx: the MLflow server at .+ cannot be asked, because nothing came for 50 ms; /,
  );
  expect(await sentenceOf(artifacts.download('none.onnx', path))).toContain(
    'does not have it, because No such artifact;',
  );
  const { readdirSync } = await import('node:fs');
  expect(readdirSync(join(path, '..'))).toEqual([]);
});

test('files that only the MLflow server itself can reach are not fetched from there', async () => {
  for (const uri of ['file:///var/mlruns/1/a', '/var/mlruns', 'mlflow-artifacts://elsewhere:5000/1/a']) {
    answer = artifactUri(uri);
    expect(await sentenceOf(new MlflowClient(url).artifacts('fraud', '1'))).toBe(
      `models:/fraud/1: the files of the model cannot be fetched, because they are kept at ${uri}, and only the proxy of ${url} and s3:// are read; start the MLflow server with --artifacts-destination, and register the model again.`,
    );
  }
  answer = artifactUri('s3://lake/models/1');
  expect((await new MlflowClient(url).artifacts('fraud', '1')).text).toBe('s3://lake/models/1');
});

test('the variables of MLflow’s own clients say where the server is and who asks', async () => {
  answer = says(200, '{"registered_model":{"name":"fraud"}}');
  const ask = (env: Record<string, string>): Promise<unknown> =>
    MlflowClient.fromEnvironment({ MLFLOW_TRACKING_URI: url, ...env }).registeredModel('fraud');
  expect(await ask({})).toEqual({ name: 'fraud', aliases: {}, tags: {} });
  await ask({ MLFLOW_TRACKING_TOKEN: 'secret' });
  await ask({ MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: 'p@ss:ü' });
  await ask({ MLFLOW_REGISTRY_URI: url.replace('//', '//bob:p%40ss@'), MLFLOW_TRACKING_URI: 'http://127.0.0.1:1' });
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  expect(seen).toEqual([undefined, 'Bearer secret', basic('ann:p@ss:ü'), basic('bob:p@ss')]);
  expect(MlflowClient.fromEnvironment({ MLFLOW_TRACKING_URI: 'https://bob:secret@mlflow/prefix/' }).text).toBe(
    'https://mlflow/prefix',
  );
});

test('without an address there is a sentence', () => {
  const cure = 'set it to the address of an MLflow server, as http://mlflow:5000.';
  expect(() => MlflowClient.fromEnvironment({})).toThrow(
    `MLFLOW_TRACKING_URI: there is no model registry to ask, because it is not set; ${cure}`,
  );
  expect(() => MlflowClient.fromEnvironment({ MLFLOW_TRACKING_URI: 'sqlite:///x.db' })).toThrow(
    `MLFLOW_TRACKING_URI: there is no model registry to ask, because "sqlite:///x.db" is not an address of HTTP; ${cure}`,
  );
});

test('registered models are named as MLflow names them', () => {
  expect(isRegistered('models:/fraud')).toBe(true);
  expect(isRegistered('s3://models/fraud')).toBe(false);
  expect(parseRegistered('models:/fraud, models:/churn@champion,models:/old model/3')).toEqual([
    { name: 'fraud' },
    { name: 'churn', alias: 'champion' },
    { name: 'old model', version: '3' },
  ]);
  const shape =
    'because models of a registry are models:/NAME, models:/NAME@ALIAS or models:/NAME/VERSION, with commas between; write it as one of these.';
  for (const text of ['models:/', 'models:/a/b', 'models:/a@b/3', 'models:/a/03', 'models:/a,./folder'])
    expect(() => parseRegistered(text)).toThrow(shape);
  expect(() => parseRegistered('models:/a@x,models:/a@y')).toThrow(
    '--model-repository: the model a is named twice, because a server has one model of a name; name models:/a once, which serves all its aliases.',
  );
});

test('a tag that another writer has just made is set all the same; other refusals stand', async () => {
  const conflict = says(
    400,
    '{"error_code":"BAD_REQUEST","message":"(sqlite3.IntegrityError) UNIQUE constraint failed: t"}',
  );
  answer = (request, response) => (seen.length === 1 ? conflict : says(200, '{}'))(request, response);
  await new MlflowClient(url).setTag('fraud', 'plinth.decision', 'x');
  expect(seen).toHaveLength(2);
  seen = [];
  answer = says(400, '{"error_code":"INVALID_PARAMETER_VALUE","message":"too long"}');
  expect(await sentenceOf(new MlflowClient(url).setTag('fraud', 'k', 'v'))).toContain('too long');
  expect(seen).toHaveLength(1);
});
