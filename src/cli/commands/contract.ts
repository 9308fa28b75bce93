import { Option } from 'commander';
import { nearest, PlinthError } from '@plinth/contract';
import { writeText } from '../files';
import { synthesized } from '../synthesized';
import type { AddCommand } from './command';

interface Flags {
  readonly app?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export const addContract: AddCommand = (program, context) => {
  program
    .command('contract')
    .description('writes the file by which programs in other repositories find a platform')
    .argument('<name>', "the platform's name")
    .addOption(
      new Option('--app <command>', 'command that runs the program (default: "app" of cdktf.json)').env('PLINTH_APP'),
    )
    .option('--out <file>', 'where the contract goes (default: standard output)')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExamples:\n  plinth contract prod --out plinth.contract.json')
    .action(async (name: string, { app, out, json = false }: Flags) => {
      const { cwd, signal } = context;
      const made = await synthesized({ cwd, signal, app });
      made.remove();
      const contracts = made.stacks.flatMap(({ contract }) => contract ?? []);
      // Every stack of a platform says the same; the last was made when everything was there.
      const found = contracts.filter(({ platform }) => platform === name).at(-1);
      if (found === undefined) throw unknownPlatform(name, [...new Set(contracts.map(({ platform }) => platform))]);
      const document = `${JSON.stringify(found, null, 2)}\n`;
      if (out !== undefined) writeText(cwd, out, document);
      context.done({ result: found, findings: [], text: out === undefined ? document : `Written to ${out}.\n` }, json);
    });
};

function unknownPlatform(name: string, known: readonly string[]): PlinthError {
  const near = nearest(name, known);
  return new PlinthError({
    code: 'unknown-platform',
    where: 'plinth contract',
    what: `the program makes no platform '${name}'`,
    why: known.length === 0 ? 'no stack of it belongs to one' : `it makes ${known.join(', ')}`,
    cure: near === undefined ? 'name one that it makes, or give its command with --app' : `did you mean ${near}`,
  });
}
