#!/usr/bin/env node
import {
  exitCodes,
  jsonDocument,
  monitorConfig,
  nearest,
  PlinthError,
  replayConfig,
  runtimeCommands,
  runtimeTools,
  serveConfig,
} from '@plinth/contract';
import { helpText, readConfig } from './config.js';
import { makeLogger, untilStopped, type RunningProgram } from './program.js';

const about = {
  serve: 'serves the models of a repository over the Open Inference Protocol.',
  monitor: 'watches the payloads of a model for drift.',
  replay: 'computes the requests of a payload log again on other versions, and prints how they agree, as JSON.',
} as const;

const commands = [...runtimeCommands, ...runtimeTools];

async function start(command: string | undefined, argv: readonly string[]): Promise<RunningProgram | undefined> {
  const sources = { argv, env: process.env };
  const help = argv.includes('--help');
  switch (command) {
    case 'serve': {
      if (help) return void process.stdout.write(helpText(serveConfig, command, about.serve));
      const config = readConfig(serveConfig, command, sources);
      const { serve } = await import('./server.js');
      return serve(config);
    }
    case 'monitor': {
      if (help) return void process.stdout.write(helpText(monitorConfig, command, about.monitor));
      const config = readConfig(monitorConfig, command, sources);
      const { runMonitor } = await import('./monitoring/main.js');
      return runMonitor(config);
    }
    case 'replay': {
      if (help) return void process.stdout.write(helpText(replayConfig, command, about.replay));
      const config = readConfig(replayConfig, command, sources);
      const { replay } = await import('./replay.js');
      const report = await replay(config, process.env);
      return void process.stdout.write(`${JSON.stringify(jsonDocument(report), undefined, 2)}\n`);
    }
    case undefined:
    case '--help': {
      const lines = commands.map((name) => `  plinth-runtime ${name.padEnd(8)} ${about[name]}`);
      return void process.stdout.write(`${lines.join('\n')}\n\nplinth-runtime COMMAND --help tells its settings.\n`);
    }
    default: {
      const near = nearest(command, commands);
      throw new PlinthError({
        code: 'unknown-command',
        what: `"${command}" is not a command`,
        where: 'plinth-runtime',
        why: `there are ${commands.join(', ')}`,
        cure: near === undefined ? 'see plinth-runtime --help' : `did you mean ${near}`,
      });
    }
  }
}

/** Findings that are the caller's wrong usage, not a state of the world. */
const usageCodes = /^(unknown-|unexpected-argument|flag-|config-|setting-)/;

// Node and the SDKs warn in plain text on standard error, where the log is JSON.
process.removeAllListeners('warning');
process.on('warning', (warning) => makeLogger('warn', 'node').warn({ warning: warning.name }, warning.message));

try {
  const program = await start(process.argv[2], process.argv.slice(3));
  if (program !== undefined) await untilStopped(program);
  // Native threads of the inference engine must not keep a stopped program alive.
  process.exit(exitCodes.ok);
} catch (error) {
  if (!(error instanceof PlinthError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(usageCodes.test(error.finding.code) ? exitCodes.usage : exitCodes.finding);
}
