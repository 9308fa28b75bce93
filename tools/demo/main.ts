import { join } from 'node:path';
import { exitCodes, nearest, PlinthError, type Finding } from '@plinth/contract';
import { findTerraform } from '@plinth/rehearsal';
import { writeText } from 'plinth/src/cli/files';
import { plural } from 'plinth/src/cli/picture/drawing';
import { picture } from 'plinth/src/cli/picture/svg';
import { Progress } from 'plinth/src/cli/progress';
import { stopSignal } from 'plinth/src/cli/stop';
import { say, table } from 'plinth/src/cli/voice';
import { page } from './report/page';
import type { DemoResult } from './result';
import { runDemo } from './run';

const help = `npm run demo -- [--app CMD] [--out DIR] [--keep] [--json]

Synthesizes examples/complete, rehearses it with the real Terraform, starts the model server and its monitor from what was applied,
sends real rows, then shifted ones until the monitor raises its alarm. Writes demo/platform.svg and demo/report.html.

  --app CMD  another program, with a ModelServer of a model of examples/models and a ModelMonitor
  --out DIR  where picture and report go (default: demo)
  --keep     stay up until Ctrl-C, and print the addresses
  --json     print one JSON document on standard output
  --help     this text
`;

interface Flags {
  readonly app: string;
  readonly out: string;
  readonly keep: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

function flagsOf(argv: readonly string[]): Flags {
  const flags = { app: 'npx tsx examples/complete/main.ts', out: 'demo', keep: false, json: false, help: false };
  for (let index = 0; index < argv.length; index++) {
    const flag = argv[index] ?? '';
    if (flag === '--keep' || flag === '--json' || flag === '--help') flags[flag.slice(2) as 'keep'] = true;
    else if ((flag === '--app' || flag === '--out') && argv[index + 1] !== undefined)
      flags[flag.slice(2) as 'app'] = argv[++index] ?? '';
    else throw unknownFlag(flag);
  }
  return flags;
}

function unknownFlag(flag: string): PlinthError {
  const known = ['--app', '--out', '--keep', '--json', '--help'];
  const where = 'npm run demo';
  if (known.includes(flag)) {
    return new PlinthError({
      code: 'flag-without-value',
      what: `${flag} has no value`,
      where,
      why: 'it needs one',
      cure: "see 'npm run demo -- --help'",
    });
  }
  const near = nearest(flag, known);
  return new PlinthError({
    code: 'unknown-flag',
    what: `${flag} is not a flag`,
    where,
    why: `there are ${known.join(', ')}`,
    cure: near === undefined ? "see 'npm run demo -- --help'" : `did you mean ${near}`,
  });
}

async function main(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const streams = { out: process.stdout, err: process.stderr };
  const json = argv.includes('--json');
  const tell = (finding: Finding): number => say({ result: null, findings: [finding], text: '' }, json, streams);
  const progress = new Progress(process.stderr);
  try {
    const flags = flagsOf(argv);
    if (flags.help) {
      process.stdout.write(help);
      return exitCodes.ok;
    }
    // Before anything else: whoever has no Terraform should not wait to be told.
    findTerraform();
    const demo = await runDemo({ app: flags.app, signal, progress });
    try {
      if (demo.result === null) return say({ result: null, findings: demo.findings, text: '' }, json, streams);
      const files = [join(flags.out, 'platform.svg'), join(flags.out, 'report.html')];
      const result: DemoResult = { ...demo.result, files };
      const svg = picture(demo.stacks);
      const written = [svg, page(result, svg)];
      files.forEach((file, index) => writeText('.', file, written[index] ?? ''));
      const code = say({ result, findings: demo.findings, text: summary(result) }, json, streams);
      if (flags.keep) await standing(result, signal);
      return code;
    } finally {
      await demo.close();
    }
  } catch (error) {
    progress.close();
    if (signal.aborted) return 130;
    if (error instanceof PlinthError) return tell(error.finding);
    throw error;
  }
}

function summary({
  standing: systems,
  rehearsal,
  heldOut,
  unshifted,
  shift,
  monitor,
  running,
  files,
}: DemoResult): string {
  const rows = systems.flatMap(({ stack, system, resources, endpoints: [first = '', ...others] }) => [
    [stack, system, String(resources), first],
    ...others.map((endpoint) => ['', '', '', endpoint]),
  ]);
  const alarm = monitor.alarms.find(({ kind }) => kind === 'raised');
  return [
    table([['STACK', 'SYSTEM', 'RESOURCES', 'ENDPOINTS'], ...rows]),
    '',
    `${rehearsal.resources} resources in ${plural(rehearsal.stacks.length, 'stack')}; every second plan was empty. That shows that the program is`,
    'deterministic and consistent, not that AWS would normalise nothing.',
    `Held-out accuracy ${heldOut.accuracy.toFixed(4)} (${heldOut.correct} of ${heldOut.rows} rows), answered by ${running[0]?.url}.`,
    `Unshifted: ${unshifted.windows} windows, ${unshifted.alarms} alarms. Shifted (${shift.what}):`,
    alarm === undefined
      ? `no alarm after ${shift.rows} rows.`
      : `alarm in window ${alarm.window}, after ${shift.rows} rows; accuracy on them ${shift.accuracy.toFixed(4)}.`,
    `See ${files.join(' and ')}.`,
    '',
  ].join('\n');
}

async function standing({ running, model }: DemoResult, signal: AbortSignal): Promise<void> {
  const lines = running.map(
    ({ deployment, url, metricsUrl }) => `${deployment}: ${url} (metrics ${metricsUrl}/metrics)`,
  );
  process.stderr.write(
    `${lines.join('\n')}\nTry: curl ${running[0]?.url}/v2/models/${model}\nThis stands until Ctrl-C.\n`,
  );
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

void main(process.argv.slice(2), stopSignal()).then((code) => {
  process.exitCode = code;
});
