import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Finding } from '@plinth/contract';
import { table } from '../voice';
import type { AddCommand } from './command';

/** What was found of one tool or package. */
export interface Check {
  readonly name: string;
  /** Null where it is missing. */
  readonly version: string | null;
  /** What cannot be done without it. */
  readonly for: 'everything' | 'rehearsing' | 'rendering charts' | 'deploying';
  readonly ok: boolean;
  /** What is wrong with it; null where nothing is. */
  readonly problem: string | null;
  /** How it is had. */
  readonly cure: string;
}

export const addDoctor: AddCommand = (program, context) => {
  program
    .command('doctor')
    .description('looks for the tools and packages that Plinth works with, and says how to get what is missing')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExamples:\n  plinth doctor\n  plinth doctor --json')
    .action(async ({ json = false }: { json?: boolean }) => {
      const checks = await examine(context.cwd);
      // What only a deployment or --charts needs is told, but nobody who rehearses lacks it.
      const needed = (check: Check): boolean => check.for === 'everything' || check.for === 'rehearsing';
      const findings = checks.filter((check) => !check.ok && needed(check)).map(findingOf);
      const rows = checks.map((check) => [
        check.ok ? 'ok' : check.version === null ? 'missing' : 'too old',
        check.name,
        check.version ?? '',
        check.for,
        check.ok ? '' : `${check.problem}; ${check.cure}`,
      ]);
      const text = table([['', 'NAME', 'VERSION', 'NEEDED FOR', ''], ...rows]);
      context.done({ result: checks, findings, text }, json);
    });
};

function findingOf({ name, problem, cure, for: purpose }: Check): Finding {
  return { code: 'tool-missing', what: `${name} ${problem}`, where: 'this machine', why: `${purpose} needs it`, cure };
}

/** At least major.minor. */
type Least = readonly [major: number, minor: number];

const urls = {
  aws: 'https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
  helm: 'https://helm.sh/docs/intro/install/',
  kubectl: 'https://kubernetes.io/docs/tasks/tools/',
  node: 'https://nodejs.org',
  terraform: 'https://developer.hashicorp.com/terraform/install',
  tofu: 'https://opentofu.org/docs/intro/install/',
} as const;

const packages: Readonly<Record<string, Least>> = {
  cdktf: [0, 21],
  constructs: [10, 4],
  '@cdktf/provider-aws': [21, 0],
  '@cdktf/provider-kubernetes': [12, 0],
  '@cdktf/provider-helm': [12, 0],
};

/** Every tool and package, in the order in which somebody would install them. */
export async function examine(cwd: string, env: NodeJS.ProcessEnv = process.env): Promise<Check[]> {
  const aws = toolVersion('aws', ['--version'], env);
  const helm = toolVersion('helm', ['version', '--short'], env);
  const kubectl = toolVersion('kubectl', ['version', '--client'], env);
  const cdktf = localVersion(cwd, 'cdktf-cli') ?? toolVersion('cdktf', ['--version'], env);
  return [
    judge('Node.js', process.versions.node, [20, 9], 'everything', `install it from ${urls.node}`),
    await terraform(env),
    ...Object.entries(packages).map(([name, least]) =>
      judge(name, localVersion(cwd, name), least, 'rehearsing', `npm install ${name}`),
    ),
    judge('Helm', helm, [3, 14], 'rendering charts', `install it: ${urls.helm}`),
    judge('AWS CLI', aws, [2, 0], 'deploying', `install it: ${urls.aws}`),
    judge('kubectl', kubectl, [1, 30], 'deploying', `install it: ${urls.kubectl}`),
    judge('cdktf-cli', cdktf, [0, 21], 'deploying', 'npm install --save-dev cdktf-cli@0.21.0'),
  ];
}

async function terraform(env: NodeJS.ProcessEnv): Promise<Check> {
  // Loads gRPC and the schema readers, which most commands do not need.
  const { findTerraform } = await import('@plinth/rehearsal');
  const cure = `install Terraform (${urls.terraform}) or OpenTofu (${urls.tofu})`;
  let path: string;
  try {
    path = findTerraform(env);
  } catch {
    return judge('Terraform', undefined, [1, 10], 'rehearsing', cure);
  }
  const text = output(path, ['version'], { ...env, CHECKPOINT_DISABLE: '1' });
  return judge(text.startsWith('OpenTofu') ? 'OpenTofu' : 'Terraform', firstVersion(text), [1, 10], 'rehearsing', cure);
}

function judge(name: string, version: string | undefined, least: Least, purpose: Check['for'], cure: string): Check {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  const ok = version !== undefined && (major > least[0] || (major === least[0] && minor >= least[1]));
  const problem = version === undefined ? 'cannot be found' : `${version} is older than ${least.join('.')}`;
  return { name, version: version ?? null, for: purpose, ok, problem: ok ? null : problem, cure };
}

/** The version of a package as the user's program would load it. */
function localVersion(cwd: string, name: string): string | undefined {
  try {
    const manifest = createRequire(join(cwd, 'package.json'))(`${name}/package.json`) as { version: string };
    return manifest.version;
  } catch {
    return undefined;
  }
}

const toolVersion = (command: string, args: readonly string[], env: NodeJS.ProcessEnv): string | undefined =>
  firstVersion(output(command, args, env));

const firstVersion = (text: string): string | undefined => /\d+\.\d+\.\d+/.exec(text)?.[0];

function output(command: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
  const { stdout, error } = spawnSync(command, args, { encoding: 'utf8', env, timeout: 10_000 });
  return error === undefined ? (stdout ?? '') : '';
}
