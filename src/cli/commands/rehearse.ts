import { rehearse, RehearsalReport } from '@plinth/rehearsal';
import { interrupted, interruption } from '../interrupt';
import { conclude, table } from '../output';
import { progress } from '../progress';

export interface RehearseFlags {
  readonly app?: string;
  readonly stack?: readonly string[];
  readonly fixtures?: string;
  readonly destroy?: boolean;
  readonly keep?: boolean;
  readonly json?: boolean;
}

/** `plinth rehearse`: the program at hand, through the real Terraform. */
export async function rehearseCommand(flags: RehearseFlags): Promise<void> {
  const { json = false } = flags;
  const signal = interruption();
  await conclude(
    json,
    async () => {
      const rehearsal = await rehearse({
        app: flags.app,
        stacks: flags.stack,
        fixtures: flags.fixtures,
        destroy: flags.destroy,
        onProgress: progress(),
        signal,
      });
      try {
        if (flags.keep) {
          const env = Object.entries(rehearsal.env()).map(([name, value]) => `export ${name}=${quoted(value)}`);
          process.stderr.write(
            `It stays up until Ctrl-C. For cdktf or Terraform in another shell:\n${env.join('\n')}\n`,
          );
          await interrupted(signal);
        }
        return { result: rehearsal.report, errors: rehearsal.report.findings };
      } finally {
        await rehearsal.close();
      }
    },
    printed,
  );
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

function printed({ stacks, resources, ok }: RehearsalReport): string {
  const rows = stacks.map(({ name, resources: count, seconds, secondPlan }) => [
    name,
    String(count),
    ...(['plan', 'apply', 'replan'] as const).map((phase) => seconds[phase]?.toFixed(1) ?? '-'),
    typeof secondPlan === 'string' ? secondPlan : `${secondPlan.length} changes`,
  ]);
  return [
    table(['stack', 'resources', 'plan s', 'apply s', 're-plan s', 'second plan'], rows),
    '',
    `${resources} resources in ${stacks.length} stacks${ok ? ', and nothing left to do' : ''}.`,
    'An empty second plan shows that the program is deterministic and consistent, not that AWS would normalise nothing.',
  ].join('\n');
}
