import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rehearse, type Rehearsal, type RehearseOptions } from '../rehearse';
import { readSynthesized, synth, type SynthesizedStack } from '../synth';

/** An App of cdktf or CDK Terrain, known by its shape: this package imports neither. */
export interface AppLike {
  synth(): void;
  /** Where `synth()` writes. */
  readonly outdir: string;
}

/** What is to be rehearsed: an app, a folder that is synthesized already, or what `rehearse()` takes. */
export type Program = AppLike | string | RehearseOptions;

/** A rehearsal that is over, with nothing left running: what was applied, and the program that it came from. */
export interface Rehearsed extends Pick<Rehearsal, 'report' | 'resources' | 'objects'> {
  readonly stacks: readonly SynthesizedStack[];
}

export const isApp = (program: object): program is AppLike =>
  'synth' in program && typeof program.synth === 'function' && 'outdir' in program;

/** Rehearses a program and closes the rehearsal: what it applied stays readable. */
export async function rehearsed(program: Program, options: RehearseOptions): Promise<Rehearsed> {
  return withFolder(program, options, async (outdir) => {
    const stacks = readSynthesized(outdir);
    const { app: _app, ...others } = optionsOf(program, options);
    const rehearsal = await rehearse({ ...others, outdir });
    try {
      const [resources, objects] = [rehearsal.resources(), rehearsal.objects()];
      return { report: rehearsal.report, stacks, resources: () => resources, objects: () => objects };
    } finally {
      await rehearsal.close();
    }
  });
}

/** Options that stand with the program, and those given beside it, which win. */
export function optionsOf(program: Program, options: RehearseOptions): RehearseOptions {
  return typeof program === 'string' || isApp(program) ? options : { ...program, ...options };
}

/** Gives the synthesized program in a folder that nobody else writes to, and that is gone afterwards. */
export async function withFolder<T>(
  program: Program,
  options: RehearseOptions,
  use: (outdir: string) => Promise<T>,
): Promise<T> {
  const { cwd = process.cwd(), app, outdir, signal } = optionsOf(program, options);
  const given = typeof program === 'string' ? program : isApp(program) ? undefined : outdir;
  if (given !== undefined) return use(resolve(cwd, given));
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'plinth-expect-')));
  const into = join(place, 'cdktf.out');
  try {
    if (typeof program === 'object' && isApp(program)) {
      program.synth();
      // Apps that are not told otherwise all write to one folder, so what this one wrote is taken at once.
      cpSync(resolve(program.outdir), into, { recursive: true });
    } else await synth({ cwd: resolve(cwd), app, into, signal });
    return await use(into);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
