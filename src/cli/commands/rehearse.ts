import { Option } from 'commander';
import type { Rehearsal, RehearsalReport } from '@plinth/rehearsal';
import { Progress } from '../progress';
import { table, type Streams } from '../voice';
import type { AddCommand } from './command';

interface Flags {
  readonly app?: string;
  readonly stack?: string[];
  readonly fixtures?: string;
  readonly keep?: boolean;
  readonly json?: boolean;
}

export const addRehearse: AddCommand = (program, context) => {
  program
    .command('rehearse')
    .description('takes a CDKTF program through the real Terraform, without a cloud: plan, apply, a second plan')
    .addOption(
      new Option('--app <command>', 'command that runs the program (default: "app" of cdktf.json)').env('PLINTH_APP'),
    )
    .option(
      '--stack <name>',
      'rehearse this stack and those it depends on; may be repeated',
      (name: string, before: string[] = []) => [...before, name],
    )
    .option('--fixtures <file>', 'JSON file with answers for data sources that nothing in the program makes')
    .option('--keep', 'stay up until Ctrl-C, for Terraform commands of your own')
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action(async ({ app, stack, fixtures, keep = false, json = false }: Flags) => {
      const { cwd, signal, streams } = context;
      // Loads gRPC and the schema readers, which most commands do not need.
      const { rehearse } = await import('@plinth/rehearsal');
      const progress = new Progress(streams.err);
      const rehearsal = await rehearse({
        cwd,
        signal,
        onProgress: progress.on,
        ...(app !== undefined && { app }),
        ...(stack !== undefined && { stacks: stack }),
        ...(fixtures !== undefined && { fixtures }),
      }).finally(() => progress.close());
      try {
        const { findings, ...result } = rehearsal.report;
        context.done({ result, findings, text: summary(rehearsal.report) }, json);
        if (keep) await standing(rehearsal, signal, streams.err);
      } finally {
        await rehearsal.close();
      }
    });
};

const examples = `
Examples:
  plinth rehearse
  plinth rehearse --app 'npx tsx main.ts' --stack prod-foundation
  plinth rehearse --json > rehearsal.json`;

function summary({ ok, stacks, resources }: RehearsalReport): string {
  const seconds = (value: number | undefined): string => (value === undefined ? '' : `${value.toFixed(1)} s`);
  const rows = stacks.map((stack) => [
    stack.name,
    String(stack.resources),
    seconds(stack.seconds.plan),
    seconds(stack.seconds.apply),
    typeof stack.secondPlan === 'string' ? stack.secondPlan : `${stack.secondPlan.length} to change`,
  ]);
  const end = ok
    ? 'An empty second plan shows that the program is deterministic and consistent, not that AWS would normalise nothing.'
    : 'The rehearsal found something:';
  return `${table([['STACK', 'RESOURCES', 'PLAN', 'APPLY', 'SECOND PLAN'], ...rows])}\n\n${resources} resources. ${end}\n`;
}

/** Prints how to reach what stands, and waits for the signal. */
async function standing(rehearsal: Rehearsal, signal: AbortSignal, err: Streams['err']): Promise<void> {
  const quote = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;
  const lines = Object.entries(rehearsal.env()).map(([name, value]) => `export ${name}=${quote(value)}`);
  err.write(
    `${lines.join('\n')}\nThis stands until Ctrl-C; with these variables, Terraform and the AWS SDKs find it.\n`,
  );
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
