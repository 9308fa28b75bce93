import { PassThrough } from 'node:stream';
import type { JsonDocument } from '@plinth/contract';
import { runCommand } from '../../../src/cli/program';

export const root = process.cwd();
/** Runs a TypeScript program as fast as it can be had. */
export const app = (file: string): string => `${process.execPath} --import tsx ${file}`;

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What `--json` printed; the whole of standard output must be one document. */
  document<T>(): JsonDocument<T>;
}

/** Runs one command line in this process. */
export async function plinth(argv: readonly string[], cwd = root): Promise<Ran> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await runCommand({ argv, cwd, streams: { out, err }, signal: new AbortController().signal });
  const read = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString('utf8') ?? '';
  const [printed, told] = [read(out), read(err)];
  return { code, out: printed, err: told, document: <T>() => JSON.parse(printed) as JsonDocument<T> };
}
