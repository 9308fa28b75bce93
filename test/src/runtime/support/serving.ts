import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveConfig, type ServeConfigInput } from '@plinth/contract';
import { serve } from '../../../../src/runtime/server';
import type { RunningProgram } from '../../../../src/runtime/program';
import { until } from './cleanup';

export { until } from './cleanup';

/** The small models that tools/models/fixtures.py writes. */
export const modelsFolder = join(__dirname, '../../../fixtures/runtime/models');
export const modelFile = (name: string, version = '1'): string => join(modelsFolder, name, version, 'model.onnx');

/** Folders and servers of one test file, gone after it. Call at the top of the file. */
export function workshop(): {
  folder(): string;
  repository(...models: string[]): string;
  serve(config: ServeConfigInput): Promise<RunningProgram>;
} {
  // Loading and computing take what they take on a busy machine; a test that hangs is found all the same.
  jest.setTimeout(60_000);
  const folders: string[] = [];
  const programs: RunningProgram[] = [];
  afterAll(async () => {
    await Promise.all(programs.map((program) => program.stop('the test is over')));
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'plinth-runtime-'));
    folders.push(made);
    return made;
  };
  return {
    folder,
    repository: (...models) => {
      const made = folder();
      for (const model of models) cpSync(join(modelsFolder, model), join(made, model), { recursive: true });
      return made;
    },
    serve: async (config) => {
      const quiet = {
        host: '127.0.0.1',
        httpPort: 0,
        grpcPort: 0,
        metricsPort: 0,
        workers: 1,
        drainDelaySeconds: 0,
        logLevel: 'silent',
      };
      const program = await serve(serveConfig.parse({ ...quiet, pollSeconds: 0.05, ...config }));
      programs.push(program);
      return program;
    },
  };
}

/** Puts a file that is no model where a model should be. */
export function breakModel(repository: string, name: string, content = 'not a model'): void {
  mkdirSync(join(repository, name, '1'), { recursive: true });
  writeFileSync(join(repository, name, '1/model.onnx'), content);
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The document, or undefined where it is none. */
  readonly json: { readonly error?: string; readonly outputs?: { readonly data: unknown[] }[] } & Record<
    string,
    unknown
  >;
}

/** One request on a connection of its own. */
export function call(
  url: string,
  {
    method = 'GET',
    body,
    headers = {},
  }: { method?: string; body?: string | Buffer; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method, headers, agent: false }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => {
        let json = undefined as unknown as Answer['json'];
        try {
          json = JSON.parse(text) as Answer['json'];
        } catch {
          // Metrics are not JSON.
        }
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** An inference request. */
export const infer = (url: string, model: string, body: unknown): Promise<Answer> =>
  call(`${url}/v2/models/${model}/infer`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

export const input = (name: string, datatype: string, shape: number[], data: unknown): object => ({
  name,
  datatype,
  shape,
  data,
});

export const untilReady = ({ urls }: RunningProgram): Promise<void> =>
  until(async () => (await call(`${urls.http}/v2/health/ready`)).status === 200);
