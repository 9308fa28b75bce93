import { cpSync, existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { nearest, PlinthError } from '@plinth/contract';
import { run } from './terraform';
import { holdsTerraform, localModules, readTerraform, withModules } from './terraform-folder';

/** One stack of a synthesized program. */
export interface SynthesizedStack {
  readonly name: string;
  /** Folder that holds `cdk.tf.json`, or the files of a configuration that no CDKTF program wrote. */
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
  readonly module?: Readonly<Record<string, { readonly source?: unknown }>>;
  readonly terraform?: {
    readonly backend?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly cloud?: object;
    readonly required_providers?: Readonly<Record<string, { readonly source?: string; readonly version?: string }>>;
  };
}

export interface SynthOptions {
  readonly cwd: string;
  /** Command that runs the program. Default: `app` of `cdktf.json`. */
  readonly app?: string | undefined;
  /** A folder that was synthesized already, or one that holds a Terraform configuration; it is copied, never changed. */
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
 * Runs a CDKTF program as `cdktf synth` does, or takes what it left, and reads the stacks. A folder with a Terraform configuration
 * (`*.tf.json`, `*.tf`) is one stack, named after the folder; so is the project's own, where there is nothing to run.
 * @returns the stacks, each after those it depends on
 * @throws PlinthError `synth-no-app`, `synth-failed`, `synth-unreadable`, `stack-cycle`, `backend-unknown`
 */
export async function synth(options: SynthOptions): Promise<SynthesizedStack[]> {
  const { cwd, into } = options;
  if (!existsSync(cwd)) throw unreadable({ folder: cwd, told: cwd, ran: false }, '', 'there is no such folder');
  const command = options.outdir === undefined ? commandOf(options) : undefined;
  if (command !== undefined) {
    await runApp(command, options);
    return ordered(readStacks({ folder: into, told: into, ran: true }));
  }
  const from = resolve(cwd, options.outdir ?? '.');
  const place = { folder: into, told: from, ran: false };
  if (!existsSync(from)) throw unreadable(place, '', 'there is no such folder');
  if (!statSync(from).isDirectory()) throw unreadable(place, '', 'it is a file');
  if (!existsSync(join(from, 'manifest.json')) && holdsTerraform(from)) return [plainStack(from, into)];
  copy(place, from, into);
  return ordered(readStacks(place));
}

/**
 * What `cdktf synth` left in a folder, or a Terraform configuration, as `synth` reads it; nothing is copied or run.
 * @throws PlinthError `synth-unreadable`, `stack-cycle`, `backend-unknown`
 */
export function readSynthesized(folder: string): SynthesizedStack[] {
  if (!existsSync(join(folder, 'manifest.json')) && existsSync(folder) && holdsTerraform(folder)) {
    return [{ name: basename(folder), folder, dependsOn: [], json: withModules(folder, readTerraform(folder)) }];
  }
  return ordered(readStacks({ folder, told: folder, ran: false }));
}

/** Where synthesized output is read, and what people are told of it. */
interface Place {
  readonly folder: string;
  /** The same folder, as its owner knows it. */
  readonly told: string;
  /** A program has just written it. */
  readonly ran: boolean;
}

/** State and plugins that lie there are of another world. */
const foreign = /(^|[/\\])(\.git|\.terraform(\.lock\.hcl)?|[^/\\]*\.tfstate[^/\\]*)$/;

function copy(place: Place, from: string, to: string): void {
  try {
    cpSync(from, to, { recursive: true, filter: (path) => path === from || !foreign.test(path) });
  } catch (error) {
    throw unreadable(place, '', error instanceof Error ? error.message : String(error));
  }
}

/** A configuration in Terraform's own files, with the modules that lie beside it, each as far from the others as before. */
function plainStack(from: string, into: string): SynthesizedStack {
  const json = withModules(from, readTerraform(from));
  const folders = [from, ...localModules(from, json)];
  const ups = folders.map(
    (folder) =>
      relative(from, folder)
        .split(/[/\\]/)
        .filter((step) => step === '..').length,
  );
  const ancestor = join(from, ...Array<string>(Math.max(...ups)).fill('..'));
  const target = (folder: string): string => join(into, relative(ancestor, folder));
  for (const folder of folders) copy({ folder: into, told: folder, ran: false }, folder, target(folder));
  const name = basename(from);
  checkBackend(name, from, json);
  return { name, folder: target(from), dependsOn: [], json };
}

function commandOf({ cwd, app }: SynthOptions): { command: string; context: object } | undefined {
  const config = readConfig(cwd);
  const command = app ?? config.app;
  if (command !== undefined) return { command, context: { ...relativeModules(config), ...config.context } };
  if (holdsTerraform(cwd)) return undefined;
  throw new PlinthError({
    code: 'synth-no-app',
    what: 'no program to rehearse',
    where: cwd,
    why: 'there is no cdktf.json with an "app" here, and no --app was given',
    cure: 'give the command that runs your program with --app, such as --app "npx tsx main.ts"',
  });
}

async function runApp(
  { command, context }: { command: string; context: object },
  { cwd, into, signal }: SynthOptions,
): Promise<void> {
  const env = {
    ...process.env,
    CDKTF_OUTDIR: into,
    CDKTF_CONTEXT_JSON: JSON.stringify({ ...context, cdktfStaticModulePaths: [] }),
    SYNTH_HCL_OUTPUT: 'false',
    // cdktf gathers local modules in a temporary folder, and leaves it there.
    ...('cdktfRelativeModules' in context && { TMPDIR: mkdtempSync(`${into}-`) }),
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
    what: `the program ${ended.signal === undefined ? `ended with exit code ${ended.code}` : `was ended by ${ended.signal}`}:\n${said}\n`,
    where: command,
    why: 'it must synthesize before it can be rehearsed',
    cure: 'mend what it says, and run it alone to see that it ends without an error',
  });
}

/** The parts of a cdktf.json that matter here. */
interface Config {
  readonly app?: string;
  readonly context?: object;
  readonly terraformModules?: readonly (string | { readonly source?: string })[];
}

/** Which modules lie beside the program is told by cdktf-cli, as cdktf brings them along together. */
function relativeModules({ terraformModules = [] }: Config): { cdktfRelativeModules?: string[] } {
  const local = terraformModules
    .map((module) => (typeof module === 'string' ? module : (module.source ?? '')))
    .filter((source) => /^\.\.?\//.test(source));
  return local.length === 0 ? {} : { cdktfRelativeModules: local };
}

function readConfig(cwd: string): Config {
  const file = join(cwd, 'cdktf.json');
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Config;
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

function readStacks(place: Place): SynthesizedStack[] {
  const manifest = readJson<Partial<Manifest>>(place, 'manifest.json');
  const stacks = Object.values(manifest.stacks ?? {});
  if (stacks.length === 0) throw unreadable(place, 'manifest.json', 'it names no stack');
  return stacks.map(({ name, synthesizedStackPath: path, dependencies }) => {
    if (typeof name !== 'string' || typeof path !== 'string')
      throw unreadable(place, 'manifest.json', 'a stack in it has no name or no path');
    const file = join(place.folder, path);
    if (relative(place.folder, file).startsWith('..'))
      throw unreadable(place, 'manifest.json', `the stack ${name} lies outside of the folder`);
    const json = readJson<StackJson>(place, path);
    checkBackend(name, path, json);
    const folder = join(file, '..');
    return { name, folder, dependsOn: dependencies ?? [], json: withModules(folder, json) };
  });
}

function readJson<T extends object>(place: Place, path: string): T {
  const file = join(place.folder, path);
  if (!existsSync(file)) throw unreadable(place, path, 'there is no such file');
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw unreadable(place, path, error instanceof Error ? error.message : String(error));
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw unreadable(place, path, 'it is not a JSON object');
  return found as T;
}

function unreadable({ told, ran }: Place, path: string, why: string): PlinthError {
  return new PlinthError({
    code: 'synth-unreadable',
    what: 'the synthesized output cannot be read',
    where: join(told, path),
    why,
    cure: ran
      ? 'see that the program calls app.synth() and takes its output folder from CDKTF, not from its own code'
      : 'give the folder that cdktf synth wrote, usually cdktf.out, or one with a Terraform configuration',
  });
}

const backends = [
  'azurerm',
  'consul',
  'cos',
  'gcs',
  'http',
  'inmem',
  'kubernetes',
  'local',
  'oss',
  'pg',
  'remote',
  's3',
] as const;

/** The rehearsal keeps the state itself, so that Terraform never sees which backend was meant. */
function checkBackend(stack: string, file: string, { terraform }: StackJson): void {
  const unknown = Object.keys(terraform?.backend ?? {}).find((name) => !(backends as readonly string[]).includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, backends);
  throw new PlinthError({
    code: 'backend-unknown',
    what: `there is no backend "${unknown}"`,
    where: `stack ${stack}, terraform.backend, ${file}`,
    why: `Terraform knows ${backends.join(', ')}`,
    cure: near === undefined ? 'name one of these' : `did you mean ${near}`,
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
