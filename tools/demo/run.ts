import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { labels, PlinthError, type Finding } from '@plinth/contract';
import { rehearse, type LocalProcess, type ProgressEvent, type Rehearsal } from '@plinth/rehearsal';
import { plural } from 'plinth/src/cli/picture/drawing';
import { roomsOf } from 'plinth/src/cli/picture/rooms';
import type { Progress } from 'plinth/src/cli/progress';
import { synthesized, type DescribedStack } from 'plinth/src/cli/synthesized';
import { score, sum, untilRead } from './client';
import type { DemoResult, RunningHere, Scores, Standing } from './result';
import { readRows, shift, shifted, take } from './rows';
import { versions } from './versions';

export interface DemoOptions {
  /** Command of the program to rehearse. */
  readonly app: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** What has been seen, and what still runs until it is closed. */
export interface Demo {
  /** Null where the rehearsal found something. */
  readonly result: Omit<DemoResult, 'files'> | null;
  readonly findings: readonly Finding[];
  readonly stacks: readonly DescribedStack[];
  close(): Promise<void>;
}

/** Windows of shifted rows that are sent at most; two that drift raise the alarm. */
const mostShiftedWindows = 6;
/** A server writes its log after ten seconds at the latest, a monitor looks every fifteen; a busy machine is slower. */
const patience = 60;

/** Synthesizes, rehearses, starts what was applied, and shows it real rows, then shifted ones. */
export async function runDemo({ app, signal, progress }: DemoOptions): Promise<Demo> {
  const seconds: Record<string, number> = {};
  const timed = async <T>(name: string, work: Promise<T>): Promise<T> => {
    const began = performance.now();
    const done = await work;
    seconds[name] = (performance.now() - began) / 1000;
    return done;
  };
  progress.status(`program: synthesizing ${app} ...`);
  const program = await timed('synth', synthesized({ cwd: process.cwd(), app, signal }));
  progress.line(`program: ${plural(program.stacks.length, 'stack')} synthesized in ${seconds['synth']?.toFixed(1)} s`);
  // It was synthesized above, where its graph could be read.
  const rehearsing = (event: ProgressEvent): void => (event.phase === 'synth' ? undefined : progress.on(event));
  let rehearsal: Rehearsal | undefined;
  const close = async (): Promise<void> => {
    await rehearsal?.close();
    program.remove();
  };
  try {
    rehearsal = await timed('rehearse', rehearse({ outdir: program.outdir, signal, onProgress: rehearsing }));
    progress.close();
    const { findings, ...report } = rehearsal.report;
    if (!report.ok) return { result: null, findings, stacks: program.stacks, close };
    const stacks = program.stacks.map((stack) => ({
      ...stack,
      resources: report.stacks.find(({ name }) => name === stack.name)?.resources ?? stack.resources,
    }));
    const processes = await timed('start', rehearsal.start({ runtime: runtimeMain(), onProgress: progress.on }));
    const server = find(processes, 'serve');
    const monitor = find(processes, 'monitor');
    const model = server.labels[labels.model] ?? server.deployment;
    const rows = readRows(resolve('examples/models', model, 'heldout.csv'));

    progress.status(`${model}: sending ${rows.values.length} held-out rows ...`);
    const heldOut = await timed('predict', score(server.httpUrl, model, rows, signal));
    progress.line(
      `${model}: ${heldOut.correct} of ${heldOut.rows} held-out rows right, accuracy ${heldOut.accuracy.toFixed(4)}`,
    );

    const watch = (sent: number): Promise<DemoResult['monitor']> =>
      untilRead(monitor.httpUrl, sent, {
        seconds: patience,
        signal,
        onReport: ({ rows: read, windows }) =>
          progress.status(`monitor: ${read} of ${sent} rows read, ${windows.length} windows judged ...`),
      });
    let seen = await timed('watch', watch(heldOut.rows));
    const unshifted = { windows: seen.windows.length, alarms: seen.alarms.length };
    progress.line(`monitor: ${unshifted.windows} unshifted windows judged, ${unshifted.alarms} alarms`);

    const began = performance.now();
    const other = shifted(rows);
    const { windowRows } = seen;
    let wrong: Scores | undefined;
    progress.line(`shift: ${shift.what}`);
    // Two windows at first, since one alone never raises an alarm.
    while (seen.state !== 'drifting' && (wrong?.rows ?? 0) < mostShiftedWindows * windowRows) {
      const part = take(other, wrong?.rows ?? 0, wrong === undefined ? 2 * windowRows : windowRows);
      wrong = sum(wrong, await score(server.httpUrl, model, part, signal));
      seen = await watch(heldOut.rows + wrong.rows);
    }
    seconds['drift'] = (performance.now() - began) / 1000;
    const raised = seen.state === 'drifting';
    const scores = sum(wrong);
    progress.line(`monitor: after ${scores.rows} shifted rows the state is ${seen.state}`);
    return {
      result: {
        program: app,
        versions: versions(),
        rehearsal: report,
        types: typesOf(rehearsal),
        standing: standing(stacks),
        running: processes.map(here),
        model,
        heldOut,
        unshifted,
        shift: {
          what: shift.what,
          features: rows.features.filter((name) => shift.factor(name) !== 1),
          raised,
          ...scores,
        },
        monitor: seen,
        seconds,
      },
      findings: judged(unshifted.alarms, raised, scores.rows, monitor.httpUrl),
      stacks,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The program of the installed runtime package. */
function runtimeMain(): string {
  const manifest = createRequire(__filename).resolve('@plinth/runtime/package.json');
  const { bin } = createRequire(__filename)(manifest) as { bin: { 'plinth-runtime': string } };
  return join(dirname(manifest), bin['plinth-runtime']);
}

function find(processes: readonly LocalProcess[], command: LocalProcess['command']): LocalProcess {
  const found = processes.find((running) => running.command === command);
  if (found !== undefined) return found;
  throw new PlinthError({
    code: 'nothing-to-show',
    what: `no Deployment runs plinth-runtime ${command}`,
    where: 'the rehearsed stacks',
    why: 'the demo shows a model that serves and is watched',
    cure: 'give a program with a ModelServer and a ModelMonitor with --app',
  });
}

const here = ({ deployment, namespace, command, httpUrl, metricsUrl }: LocalProcess): RunningHere => ({
  deployment,
  namespace,
  command,
  url: httpUrl,
  metricsUrl,
});

function standing(stacks: readonly DescribedStack[]): Standing[] {
  const drawn = new Set(roomsOf(stacks).flatMap(({ pieces }) => pieces.map(({ id }) => id)));
  return stacks.flatMap(({ name, graph }) =>
    graph.components
      .filter(({ path }) => drawn.has(path))
      .map(({ path, system, resources, endpoints }) => ({
        stack: name,
        system,
        id: path,
        resources: resources.length,
        endpoints: endpoints.map(({ protocol, host, port }) =>
          // What AWS names is not known to a program before it is applied.
          host.includes(' ') ? `${protocol} port ${port}, host ${host}` : `${protocol}://${host}:${port}`,
        ),
      })),
  );
}

function typesOf(rehearsal: Rehearsal): Record<string, Record<string, number>> {
  const types: Record<string, Record<string, number>> = {};
  for (const { stack, mode, type } of rehearsal.resources()) {
    if (mode !== 'managed') continue;
    const own = (types[stack] ??= {});
    own[type] = (own[type] ?? 0) + 1;
  }
  return types;
}

function judged(alarms: number, raised: boolean, sent: number, where: string): Finding[] {
  const findings: Finding[] = [];
  if (alarms > 0) {
    findings.push({
      code: 'false-alarm',
      what: `the monitor raised ${alarms} alarms on rows that were not shifted`,
      where,
      why: 'held-out rows come from the same population as the reference profile',
      cure: 'see the windows in demo/report.html, and how drift is judged in docs/monitoring.md',
    });
  }
  if (!raised) {
    findings.push({
      code: 'drift-missed',
      what: `the monitor raised no alarm on ${sent} shifted rows`,
      where,
      why: 'a shift of that size should be seen within two windows',
      cure: 'see the windows in demo/report.html, and how drift is judged in docs/monitoring.md',
    });
  }
  return findings;
}
