#!/usr/bin/env node
import { exitCodes } from '@plinth/contract';
import { Command, CommanderError } from 'commander';

function list(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

const json = ['--json', 'print one JSON document on standard output; progress goes to standard error'] as const;
const app = ['--app <command>', "command that runs the program (default: 'app' of cdktf.json)"] as const;

/** The `plinth` command. Each subcommand loads what it needs when it runs. */
function plinth(): Command {
  const program = new Command('plinth')
    .description('An MLOps platform on AWS from typed CDKTF constructs, rehearsed without a cloud.')
    .addHelpText('after', '\nExit codes: 0 ok, 1 a finding, 2 wrong usage, 3 a tool is missing.')
    .showSuggestionAfterError(true)
    .exitOverride();
  program
    .command('rehearse')
    .description('synthesize the program and let the real Terraform plan, apply and plan again, without a cloud')
    .option(...app)
    .option('--stack <name>', 'only this stack and what it depends on; may be repeated', list)
    .option('--fixtures <file>', 'JSON file with answers for data sources')
    .option('--destroy', 'destroy everything again at the end')
    .option('--keep', 'stay up until Ctrl-C, and print the variables for cdktf or Terraform')
    .option(...json)
    .addHelpText(
      'after',
      "\nExamples:\n  plinth rehearse\n  plinth rehearse --app 'npx tsx main.ts' --stack prod-ml --json",
    )
    .action(async (flags) => (await import('./commands/rehearse')).rehearseCommand(flags));
  program
    .command('catalogue')
    .description('list the systems that the platform holds, and what is proven of each')
    .argument('[system...]', 'only these')
    .option('--category <name>', 'only this category')
    .option('--proven', 'only what is proven')
    .option(...json)
    .addHelpText(
      'after',
      "\nExamples:\n  plinth catalogue --category 'vector databases'\n  plinth catalogue mlflow --json",
    )
    .action(async (names, flags) => (await import('./commands/catalogue')).catalogueCommand(names, flags));
  program
    .command('graph')
    .description('draw the platform: stacks, systems, what they are called and who calls whom')
    .option(...app)
    .option('--out <file>', 'write the SVG to this file (default: standard output)')
    .option(...json)
    .addHelpText('after', '\nExample:\n  plinth graph --out platform.svg')
    .action(async (flags) => (await import('./commands/graph')).graphCommand(flags));
  program
    .command('contract')
    .description('print the contract file by which programs of other repositories find a platform')
    .argument('<platform>', "the platform's name")
    .option(...app)
    .option('--out <file>', 'write it to this file (default: standard output)')
    .option(...json)
    .addHelpText('after', '\nExample:\n  plinth contract prod --out plinth.contract.json')
    .action(async (name, flags) => (await import('./commands/contract')).contractCommand(name, flags));
  program
    .command('doctor')
    .description('tell what is installed, what is missing, and how to get it')
    .option(...json)
    .action(async (flags) => (await import('./commands/doctor')).doctorCommand(flags));
  return program;
}

plinth()
  .parseAsync()
  .catch((error: unknown) => {
    if (error instanceof CommanderError) {
      // Help that was asked for is no mistake.
      process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
      return;
    }
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = exitCodes.finding;
  });
