import type { Finding } from '@plinth/contract';

export type Phase = 'synth' | 'init' | 'validate' | 'plan' | 'apply' | 'replan' | 'fault' | 'destroy' | 'start';

/** What is going on, for a person who waits. */
export interface ProgressEvent {
  /** Absent while the program is synthesized. */
  readonly stack?: string;
  readonly phase: Phase;
  /** `done`: nothing more of this stack for now. */
  readonly state: 'begin' | 'end' | 'line' | 'done';
  /** With `end`: how long the phase took. */
  readonly seconds?: number;
  /** With `line`: what Terraform or the program says. */
  readonly text?: string;
  /** With `line` while applying or destroying: resources done, of so many; with `fault`: which of how many. */
  readonly done?: number;
  readonly total?: number;
}

/** How one stack went. */
export interface StackReport {
  readonly name: string;
  /** Managed resources in its state. */
  readonly resources: number;
  readonly seconds: Partial<Record<Phase, number>>;
  /**
   * What a second plan, right after the apply, would change. "empty" shows that the program is deterministic and consistent,
   * not that a cloud would normalise nothing.
   */
  readonly secondPlan: 'empty' | 'skipped' | readonly ChangedAddress[];
  readonly dependsOn: readonly string[];
}

/** What a plan would do at one address. */
export interface ChangedAddress {
  readonly address: string;
  /** `create`, `update`, `replace`, `delete`. */
  readonly actions: readonly string[];
}

/** Something that was changed behind Terraform's back, and what became of it. */
export interface DriftReport {
  /** As it was asked for: `prod-ml/aws_s3_bucket.lake:gone`. */
  readonly drift: string;
  /** What the next plan made of it. */
  readonly plan: readonly ChangedAddress[];
  /** The apply of that plan left nothing to change. */
  readonly repaired: boolean;
}

/** A resource or data source as Terraform's state has it after the apply. */
export interface AppliedResource {
  readonly stack: string;
  /** `aws_s3_bucket.lake`, with module and index where there are any. */
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  /** `registry.terraform.io/hashicorp/aws`. */
  readonly provider: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** How the whole rehearsal went. */
export interface RehearsalReport {
  /** No finding: every stack was applied, and every second plan was empty. */
  readonly ok: boolean;
  readonly stacks: readonly StackReport[];
  readonly resources: number;
  /** Absent where no drift was asked for. */
  readonly drifts?: readonly DriftReport[];
  /** Absent where nothing was to fail. */
  readonly faults?: readonly FaultReport[];
  readonly findings: readonly Finding[];
}

/** How a stack came out of a failure that was made on purpose. */
export interface FaultReport {
  /** As it is asked for: `prod-ml/aws_s3_bucket.lake:create:partial`. */
  readonly fault: string;
  /** What stood after it, of what was to be made, changed or destroyed. */
  readonly left: {
    readonly standing: number;
    /** Made by half, and to be replaced. */
    readonly tainted: number;
    /** What stands in the world, and no state knows. */
    readonly orphaned: readonly string[];
  };
  /** What a person had to do before the next apply: `terraform force-unlock`, `terraform state push`, removing orphans. */
  readonly byHand: readonly string[];
  /** What the next apply (or destroy) did. */
  readonly next: { readonly added: number; readonly changed: number; readonly destroyed: number };
  /** Whether the stack was destroyed afterwards as well: after every delete that failed, and after every fifth failure. */
  readonly destroyed: boolean;
  /** The next apply went through, the plan after it was empty, a destroy left nothing, and nothing is orphaned. */
  readonly converged: boolean;
  readonly seconds: number;
}
