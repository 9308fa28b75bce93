import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlinthError } from '@plinth/contract';
import { synth, SynthesizedStack } from '@plinth/rehearsal';

/** Synthesizes the program at hand into a folder that is gone afterwards, and gives its stacks to `use`. */
export async function synthesized<T>(
  app: string | undefined,
  use: (stacks: readonly SynthesizedStack[]) => T,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-synth-'));
  try {
    return use(await synth({ cwd: process.cwd(), app, into: folder }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What Plinth lays beside the resources of a stack, where Terraform reads nothing. */
export function said(stack: SynthesizedStack): { readonly plinth?: unknown; readonly plinthContract?: unknown } {
  return (stack.json as { '//'?: object })['//'] ?? {};
}

/** @throws PlinthError `no-components` */
export function noComponents(): never {
  throw new PlinthError({
    code: 'no-components',
    where: process.cwd(),
    what: 'the program holds no component of Plinth',
    why: 'none of its stacks says anything of itself',
    cure: 'run it where a program that uses Plinth is, or name that program with --app',
  });
}
