import { Command, CommanderError } from 'commander';
import { exitCodes, nearest, PlinthError } from '@plinth/contract';
import { addCatalogue } from './commands/catalogue';
import type { Context } from './commands/command';
import { addContract } from './commands/contract';
import { addDoctor } from './commands/doctor';
import { addGraph } from './commands/graph';
import { addManifests } from './commands/manifests';
import { addRehearse } from './commands/rehearse';
import { say, type Streams } from './voice';

export interface Invocation {
  /** Without node and the program's name. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly streams: Streams;
  readonly signal: AbortSignal;
}

/** Runs one command line; every way out is an exit code and, where something is wrong, a sentence. */
export async function runCommand({ argv, cwd, streams, signal }: Invocation): Promise<number> {
  const program = new Command('plinth');
  let code: number = exitCodes.ok;
  const context: Context = {
    streams,
    cwd,
    signal,
    done: (outcome, json) => void (code = say(outcome, json, streams)),
  };
  program
    .description('An MLOps platform on AWS, from one program: rehearse it, draw it, look at what it can hold.')
    .addHelpText(
      'after',
      "\nExamples:\n  plinth rehearse --app 'npx tsx main.ts'\n  plinth graph --out platform.svg\n  plinth COMMAND --help tells the flags of a command.",
    )
    .showSuggestionAfterError(false)
    .configureOutput({ writeOut: (text) => void streams.out.write(text), writeErr: () => {} });
  for (const add of [addRehearse, addManifests, addCatalogue, addGraph, addContract, addDoctor]) add(program, context);
  for (const command of [program, ...program.commands]) command.exitOverride().copyInheritedSettings(program);

  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (signal.aborted) return 130;
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    const told = error instanceof CommanderError ? usage(error, argv, program) : error;
    if (!(told instanceof PlinthError)) throw told;
    return say({ result: null, findings: [told.finding], text: '' }, argv.includes('--json'), streams);
  }
}

/** Wrong usage in our words: what commander says names neither why nor the cure. */
function usage({ code, message }: CommanderError, argv: readonly string[], program: Command): PlinthError {
  const command = program.commands.find((candidate) => candidate.name() === argv[0]);
  const where = command === undefined ? 'plinth' : `plinth ${command.name()}`;
  const named = /'([^']*)'/.exec(message)?.[1] ?? '';
  const help = `see ${where} --help`;
  const meant = (known: readonly string[]): string => {
    const near = nearest(named, known);
    return near === undefined ? help : `did you mean ${near}`;
  };
  if (code === 'commander.unknownCommand') {
    const known = program.commands.map((candidate) => candidate.name());
    return new PlinthError({
      code: 'unknown-command',
      what: `"${named}" is not a command`,
      where,
      why: `there are ${known.join(', ')}`,
      cure: meant(known),
    });
  }
  if (code === 'commander.unknownOption') {
    const known = [...(command ?? program).options.flatMap(({ long }) => long ?? []), '--help'];
    return new PlinthError({
      code: 'unknown-flag',
      what: `${named} is not a flag`,
      where,
      why: `there are ${known.join(', ')}`,
      cure: meant(known),
    });
  }
  if (code === 'commander.optionMissingArgument') {
    return new PlinthError({
      code: 'flag-without-value',
      what: `${named} has no value`,
      where,
      why: 'it needs one',
      cure: `write ${named}`,
    });
  }
  if (code === 'commander.excessArguments') {
    const extra = argv.slice(1).findLast((argument) => !argument.startsWith('-')) ?? '';
    return new PlinthError({
      code: 'unexpected-argument',
      what: `"${extra}" is not expected`,
      where,
      why: 'it takes no more than its flags and what --help names',
      cure: help,
    });
  }
  if (code === 'commander.missingArgument') {
    return new PlinthError({
      code: 'argument-missing',
      what: `the ${named} is missing`,
      where,
      why: 'it cannot do without',
      cure: help,
    });
  }
  if (code === 'commander.conflictingOption') {
    const [, one = '', other = ''] =
      /option '(--[\w-]+)[^']*' cannot be used with option '(--[\w-]+)/.exec(message) ?? [];
    return new PlinthError({
      code: 'flag-conflict',
      what: `${one} and ${other} do not go together`,
      where,
      why: 'each asks for another rehearsal',
      cure: 'run one after the other',
    });
  }
  return new PlinthError({
    code: 'flag-invalid',
    what: message.replace(/^error: /, '').replace(/\.$/, ''),
    where,
    why: 'it was called in a way that it does not know',
    cure: help,
  });
}
