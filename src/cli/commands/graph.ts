import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Option } from 'commander';
import { PlinthError } from '@plinth/contract';
import { roomsOf } from '../picture/rooms';
import { picture } from '../picture/svg';
import { drawable, synthesized } from '../synthesized';
import type { AddCommand } from './command';

export const addGraph: AddCommand = (program, context) => {
  program
    .command('graph')
    .description('draws the stacks of a program, their systems, and which uses which, as SVG')
    .addOption(
      new Option('--app <command>', 'command that runs the program (default: "app" of cdktf.json)').env('PLINTH_APP'),
    )
    .option('--out <file>', 'where the picture goes (default: standard output)')
    .option('--json', 'print one JSON document: the rooms and what is in them')
    .addHelpText('after', examples)
    .action(async ({ app, out, json = false }: { app?: string; out?: string; json?: boolean }) => {
      const { cwd, signal } = context;
      const program = await synthesized({ cwd, signal, ...(app !== undefined && { app }) });
      program.remove();
      const stacks = drawable(program.stacks);
      const svg = picture(stacks);
      if (out !== undefined) write(resolve(cwd, out), svg);
      const rooms = roomsOf(stacks);
      const systems = rooms.reduce((sum, { pieces }) => sum + pieces.length, 0);
      const text = out === undefined ? svg : `${out}: ${systems} systems in ${rooms.length} stacks\n`;
      context.done({ result: { rooms, file: out ?? null }, findings: [], text }, json);
    });
};

const examples = `
Examples:
  plinth graph --out platform.svg
  plinth graph --app 'npx tsx examples/minimal/main.ts' > minimal.svg`;

function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new PlinthError({
      code: 'flag-out-not-writable',
      what: 'the picture cannot be written',
      where: file,
      why: error instanceof Error ? error.message : String(error),
      cure: 'name a file that can be written with --out',
    });
  }
}
