import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PlinthError } from '@plinth/contract';
import { run } from './terraform';

/** One stack of a synthesized program. */
export interface SynthesizedStack {
  readonly name: string;
  /** Folder that holds `cdk.tf.json`. */
  readonly folder: string;
  readonly dependsOn: readonly string[];
  readonly json: StackJson;
}

type Instances = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The parts of a stack's JSON that a rehearsal reads. */
export interface StackJson {
  readonly resource?: Instances;
  readonly data?: Instances;
  readonly ephemeral?: Instances;
  readonly provider?: Readonly<Record<string, unknown>>;
  readonly terraform?: {
    readonly backend?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly required_providers?: Readonly<Record<string, { readonly source?: string; readonly version?: string }>>;
  };
}

export interface SynthOptions {
  readonly cwd: string;
  /** Command that runs the program. Default: `app` of `cdktf.json`. */
  readonly app?: string | undefined;
  /** A folder that was synthesized already; it is copied, never changed. */
  readonly outdir?: string | undefined;
  /** Where the output goes. */
  readonly into: string;
  readonly signal?: AbortSignal | undefined;
}

interface Manifest {
  readonly stacks: Readonly<
    Record<
      string,
      { readonly name: string; readonly synthesizedStackPath: string; readonly dependencies?: readonly string[] }
    >
  >;
}

/**
 * Runs a CDKTF program as `cdktf synth` does, or takes what it left, and reads the stacks.
 * @returns the stacks, each after those it depends on
 * @throws PlinthError `synth-no-app`, `synth-failed`, `synth-unreadable`, `stack-cycle`
 */
export async function synth(options: SynthOptions): Promise<SynthesizedStack[]> {
  if (options.outdir !== undefined) {
    const from = resolve(options.cwd, options.outdir);
    if (!existsSync(from)) throw unreadable(from, 'there is no such folder', options);
    // State and plugins that lie there are of another world.
    const own = (path: string): boolean => !/(^|[/\\])(\.terraform(\.lock\.hcl)?|[^/\\]*\.tfstate[^/\\]*)$/.test(path);
    cpSync(from, options.into, { recursive: true, filter: own });
  } else {
    await runApp(options);
  }
  return ordered(readStacks(options));
}

async function runApp({ cwd, app, into, signal }: SynthOptions): Promise<void> {
  const config = readConfig(cwd);
  const command = app ?? config.app;
  if (command === undefined) {
    throw new PlinthError({
      code: 'synth-no-app',
      what: 'no program to rehearse',
      where: cwd,
      why: 'there is no cdktf.json with an "app" here, and no --app was given',
      cure: 'give the command that runs your program with --app, such as --app "npx tsx main.ts"',
    });
  }
  const env = {
    ...process.env,
    CDKTF_OUTDIR: into,
    CDKTF_CONTEXT_JSON: JSON.stringify({ ...config.context, cdktfStaticModulePaths: [] }),
    SYNTH_HCL_OUTPUT: 'false',
  };
  const ended = await run(command, [], { cwd, env, signal, shell: true });
  if (ended.code === 0) return;
  // Where in Node's own code an error passed through helps nobody.
  const said = (ended.stderr.trim() || ended.stdout.trim())
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .slice(-40)
    .join('\n');
  throw new PlinthError({
    code: 'synth-failed',
    what: `the program ended with exit code ${ended.code}:\n${said}\n`,
    where: command,
    why: 'it must synthesize before it can be rehearsed',
    cure: 'mend what it says, and run it alone to see that it ends without an error',
  });
}

function readConfig(cwd: string): { app?: string; context?: Record<string, unknown> } {
  const file = join(cwd, 'cdktf.json');
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { app?: string; context?: Record<string, unknown> };
  } catch (error) {
    throw new PlinthError({
      code: 'synth-no-app',
      what: 'the file is not JSON',
      where: file,
      why: error instanceof Error ? error.message : String(error),
      cure: 'mend it, or give the command with --app',
    });
  }
}

function readStacks(options: SynthOptions): SynthesizedStack[] {
  const manifest = readJson<Manifest>(join(options.into, 'manifest.json'), options);
  const stacks = Object.values(manifest.stacks ?? {});
  if (stacks.length === 0) throw unreadable(join(options.into, 'manifest.json'), 'it names no stack', options);
  return stacks.map(({ name, synthesizedStackPath, dependencies }) => {
    const file = join(options.into, synthesizedStackPath);
    return { name, folder: join(file, '..'), dependsOn: dependencies ?? [], json: readJson<StackJson>(file, options) };
  });
}

function readJson<T>(file: string, options: SynthOptions): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error), options);
  }
}

function unreadable(file: string, why: string, { outdir }: SynthOptions): PlinthError {
  return new PlinthError({
    code: 'synth-unreadable',
    what: 'the synthesized output cannot be read',
    where: file,
    why,
    cure:
      outdir === undefined
        ? 'see that the program calls app.synth() and takes its output folder from CDKTF, not from its own code'
        : 'give the folder that cdktf synth wrote, usually cdktf.out',
  });
}

/** Each stack after those it depends on; otherwise as the program made them. */
export function ordered<T extends { readonly name: string; readonly dependsOn: readonly string[] }>(
  stacks: readonly T[],
): T[] {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const done = new Set<string>();
  const result: T[] = [];
  const visit = (stack: T, path: readonly string[]): void => {
    if (done.has(stack.name)) return;
    if (path.includes(stack.name)) {
      throw new PlinthError({
        code: 'stack-cycle',
        what: `the stacks depend on each other in a circle: ${[...path.slice(path.indexOf(stack.name)), stack.name].join(' -> ')}`,
        where: 'manifest.json',
        why: 'none of them can be applied first',
        cure: 'move what both need into a stack of its own',
      });
    }
    for (const name of stack.dependsOn) {
      const needed = byName.get(name);
      if (needed !== undefined) visit(needed, [...path, stack.name]);
    }
    done.add(stack.name);
    result.push(stack);
  };
  for (const stack of stacks) visit(stack, []);
  return result;
}
