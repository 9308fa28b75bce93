import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlinthError } from '@plinth/contract';
import type { SynthesizedStack } from '@plinth/rehearsal';
import type { StackGraph } from '../../constructs/core/graph';
import type { StackOfProgram } from './picture/rooms';

/** One stack: what is drawn of it, and what it says of its platform to other repositories. */
export interface DescribedStack extends StackOfProgram {
  readonly contract?: { readonly platform: string };
}

export interface Synthesized {
  /** Holds what `cdktf synth` would have written. */
  readonly outdir: string;
  readonly stacks: readonly DescribedStack[];
  /** Removes the folder. */
  remove(): void;
}

/** Where a stack speaks of itself, and Terraform does not listen. */
interface Comment {
  readonly '//'?: { readonly plinth?: StackGraph; readonly plinthContract?: { readonly platform: string } };
}

/**
 * Synthesizes a program into a temporary folder, and reads what its stacks say of themselves.
 * @param app command that runs the program; default `app` of `cdktf.json`
 * @throws PlinthError `synth-*`
 */
export async function synthesized(options: {
  cwd: string;
  app?: string | undefined;
  signal?: AbortSignal;
}): Promise<Synthesized> {
  // Loads gRPC besides, so only the commands that synthesize do.
  const { synth } = await import('@plinth/rehearsal');
  const outdir = mkdtempSync(join(tmpdir(), 'plinth-'));
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(outdir, { recursive: true, force: true });
  };
  process.on('exit', remove);
  try {
    const stacks = await synth({ ...options, into: outdir });
    return { outdir, stacks: stacks.map(described), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function described({ name, json }: SynthesizedStack): DescribedStack {
  const said = (json as Comment)['//'];
  const resources = Object.values(json.resource ?? {}).reduce((sum, found) => sum + Object.keys(found).length, 0);
  return {
    name,
    resources,
    graph: said?.plinth ?? { schemaVersion: 1, components: [] },
    ...(said?.plinthContract !== undefined && { contract: said.plinthContract }),
  };
}

/** @throws PlinthError `nothing-to-draw` where no stack holds a component of Plinth */
export function drawable(stacks: readonly DescribedStack[]): readonly DescribedStack[] {
  if (stacks.some(({ graph }) => graph.components.length > 0)) return stacks;
  throw new PlinthError({
    code: 'nothing-to-draw',
    what: 'there is nothing to draw',
    where: stacks.map(({ name }) => `stack ${name}`).join(', '),
    why: 'no stack holds a component of Plinth, and only those say what they are and use',
    cure: 'draw a program that makes MlopsPlatform, a stack of Plinth or one of its systems',
  });
}
