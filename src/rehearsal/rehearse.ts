import { join, resolve } from 'node:path';
import { nearest, PlinthError, type Finding } from '@plinth/contract';
import { makeDrift } from './drift';
import { failOnPurpose, parseFaults } from './faults/act';
import type { Chaos } from './faults/chaos';
import { readFixtures } from './fixtures';
import { startDeployments, type LocalProcess, type StartOptions } from './local-processes';
import { kubernetesObjects, type KubernetesObject } from './kubernetes-objects';
import type { Fail } from './provider';
import type { AppliedResource, ProgressEvent, RehearsalReport } from './report';
import { sideBySide } from './side-by-side';
import { waitsFor } from './stack-order';
import { StackRun } from './stack-run';
import { leftOut, Stage, type ProvidersBy } from './stage';
import { readState } from './state';
import { synth, type SynthesizedStack } from './synth';
import { tearDown } from './teardown';

export interface RehearseOptions {
  /** The user's project: its cdktf.json, its program, its bindings. Default: where this process runs. */
  readonly cwd?: string;
  /** Command that runs the program. Default: `app` of `cdktf.json`. */
  readonly app?: string;
  /** A folder that is already synthesized; nothing is run then, and the folder is not changed. */
  readonly outdir?: string;
  /** Names of stacks; what they depend on is rehearsed with them. Default: all. */
  readonly stacks?: readonly string[];
  /** JSON file with answers for data sources: `[{ "data": "aws_route53_zone", "match": { "name": "x" }, "values": { "zone_id": "Z1" } }]`. */
  readonly fixtures?: string;
  /** What stands already, such as `resources()` of another program's rehearsal: data sources find it. */
  readonly standing?: readonly AppliedResource[];
  readonly onProgress?: (event: ProgressEvent) => void;
  /** Destroy everything again, last stack first. Default false. */
  readonly destroy?: boolean;
  /** Plan again after each apply; anything but an empty plan is a finding. Default true. */
  readonly secondPlan?: boolean;
  /** Stops the rehearsal: Terraform is asked to end, everything is removed, and the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** How Terraform finds the providers: by a variable, or installed from a mirror. Default `reattached`. */
  readonly providers?: ProvidersBy;
  /**
   * What changes behind Terraform's back once everything stands: `STACK/TYPE.NAME:gone` or `STACK/TYPE.NAME:ATTRIBUTE=VALUE`. The next
   * apply has to see it and to mend it. Default: nothing.
   */
  readonly drift?: readonly string[];
  /**
   * Failures on purpose, once everything stands: `STACK/TYPE.NAME:create|update|delete[:partial|throttle|timeout|interrupt|kill|expired][@N]`.
   * After each, the next apply has to converge. Default: none.
   */
  readonly faults?: readonly string[];
  /** So many failures chosen by chance. Default: none. */
  readonly chaos?: Chaos;
  /** Asked before every change: makes it fail, to see what Terraform leaves behind. Default: nothing fails. */
  readonly fail?: Fail;
}

/** A rehearsal that has been: what stands, until it is closed. */
export interface Rehearsal {
  readonly report: RehearsalReport;
  /** Everything in the stacks' states. */
  resources(): AppliedResource[];
  /** The Kubernetes objects among them, each with the stack and address it comes from. */
  objects(): KubernetesObject[];
  /**
   * Variables for a child process (Terraform, cdktf-cli, the runtime), on top of its own: the providers, the local S3 and its key. They
   * know the types that the rehearsed program used, and hold until `close`.
   */
  env(): Record<string, string>;
  /** Starts the applied Deployments of the runtime as processes of this machine; `close` stops them. */
  start(options: StartOptions): Promise<LocalProcess[]>;
  /** Ends everything and removes every file. */
  close(): Promise<void>;
}

/**
 * Rehearses a CDKTF program with the real Terraform and without a cloud: synth, then for each stack init, plan, apply and a second
 * plan; stacks that do not wait for each other go at the same time. What Terraform refuses is in the report, as findings; stacks that
 * need a refused one are left out.
 * @throws PlinthError where there is nothing to rehearse or nothing to do it with: `terraform-missing`, `synth-*`, `bindings-missing`,
 * `unknown-stack`, `fixtures-unreadable`, `drift-form`, `drift-unknown`,
 * `fault-form`, `fault-unknown`
 */
export async function rehearse(options: RehearseOptions = {}): Promise<Rehearsal> {
  const cwd = resolve(options.cwd ?? process.cwd());
  const { standing = [], fail, providers } = options;
  const faults = parseFaults(options);
  const addresses = faults.length > 0 || options.chaos !== undefined;
  const fixtures = readFixtures(cwd, options.fixtures);
  const stage = await Stage.open({ cwd, standing, fail, fixtures, addresses, providers });
  try {
    return await rehearseOn(options, cwd, stage);
  } catch (error) {
    await stage.close();
    throw error;
  }
}

/** The same on a stage that stands already, and which stays open until the rehearsal is closed. */
export async function rehearseOn(options: RehearseOptions, cwd: string, stage: Stage): Promise<Rehearsal> {
  const { signal, onProgress = () => {}, secondPlan = true, destroy = false } = options;
  const { place, store } = stage;

  onProgress({ phase: 'synth', state: 'begin' });
  const began = performance.now();
  const into = join(place.folder, 'cdktf.out');
  const synthesized = await synth({ cwd, app: options.app, outdir: options.outdir, into, signal });
  onProgress({ phase: 'synth', state: 'end', seconds: (performance.now() - began) / 1000 });
  const stacks = chosen(synthesized, options.stacks);
  await stage.serve(stacks);
  const run = { terraform: stage.terraform, env: stage.terraformEnv(), secondPlan, signal, onProgress };

  const all = stacks.map((stack) => new StackRun(stack, run));
  const findings: Finding[] = [];
  const standing = new Set<string>();
  const order = waitsFor(stacks);
  await sideBySide(
    all,
    ({ name }) => order.get(name) ?? [],
    async (stackRun) => {
      const { stack } = stackRun;
      const missing = stack.dependsOn.filter((name) => !standing.has(name));
      if (missing.length > 0) findings.push(leftOut(stack.name, missing));
      else if (await stackRun.apply()) standing.add(stack.name);
    },
  );
  const runs = all.filter(({ begun }) => begun);
  const reports = runs.map((stackRun) =>
    stackRun.report(readState(store, stackRun.stack).filter(({ mode }) => mode === 'managed').length),
  );
  const applied = runs.filter(({ stack }) => standing.has(stack.name));
  const failed = await failOnPurpose(parseFaults(options), options.chaos, applied, stage, onProgress);
  findings.push(...failed.findings);
  const drifted = await makeDrift(options.drift ?? [], runs, stage);
  findings.push(...drifted.findings);
  const resources = stacks.flatMap((stack) => readState(store, stack));
  if (destroy) findings.push(...(await tearDown(runs, order, stage)));
  findings.unshift(...runs.flatMap((stackRun) => stackRun.findings));

  const report: RehearsalReport = {
    ok: findings.length === 0,
    stacks: reports,
    resources: reports.reduce((sum, stack) => sum + stack.resources, 0),
    ...(options.drift !== undefined && { drifts: drifted.drifts }),
    ...((options.faults ?? options.chaos) !== undefined && { faults: failed.faults }),
    findings,
  };
  const objects = (): KubernetesObject[] => kubernetesObjects(resources, stage.kubernetes);
  return {
    report,
    resources: () => resources,
    objects,
    env: () => stage.env(),
    start: async (startOptions) => {
      const pods = { folder: join(place.folder, 'pods'), env: awsOnly(stage.env()), signal };
      const started = await startDeployments(objects(), startOptions, pods);
      place.onClose(async () => void (await Promise.all(started.map((running) => running.stop()))));
      return started;
    },
    close: () => stage.close(),
  };
}

/** What a pod would have from its cluster: the way to S3, and nothing of Terraform's. */
function awsOnly(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('AWS_')));
}

function chosen(stacks: readonly SynthesizedStack[], names: readonly string[] | undefined): SynthesizedStack[] {
  if (names === undefined || names.length === 0) return [...stacks];
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const wanted = new Set<string>();
  const want = (name: string): void => {
    const stack = byName.get(name);
    if (stack === undefined) throw unknownStack(name, [...byName.keys()]);
    if (wanted.has(name)) return;
    wanted.add(name);
    stack.dependsOn.forEach(want);
  };
  names.forEach(want);
  return stacks.filter(({ name }) => wanted.has(name));
}

function unknownStack(name: string, known: readonly string[]): PlinthError {
  const near = nearest(name, known);
  return new PlinthError({
    code: 'unknown-stack',
    what: `there is no stack "${name}"`,
    where: 'the stacks to rehearse',
    why: `the program makes ${known.join(', ')}`,
    cure: near === undefined ? 'name one of these' : `did you mean ${near}`,
  });
}
