import { Option } from 'commander';
import { PlinthError } from '@plinth/contract';
import type { Rehearsal, RehearsalReport } from '@plinth/rehearsal';
import { clusterInWords, clusterProgress } from '../cluster-words';
import { faultsInWords } from '../fault-words';
import { Progress } from '../progress';
import { inWords } from '../upgrade-words';
import { table, type Streams } from '../voice';
import type { AddCommand } from './command';

interface Flags {
  readonly app?: string;
  readonly stack?: string[];
  readonly fixtures?: string;
  readonly destroy?: boolean;
  readonly drift?: string[];
  readonly fault?: string[];
  readonly chaos?: number;
  readonly seed?: number;
  readonly against?: string;
  readonly states?: string;
  readonly mirror?: boolean;
  readonly cluster?: string;
  readonly clusterApply?: boolean;
  readonly charts?: string;
  readonly crds?: string;
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
    .option('--stack <name>', 'rehearse this stack and those it depends on; may be repeated', many)
    .option('--fixtures <file>', 'JSON file with answers for data sources that nothing in the program makes')
    .option('--destroy', 'destroy everything at the end, last stack first')
    .option(
      '--drift <change>',
      "change something behind Terraform's back, and see that the next apply mends it: STACK/TYPE.NAME:gone or STACK/TYPE.NAME:ATTRIBUTE=VALUE; may be repeated",
      many,
    )
    .option(
      '--fault <failure>',
      'fail on purpose once everything stands, and see that the next apply converges: STACK/TYPE.NAME:create|update|delete[:partial|throttle|timeout|interrupt|kill|expired][@N]; may be repeated',
      many,
    )
    .option('--chaos <steps>', 'fail so many times, chosen by chance, one after the other', Number)
    .addOption(new Option('--seed <number>', 'the same number chooses the same failures').argParser(Number).default(1))
    .addOption(
      new Option(
        '--against <ref>',
        'tell what the program of today creates, updates, replaces and destroys of what it made at a git commit, tag or branch',
      ).conflicts([...others, 'states']),
    )
    .addOption(
      new Option(
        '--states <folder>',
        'the same on the states of a deployment: STACK.tfstate for each stack, as terraform state pull prints it',
      ).conflicts(others),
    )
    .option('--mirror', 'let Terraform install the providers from a mirror, with lock files and version constraints')
    .option(
      '--cluster <kubeconfig>',
      'send the Kubernetes objects to a real API server, as a dry run with strict validation: PATH[#CONTEXT] of a kubeconfig',
    )
    .option('--cluster-apply', 'really apply them there, wait until they are ready, and destroy them again')
    .option('--charts <folder>', 'render Helm releases with the charts in this folder: NAME-VERSION.tgz or NAME/')
    .option('--crds <folder>', 'CustomResourceDefinitions that neither the cluster nor the charts bring')
    .option('--keep', 'stay up until Ctrl-C, for Terraform commands of your own')
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      const { app, stack, fixtures, destroy, drift, against, states, mirror, keep = false, json = false } = flags;
      const { fault, chaos, seed = 1 } = flags;
      const { cluster, clusterApply, charts, crds } = flags;
      const { cwd, signal, streams } = context;
      needsCluster(flags);
      // Loads gRPC and the schema readers, which most commands do not need.
      const { rehearse, rehearseOnCluster, rehearseUpgrade } = await import('@plinth/rehearsal');
      const progress = new Progress(streams.err);
      const sent = (rehearsal: Rehearsal, to: string) =>
        rehearseOnCluster(rehearsal, {
          cluster: to,
          cwd,
          signal,
          onProgress: (event) => progress.status(clusterProgress(event)),
          ...(clusterApply !== undefined && { apply: clusterApply }),
          ...(charts !== undefined && { charts }),
          ...(crds !== undefined && { crds }),
        }).finally(() => progress.close());
      if (against !== undefined || states !== undefined) {
        const { findings, ...result } = await rehearseUpgrade({
          before: states !== undefined ? { states } : { ref: against ?? '', ...(app !== undefined && { app }) },
          after: { cwd, ...(app !== undefined && { app }) },
          signal,
          onProgress: progress.on,
          ...(fixtures !== undefined && { fixtures }),
        }).finally(() => progress.close());
        return context.done({ result, findings, text: inWords(result, states ?? against ?? '') }, json);
      }
      const rehearsal = await rehearse({
        cwd,
        signal,
        onProgress: progress.on,
        ...(app !== undefined && { app }),
        ...(stack !== undefined && { stacks: stack }),
        ...(fixtures !== undefined && { fixtures }),
        ...(destroy !== undefined && { destroy }),
        ...(mirror === true && { providers: 'mirror' }),
        ...(drift !== undefined && { drift }),
        ...(fault !== undefined && { faults: fault }),
        ...(chaos !== undefined && { chaos: { steps: chaos, seed } }),
      }).finally(() => progress.close());
      try {
        const { findings, ...result } = rehearsal.report;
        // What Terraform refused is missing in the objects.
        const onCluster = cluster === undefined || !result.ok ? undefined : await sent(rehearsal, cluster);
        context.done(
          {
            result: { ...result, ...(onCluster !== undefined && { cluster: onCluster.report }) },
            findings: [...findings, ...(onCluster?.findings ?? [])],
            text: `${summary(rehearsal.report)}${onCluster === undefined ? '' : `\n${clusterInWords(onCluster.report)}`}`,
          },
          json,
        );
        if (keep) await standing(rehearsal, signal, streams.err);
      } finally {
        await rehearsal.close();
      }
    });
};

/** What a comparison with what stood before does not go together with. */
const others = ['stack', 'destroy', 'drift', 'fault', 'chaos', 'mirror', 'cluster', 'keep'];

/** @throws PlinthError `flag-without-cluster` */
function needsCluster({ cluster, clusterApply, charts, crds }: Flags): void {
  if (cluster !== undefined) return;
  const flag = Object.entries({ '--cluster-apply': clusterApply, '--charts': charts, '--crds': crds }).find(
    ([, value]) => value !== undefined,
  );
  if (flag === undefined) return;
  throw new PlinthError({
    code: 'flag-without-cluster',
    what: `${flag[0]} has nothing to act on`,
    where: 'plinth rehearse',
    why: 'it is about the cluster to which objects are sent',
    cure: 'name that with --cluster PATH[#CONTEXT]',
  });
}

const many = (value: string, before: string[] = []): string[] => [...before, value];

const examples = `
Examples:
  plinth rehearse
  plinth rehearse --app 'npx tsx main.ts' --stack prod-foundation
  plinth rehearse --against main
  plinth rehearse --drift prod-foundation/aws_s3_bucket.lake:gone
  plinth rehearse --fault prod-ml/kubernetes_namespace_v1.ml:create:timeout
  plinth rehearse --chaos 50 --seed 7
  plinth rehearse --cluster ~/.kube/config#kind-plinth --charts charts
  plinth rehearse --json > rehearsal.json`;

function summary({ ok, stacks, resources, drifts = [], faults = [] }: RehearsalReport): string {
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
  const mended = drifts.map(({ drift, plan, repaired }) => {
    const actions = plan.map(({ address, actions: done }) => `${address} (${done.join(', ')})`).join(', ');
    return `${drift}: ${plan.length === 0 ? 'not seen' : `${repaired ? 'mended by' : 'not mended by'} ${actions}`}\n`;
  });
  const head = ['STACK', 'RESOURCES', 'PLAN', 'APPLY', 'SECOND PLAN'];
  return `${table([head, ...rows])}\n\n${mended.join('')}${faultsInWords(faults)}${resources} resources. ${end}\n`;
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
