import type { Finding } from '@plinth/contract';
import type { ChangedAddress, Phase, ProgressEvent, StackReport } from './report';
import type { SynthesizedStack } from './synth';
import { run, type Ended } from './terraform';
import { findingOf, killed, withoutEcho, type UiDiagnostic } from './terraform-says';

export interface StackRunOptions {
  readonly terraform: string;
  readonly env: NodeJS.ProcessEnv;
  readonly secondPlan: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (event: ProgressEvent) => void;
}

/** One line of Terraform's machine-readable output (https://developer.hashicorp.com/terraform/internals/machine-readable-ui). */
export interface UiLine {
  readonly type?: string;
  readonly '@message'?: string;
  readonly diagnostic?: UiDiagnostic;
  readonly change?: { readonly resource: { readonly addr: string }; readonly action: string };
  readonly changes?: {
    readonly add: number;
    readonly change: number;
    readonly remove: number;
    readonly operation?: string;
  };
  readonly outputs?: Readonly<Record<string, { readonly action?: string }>>;
}

/** One run of Terraform. */
export interface Step {
  readonly ended: Ended;
  readonly lines: readonly UiLine[];
}

/** Takes one stack through Terraform: init, plan, apply, a second plan, and at the end destroy. */
export class StackRun {
  readonly findings: Finding[] = [];
  private readonly seconds: Partial<Record<Phase, number>> = {};
  /** Whether there can be anything to destroy. */
  initialized = false;
  /** Whether its plan lies in its folder, as `rehearsal.tfplan`. */
  planned = false;
  private secondPlan: StackReport['secondPlan'] = 'skipped';
  private total = 0;
  /** Terraform's process group, while it runs. */
  pid: number | undefined;

  constructor(
    readonly stack: SynthesizedStack,
    private readonly options: StackRunOptions,
  ) {}

  get name(): string {
    return this.stack.name;
  }

  /** Whether Terraform was run at all. */
  get begun(): boolean {
    return Object.keys(this.seconds).length > 0;
  }

  /** The same stack, of whose steps nobody is told. */
  quiet(): StackRun {
    return new StackRun(this.stack, { ...this.options, onProgress: () => {} });
  }

  /** @returns whether the stack stands afterwards */
  async apply(): Promise<boolean> {
    return this.told('apply', () => this.planAndApply());
  }

  private async planAndApply(): Promise<boolean> {
    if (!(await this.all([['init', ['init', '-json', '-input=false', '-reconfigure']]]))) return false;
    const plan = await this.step('plan', ['plan', '-json', '-input=false', '-out=rehearsal.tfplan']);
    if (plan.ended.code !== 0) {
      // A plan validates first; what is wrong already then is told as that, without what follows from it.
      const validate = await this.step('validate', ['validate', '-json']);
      this.findings.push(
        ...(validate.ended.code === 0 ? this.failed('plan', plan) : this.failed('validate', validate)),
      );
      return false;
    }
    this.planned = true;
    const applied = await this.all([
      ['apply', ['apply', '-json', '-input=false', '-auto-approve', 'rehearsal.tfplan']],
    ]);
    if (!applied) return false;
    if (this.options.secondPlan) await this.replan();
    return true;
  }

  /**
   * Plans and applies once more, after something failed or changed, and looks whether that settles.
   * @returns what the plan changed; undefined where it could not be planned or applied, which the findings tell
   */
  again(): Promise<readonly ChangedAddress[] | undefined> {
    return this.told('apply', () => this.planAndApplyAgain());
  }

  private async planAndApplyAgain(): Promise<readonly ChangedAddress[] | undefined> {
    const planned = await this.step('plan', ['plan', '-json', '-input=false', '-out=rehearsal.tfplan']);
    const applied =
      planned.ended.code === 0 &&
      (await this.all([['apply', ['apply', '-json', '-input=false', '-auto-approve', 'rehearsal.tfplan']]]));
    if (planned.ended.code !== 0) this.findings.push(...this.failed('plan', planned));
    if (!applied) return undefined;
    await this.replan();
    return changedAddresses(planned.lines);
  }

  async destroy(): Promise<boolean> {
    // A second plan that was empty has just looked at everything.
    const seen = this.secondPlan === 'empty' ? ['-refresh=false'] : [];
    const args = ['destroy', '-json', '-input=false', '-auto-approve', ...seen];
    return this.told('destroy', () => this.all([['destroy', args]]));
  }

  report(resources: number): StackReport {
    const { name, dependsOn } = this.stack;
    return { name, resources, seconds: this.seconds, secondPlan: this.secondPlan, dependsOn };
  }

  /** Tells that the stack is done, however it ends. */
  private async told<T>(phase: Phase, act: () => Promise<T>): Promise<T> {
    return act().finally(() => this.options.onProgress({ stack: this.stack.name, phase, state: 'done' }));
  }

  private async all(steps: readonly (readonly [Phase, readonly string[]])[]): Promise<boolean> {
    for (const [phase, args] of steps) {
      const step = await this.step(phase, args);
      if (phase === 'init' && step.ended.code === 0) this.initialized = true;
      if (step.ended.code === 0) continue;
      this.findings.push(...this.failed(phase, step));
      return false;
    }
    return true;
  }

  private async replan(): Promise<void> {
    // Exit code 2: there is something to change.
    const step = await this.step('replan', ['plan', '-json', '-input=false', '-detailed-exitcode']);
    if (step.ended.code === 0) {
      this.secondPlan = 'empty';
      return;
    }
    if (step.ended.code !== 2) {
      this.findings.push(...this.failed('replan', step));
      return;
    }
    this.secondPlan = changedAddresses(step.lines);
    this.findings.push(this.unsettled(step));
  }

  /** A plan that should have been empty, and is not. */
  unsettled({ lines }: Step): Finding {
    const names = changedAddresses(lines).map(({ address, actions }) => `${address} (${actions.join(', ')})`);
    return {
      code: 'second-plan-not-empty',
      what: `a second plan right after the apply would change ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`,
      where: `stack ${this.stack.name}`,
      why: 'the same program gave something else the second time, or does not settle',
      cure: 'look for what differs between two runs: a clock, a random value, a list without an order, an argument that follows from its own result',
    };
  }

  /** Runs Terraform once in the stack's folder. */
  async step(phase: Phase, args: readonly string[]): Promise<Step> {
    const { terraform, env, signal, onProgress } = this.options;
    const stack = this.stack.name;
    onProgress({ stack, phase, state: 'begin' });
    const began = performance.now();
    const lines: UiLine[] = [];
    let done = 0;
    const onLine = (text: string): void => {
      const line = uiLine(text);
      if (line === undefined) {
        if (text.trim() !== '' && phase === 'init') onProgress({ stack, phase, state: 'line', text });
        return;
      }
      lines.push(line);
      if (phase === 'plan' && line.changes !== undefined)
        this.total = line.changes.add + line.changes.change + line.changes.remove;
      if (line.type === 'apply_complete') done++;
      const counted = phase === 'apply' || phase === 'destroy' ? { done, total: this.total } : {};
      onProgress({ stack, phase, state: 'line', text: line['@message'] ?? '', ...counted });
    };
    const ended = await run(terraform, args, {
      cwd: this.stack.folder,
      env,
      signal,
      onLine: args.includes('-json') ? onLine : undefined,
      onStart: (pid) => (this.pid = pid),
    });
    this.pid = undefined;
    const seconds = (performance.now() - began) / 1000;
    this.seconds[phase] = seconds;
    onProgress({ stack, phase, state: 'end', seconds });
    return { ended, lines };
  }

  /** What Terraform said, in its own words. */
  failed(phase: Phase, { ended, lines }: Step): Finding[] {
    const validated = phase === 'validate' ? (uiDocument(ended.stdout)?.diagnostics ?? []) : [];
    const errors = [...validated, ...lines.flatMap(({ diagnostic }) => diagnostic ?? [])].filter(
      ({ severity }) => severity === 'error',
    );
    const { name, folder } = this.stack;
    if (ended.signal !== undefined) return [killed(ended.signal, { phase, stack: name, folder })];
    if (errors.length === 0) {
      const said = (ended.stderr.trim() || ended.stdout.trim()).split('\n').slice(-30).join('\n');
      return [
        {
          code: 'terraform-failed',
          what: `terraform ${phase} ended with exit code ${ended.code}`,
          where: `stack ${this.stack.name}`,
          why: `it says:\n${said}\n`,
          cure: 'mend what it says',
        },
      ];
    }
    return withoutEcho(errors).map((error) => findingOf(error, { phase, stack: name, folder }));
  }
}

/** What a plan says that it would change: resources, then outputs. */
function changedAddresses(lines: readonly UiLine[]): ChangedAddress[] {
  const resources = lines.flatMap(({ type, change }) =>
    type === 'planned_change' && change !== undefined
      ? [{ address: change.resource.addr, actions: [change.action] }]
      : [],
  );
  const outputs = lines
    .flatMap(({ type, outputs: found }) => (type === 'outputs' ? Object.entries(found ?? {}) : []))
    .filter(([, { action }]) => action !== undefined && action !== 'noop')
    .map(([name, { action = '' }]) => ({ address: `output.${name}`, actions: [action] }));
  return [...resources, ...outputs];
}

function uiLine(text: string): UiLine | undefined {
  if (!text.startsWith('{"')) return undefined;
  try {
    return JSON.parse(text) as UiLine;
  } catch {
    return undefined;
  }
}

function uiDocument(text: string): { diagnostics?: UiDiagnostic[] } | undefined {
  try {
    return JSON.parse(text) as { diagnostics?: UiDiagnostic[] };
  } catch {
    return undefined;
  }
}
