import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackJson } from '../support/program';

export const root = join(__dirname, '../..');
export const examples = ['minimal', 'complete', 'team'] as const;
export type Example = (typeof examples)[number];

/** The command that runs an example, as a user would. */
export const commandOf = (example: Example) => `npx tsx examples/${example}/main.ts`;

/** Runs an example and gives the text of each stack's JSON by its name. */
export function synthesized(example: Example): Record<string, string> {
  const outdir = mkdtempSync(join(tmpdir(), `plinth-${example}-`));
  try {
    const [command = '', ...args] = commandOf(example).split(' ');
    const env = { ...process.env, CDKTF_OUTDIR: outdir };
    const { status, stderr } = spawnSync(command, args, { cwd: root, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`examples/${example} ended with ${status}:\n${stderr}`);
    const { stacks } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8')) as {
      stacks: Record<string, { synthesizedStackPath: string }>;
    };
    return Object.fromEntries(
      Object.entries(stacks).map(([name, { synthesizedStackPath }]) => [
        name,
        readFileSync(join(outdir, synthesizedStackPath), 'utf8'),
      ]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/**
 * Addresses of the resources in an example, `stack/type.name`, sorted; without the files of the runtime's sources, which
 * come and go with them.
 */
export function addressesOf(stacks: Record<string, string>): string[] {
  return Object.entries(stacks)
    .flatMap(([stack, text]) =>
      Object.entries((JSON.parse(text) as StackJson).resource ?? {}).flatMap(([type, blocks]) =>
        Object.keys(blocks).map((name) => `${stack}/${type}.${name}`),
      ),
    )
    .filter((address) => !address.includes('runtime-image_files_'))
    .sort();
}
