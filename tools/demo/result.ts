import type { RehearsalReport } from '@plinth/rehearsal';

/** One feature of a window as the monitor judged it. */
export interface FeatureVerdict {
  readonly name: string;
  readonly psi: number;
  readonly ks: number;
  readonly pValue: number;
  readonly drifted: boolean;
}

export interface WindowVerdict {
  readonly number: number;
  readonly rows: number;
  /** Times of its first and last row, RFC 3339. */
  readonly from: string;
  readonly to: string;
  readonly drifted: boolean;
  readonly features: readonly FeatureVerdict[];
}

/** What `GET /report` of a monitor answers. */
export interface MonitorReport {
  readonly model: string;
  readonly state: 'insufficient' | 'steady' | 'drifting';
  readonly rows: number;
  readonly windowRows: number;
  readonly windows: readonly WindowVerdict[];
  readonly alarms: readonly {
    readonly kind: 'raised' | 'cleared';
    readonly at: string;
    readonly window: number;
    readonly features: readonly string[];
  }[];
}

/** How the model answered rows whose labels are known. */
export interface Scores {
  readonly rows: number;
  readonly correct: number;
  readonly accuracy: number;
  /** Rows by label (outer) and prediction (inner). */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly seconds: number;
}

/** What stands where: one system of one stack. */
export interface Standing {
  readonly stack: string;
  readonly system: string;
  readonly id: string;
  readonly resources: number;
  readonly endpoints: readonly string[];
}

/** A Deployment's container that runs on this machine. */
export interface RunningHere {
  readonly deployment: string;
  readonly namespace: string;
  readonly command: string;
  readonly url: string;
  readonly metricsUrl: string;
}

/** Everything that the demo has seen; `--json` prints it as `result`, the report shows it. */
export interface DemoResult {
  readonly program: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly rehearsal: Omit<RehearsalReport, 'findings'>;
  /** Managed resources by type, for each stack. */
  readonly types: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly standing: readonly Standing[];
  readonly running: readonly RunningHere[];
  readonly model: string;
  readonly heldOut: Scores;
  /** Windows that had been judged when all unshifted rows were read, and alarms until then. */
  readonly unshifted: { readonly windows: number; readonly alarms: number };
  readonly shift: { readonly what: string; readonly features: readonly string[]; readonly raised: boolean } & Scores;
  readonly monitor: MonitorReport;
  readonly seconds: Readonly<Record<string, number>>;
  readonly files: readonly string[];
}
