import type { WindowVerdict } from './judge.js';
import type { PayloadProblem } from './payloads.js';
import type { AlarmChange } from './persistence.js';

/** An alarm that rose or fell. */
export interface AlarmRecord {
  readonly kind: AlarmChange;
  /** Time of the row that filled the window, RFC 3339. */
  readonly at: string;
  /** Number of the window that changed it. */
  readonly window: number;
  /** The features that drifted in that window. */
  readonly features: readonly string[];
}

/** What `GET /report` answers. Fields may be added; none is renamed or taken away. */
export interface MonitorReport {
  readonly model: string;
  /** Version of the model that the reference profile describes. */
  readonly version: string;
  /** `insufficient` until a window has been judged, `drifting` while the alarm stands. */
  readonly state: 'insufficient' | 'steady' | 'drifting';
  /** Rows read since the log began. */
  readonly rows: number;
  /** Of those, rows in the window that is still filling, and how many it takes. */
  readonly waiting: number;
  readonly windowRows: number;
  /** The last windows judged, oldest first, at most `remembered`. */
  readonly windows: readonly WindowVerdict[];
  /** The last alarms, oldest first, at most `remembered`. */
  readonly alarms: readonly AlarmRecord[];
  /** Lines that could not be used: how many in all, and what was wrong with the last of them. */
  readonly rejected: { readonly lines: number; readonly last: readonly PayloadProblem[] };
}

/** Windows and alarms that the report and the state hold. */
export const remembered = 100;

/** Problems that the report and the state hold. */
export const rememberedProblems = 20;
