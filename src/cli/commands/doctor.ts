import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { exitCodes, Finding } from '@plinth/contract';
import { findTerraform } from '@plinth/rehearsal';
import { conclude, table } from '../output';

/** One thing that Plinth leans on. */
export interface Check {
  readonly name: string;
  /** What was found, or null. */
  readonly found: string | null;
  /** What it is needed for. */
  readonly neededFor: string;
  /** Whether nothing works without it. */
  readonly required: boolean;
  readonly cure: string;
}

/** `plinth doctor`: what is here, what is missing, and how to get it. */
export async function doctorCommand(flags: { readonly json?: boolean }): Promise<void> {
  await conclude(
    flags.json ?? false,
    () => {
      const checks = allChecks();
      return {
        result: checks,
        errors: checks.filter(({ found, required }) => required && found === null).map(missing),
      };
    },
    (checks) =>
      table(
        ['', 'tool', 'found', 'needed for'],
        checks.map(({ name, found, neededFor, required }) => [
          found === null ? (required ? 'missing' : 'absent') : 'ok',
          name,
          found ?? '-',
          neededFor,
        ]),
      ),
  );
  if (process.exitCode === exitCodes.finding) process.exitCode = exitCodes.toolMissing;
}

function missing({ name, neededFor, cure }: Check): Finding {
  return {
    code: 'tool-missing',
    where: 'plinth doctor',
    what: `${name} was not found`,
    why: `it is needed for ${neededFor}`,
    cure,
  };
}

function allChecks(): Check[] {
  const binding = (name: string): Check => ({
    name,
    found: packageVersion(name),
    neededFor: 'programs and their rehearsal',
    required: false,
    cure: `run 'npm install ${name}'`,
  });
  return [
    {
      name: 'Node',
      found: process.versions.node,
      neededFor: 'everything',
      required: true,
      cure: 'install it from https://nodejs.org',
    },
    {
      name: 'Terraform or OpenTofu',
      found: terraformVersion(),
      neededFor: 'rehearsing and deploying',
      required: true,
      cure: 'install it from https://developer.hashicorp.com/terraform/install or https://opentofu.org/docs/intro/install',
    },
    {
      name: 'AWS CLI',
      found: version('aws', ['--version']),
      neededFor: 'deploying: it hands out the tokens for the cluster',
      required: false,
      cure: 'install it from https://aws.amazon.com/cli',
    },
    {
      name: 'kubectl',
      found: version('kubectl', ['version', '--client', '--output=yaml']),
      neededFor: 'looking at a cluster',
      required: false,
      cure: 'install it from https://kubernetes.io/docs/tasks/tools',
    },
    ...['cdktf', 'constructs', '@cdktf/provider-aws', '@cdktf/provider-kubernetes', '@cdktf/provider-helm'].map(
      binding,
    ),
  ];
}

function terraformVersion(): string | null {
  try {
    return version(findTerraform(), ['version', '-json']) ?? null;
  } catch {
    return null;
  }
}

function version(command: string, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, CHECKPOINT_DISABLE: '1' },
  });
  if (status !== 0) return null;
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? 'a version that it does not tell';
}

/** As the project at hand has it, which is not where this command was installed. */
function packageVersion(name: string): string | null {
  try {
    const path = createRequire(join(process.cwd(), 'package.json')).resolve(`${name}/package.json`);
    return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
  } catch {
    return null;
  }
}
