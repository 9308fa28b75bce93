import type { MonitorConfig } from '@plinth/contract';

/** What a window's verdict does to the alarm. */
export type AlarmChange = 'raised' | 'cleared';

/**
 * One drifted window is no alarm yet: it rises when `raise` of the last `of` windows drifted, and falls when none of the
 * last `of` did, so that it does not flap in between.
 */
export class Persistence {
  private readonly recent: boolean[];

  /** @param before the last verdicts, oldest first, and whether the alarm stands: as they were before a restart. */
  constructor(
    private readonly rule: MonitorConfig['persistence'],
    before: { readonly recent: readonly boolean[]; readonly standing: boolean } = { recent: [], standing: false },
  ) {
    this.recent = before.recent.slice(-rule.of);
    this.standing = before.standing;
  }

  /** Whether the alarm stands. */
  standing: boolean;

  /** What a restart must know. */
  get memory(): { recent: boolean[]; standing: boolean } {
    return { recent: [...this.recent], standing: this.standing };
  }

  /** Takes the verdict of the next window; returns what it changes, if anything. */
  take(drifted: boolean): AlarmChange | undefined {
    this.recent.push(drifted);
    if (this.recent.length > this.rule.of) this.recent.shift();
    const count = this.recent.filter(Boolean).length;
    if (!this.standing && count >= this.rule.raise) {
      this.standing = true;
      return 'raised';
    }
    if (this.standing && count === 0 && this.recent.length === this.rule.of) {
      this.standing = false;
      return 'cleared';
    }
    return undefined;
  }
}
