import { join } from 'node:path';
import { Option } from 'commander';
import type { PrintedManifest } from '@plinth/rehearsal';
import { writeText } from '../files';
import { Progress } from '../progress';
import type { AddCommand } from './command';

interface Flags {
  readonly app?: string;
  readonly stack?: string[];
  readonly fixtures?: string;
  readonly charts?: string;
  readonly out?: string;
  readonly showSecrets?: boolean;
  readonly json?: boolean;
}

export const addManifests: AddCommand = (program, context) => {
  program
    .command('manifests')
    .description('prints the Kubernetes objects that a program makes, as YAML, for review and GitOps')
    .addOption(
      new Option('--app <command>', 'command that runs the program (default: "app" of cdktf.json)').env('PLINTH_APP'),
    )
    .option('--stack <name>', 'print the objects of this stack only; may be repeated', many)
    .option('--fixtures <file>', 'JSON file with answers for data sources that nothing in the program makes')
    .option('--charts <folder>', 'render Helm releases with the charts in this folder: NAME-VERSION.tgz or NAME/')
    .option(
      '--out <path>',
      'a file (.yaml, .yml), or a folder that gets STACK.yaml for each stack (default: standard output)',
    )
    .option('--show-secrets', 'print the values of Secrets as well')
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action(async ({ app, stack, fixtures, charts, out, showSecrets = false, json = false }: Flags) => {
      const { cwd, signal, streams } = context;
      // Loads gRPC and the schema readers, which most commands do not need.
      const { allObjects, manifestsYaml, printed, rehearse } = await import('@plinth/rehearsal');
      const progress = new Progress(streams.err);
      const rehearsal = await rehearse({
        cwd,
        signal,
        onProgress: progress.on,
        secondPlan: false,
        ...(app !== undefined && { app }),
        ...(stack !== undefined && { stacks: stack }),
        ...(fixtures !== undefined && { fixtures }),
      }).finally(() => progress.close());
      try {
        // What Terraform refused is missing in the objects, and nobody should deploy the rest.
        const { findings } = rehearsal.report;
        if (findings.length > 0) return context.done({ result: null, findings, text: '' }, json);
        const all = await allObjects(rehearsal, { cwd, signal, charts });
        if (all.findings.length > 0) return context.done({ result: null, findings: all.findings, text: '' }, json);
        const asked = (name: string): boolean => stack === undefined || stack.includes(name);
        const manifests = all.objects.map((one) => printed(one, showSecrets)).filter((one) => asked(one.stack));
        const notTemplated = all.notTemplated.filter((one) => asked(one.stack));
        for (const { stack: name, address, why } of notTemplated) {
          progress.line(`stack ${name}, ${address}: not templated: ${why}`);
        }
        const files = out === undefined ? [] : written(cwd, out, manifests, manifestsYaml);
        const text =
          out === undefined ? manifestsYaml(manifests) : `${manifests.length} objects written to ${files.join(', ')}\n`;
        context.done({ result: { objects: manifests, notTemplated, files }, findings: [], text }, json);
      } finally {
        await rehearsal.close();
      }
    });
};

function written(
  cwd: string,
  out: string,
  manifests: readonly PrintedManifest[],
  yaml: (manifests: readonly PrintedManifest[]) => string,
): string[] {
  if (/\.ya?ml$/.test(out)) {
    writeText(cwd, out, yaml(manifests));
    return [out];
  }
  return [...new Set(manifests.map(({ stack }) => stack))].map((name) => {
    const file = join(out, `${name}.yaml`);
    writeText(cwd, file, yaml(manifests.filter(({ stack }) => stack === name)));
    return file;
  });
}

const many = (value: string, before: string[] = []): string[] => [...before, value];

const examples = `
The values of Secrets are left out, which a comment says. What charts render is known with --charts only.

Examples:
  plinth manifests > platform.yaml
  plinth manifests --charts charts --out manifests
  helm pull keda --repo https://kedacore.github.io/charts --version 2.20.2 --destination charts`;
