import { Option } from 'commander';
import { writeText } from '../files';
import { plural } from '../picture/drawing';
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
      const made = await synthesized({ cwd, signal, app });
      made.remove();
      const stacks = drawable(made.stacks);
      const svg = picture(stacks);
      if (out !== undefined) writeText(cwd, out, svg);
      const rooms = roomsOf(stacks);
      const systems = rooms.reduce((sum, { pieces }) => sum + pieces.length, 0);
      const text =
        out === undefined ? svg : `${out}: ${plural(systems, 'system')} in ${plural(rooms.length, 'stack')}\n`;
      context.done({ result: { rooms, file: out ?? null }, findings: [], text }, json);
    });
};

const examples = `
Examples:
  plinth graph --out platform.svg
  plinth graph --app 'npx tsx examples/minimal/main.ts' > minimal.svg`;
