/** Rows to be judged together. */
export interface Window {
  /** Counted from 1. */
  readonly number: number;
  /** One column a feature, each as long as the window; NaN where a value is missing. */
  readonly columns: readonly Float64Array[];
  /** Times of the first and the last row, RFC 3339. */
  readonly from: string;
  readonly to: string;
}

/** One row of features; NaN where a value is missing. */
export interface Row {
  readonly time: string;
  readonly values: readonly number[];
}

/**
 * Tumbling windows: rows are gathered in the order in which they are read, and every `size` of them make a window. Windows
 * do not overlap, so their verdicts are independent; fewer than `size` rows are never judged.
 */
export class TumblingWindows {
  private rows: Row[] = [];
  private last: number;

  /** @param judged windows already made, before a restart. */
  constructor(
    private readonly size: number,
    judged = 0,
  ) {
    this.last = judged;
  }

  /** Takes a row; returns the window that it fills, if it fills one. */
  add(row: Row): Window | undefined {
    this.rows.push(row);
    if (this.rows.length < this.size) return undefined;
    const rows = this.rows;
    this.rows = [];
    this.last += 1;
    return {
      number: this.last,
      columns: rows[0]!.values.map((_, feature) => Float64Array.from(rows, (each) => each.values[feature]!)),
      from: rows[0]!.time,
      to: rows[rows.length - 1]!.time,
    };
  }

  /** The rows that wait for their window to fill. */
  get waiting(): readonly Row[] {
    return this.rows;
  }

  /** Windows made so far. */
  get made(): number {
    return this.last;
  }
}
