import { join, resolve } from 'node:path';
import type { Finding } from '@plinth/contract';
import { isStateful } from '../facts';
import { readFixtures } from '../fixtures';
import { rehearseOn, type RehearseOptions } from '../rehearse';
import type { ProgressEvent } from '../report';
import { StackRun } from '../stack-run';
import { leftOut, Stage } from '../stage';
import { synth, type SynthesizedStack } from '../synth';
import { run } from '../terraform';
import { plannedChanges, type PlanJson, type PlannedChange } from './changes';
import { projectAt } from './git-ref';
import { States } from './states';

/** A program, or what one synthesized. */
export type ProgramSource = Pick<RehearseOptions, 'cwd' | 'app' | 'outdir'>;

export interface UpgradeOptions {
  /**
   * What stands before: a program or a synthesized folder, the program of `after` as it was at a git commit, or a folder with the states
   * of a deployment, one `STACK.tfstate` for each stack.
   */
  readonly before: ProgramSource | { readonly ref: string; readonly app?: string } | { readonly states: string };
  /** The program of today. Default: that of the folder in which this process runs. */
  readonly after?: ProgramSource;
  readonly fixtures?: string;
  readonly onProgress?: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
}

/** What a change of a program means for what stands. */
export interface UpgradeReport {
  /** Both programs could be applied, and nothing that holds something is lost. */
  readonly ok: boolean;
  readonly changes: readonly PlannedChange[];
  /** Stacks that only one of the two programs has. */
  readonly stacks: { readonly added: readonly string[]; readonly gone: readonly string[] };
  readonly findings: readonly Finding[];
}

/**
 * Applies a program as it was, plans it as it is on the state of then, and applies that: what the change creates, updates, replaces and
 * destroys. A stateful resource that would be replaced or destroyed is a finding.
 * @throws PlinthError as `rehearse`, and `git-missing`, `git-ref`, `states-unreadable`
 */
export async function rehearseUpgrade(options: UpgradeOptions): Promise<UpgradeReport> {
  const { after = {}, signal, onProgress = () => {}, fixtures } = options;
  const cwd = resolve(after.cwd ?? process.cwd());
  const stage = await Stage.open({ cwd, fixtures: readFixtures(cwd, fixtures) });
  try {
    const { folder } = stage.place;
    const into = join(folder, 'after');
    const today = (): Promise<SynthesizedStack[]> => synth({ cwd, app: after.app, outdir: after.outdir, into, signal });
    let stacks: SynthesizedStack[];
    let then: string[];
    if ('states' in options.before) {
      const states = new States(cwd, options.before.states);
      then = states.stacks;
      stacks = await today();
      await stage.serve(stacks, states.used());
      states.adopt(stacks, stage);
    } else {
      const source = 'ref' in options.before ? await atRef(options.before, cwd, after, folder, signal) : options.before;
      const { report } = await rehearseOn(
        { ...source, secondPlan: false, onProgress, signal },
        resolve(source.cwd ?? cwd),
        stage,
      );
      if (!report.ok) return failed(report.findings);
      then = report.stacks.map(({ name }) => name);
      stacks = await today();
      await stage.serve(stacks);
    }
    const findings: Finding[] = [];
    const changes: PlannedChange[] = [];
    const standing = new Set<string>();
    for (const stack of stacks) {
      const missing = stack.dependsOn.filter((name) => !standing.has(name));
      if (missing.length > 0) {
        findings.push(leftOut(stack.name, missing));
        continue;
      }
      const env = stage.terraformEnv();
      const stackRun = new StackRun(stack, { terraform: stage.terraform, env, secondPlan: true, signal, onProgress });
      if (await stackRun.apply()) standing.add(stack.name);
      findings.push(...stackRun.findings);
      if (!stackRun.planned) continue;
      const shown = await run(stage.terraform, ['show', '-json', 'rehearsal.tfplan'], {
        cwd: stack.folder,
        env,
        signal,
      });
      changes.push(...plannedChanges(JSON.parse(shown.stdout) as PlanJson, stack.name, isStateful));
    }
    const now = stacks.map(({ name }) => name);
    const gone = then.filter((name) => !now.includes(name));
    findings.push(...lost(changes), ...gone.map((name) => orphaned(name)));
    return {
      ok: findings.length === 0,
      changes,
      stacks: { added: now.filter((name) => !then.includes(name)), gone },
      findings,
    };
  } finally {
    await stage.close();
  }
}

async function atRef(
  before: { readonly ref: string; readonly app?: string },
  cwd: string,
  after: ProgramSource,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<ProgramSource> {
  const then = await projectAt(cwd, before.ref, join(folder, 'before'), signal);
  const app = before.app ?? after.app;
  return { cwd: then, ...(app !== undefined && { app }) };
}

const failed = (findings: readonly Finding[]): UpgradeReport => ({
  ok: false,
  changes: [],
  stacks: { added: [], gone: [] },
  findings: findings.map((finding) => ({ ...finding, where: `before the change, ${finding.where}` })),
});

/** What holds something and would be lost. */
function lost(changes: readonly PlannedChange[]): Finding[] {
  return changes
    .filter(({ stateful, action }) => stateful && (action === 'replace' || action === 'delete'))
    .map(({ stack, address, action, because }) => {
      const why = because.map(({ path, before, after }) => `${path} changes from ${before} to ${after}`).join(', ');
      return action === 'replace'
        ? {
            code: 'stateful-replaced',
            what: 'the change replaces it, and what it holds is lost',
            where: `stack ${stack}, ${address}`,
            why: why === '' ? 'Terraform cannot change it in place' : why,
            cure: 'keep that argument as it was, or move what it holds first',
          }
        : {
            code: 'stateful-destroyed',
            what: 'the change destroys it, and what it holds is lost',
            where: `stack ${stack}, ${address}`,
            why: 'the program makes it no more under this address',
            cure: 'if it was only renamed, say so with moveTo or a moved block; if it may go, remove it in a deploy of its own',
          };
    });
}

const orphaned = (name: string): Finding => ({
  code: 'stack-gone',
  what: 'the program makes this stack no more, and what it made stays',
  where: `stack ${name}`,
  why: 'cdktf deploys the stacks that a program has, and forgets the others',
  cure: `destroy it with the program as it was before: cdktf destroy ${name}`,
});
