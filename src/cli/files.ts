import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PlinthError } from '@plinth/contract';

/**
 * Writes what `--out` asks for, folders and all.
 * @throws PlinthError `flag-out-not-writable`
 */
export function writeText(cwd: string, out: string, text: string): void {
  const file = resolve(cwd, out);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new PlinthError({
      code: 'flag-out-not-writable',
      what: 'the file cannot be written',
      where: file,
      why: (error as Error).message,
      cure: 'name one that can be written with --out',
    });
  }
}
