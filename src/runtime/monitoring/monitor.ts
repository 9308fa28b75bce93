import { setImmediate } from 'node:timers/promises';
import { PlinthError, type AlarmEvent, type MonitorConfig } from '@plinth/contract';
import type { LocationClient } from '../clients/location.js';
import type { Logger } from '../program.js';
import { alarmOf, writeAlarm } from './alarms.js';
import { judgeWindow, type WindowVerdict } from './judge.js';
import type { MonitorMetrics } from './monitor-metrics.js';
import { PayloadReader, type PayloadProblem, type Segment } from './payloads.js';
import { Persistence } from './persistence.js';
import type { Reference } from './reference.js';
import { remembered, rememberedProblems, type AlarmRecord, type MonitorReport } from './report.js';
import { saveState, type MonitorState } from './state.js';
import { TumblingWindows, type Window } from './window.js';

export interface MonitorParts {
  readonly config: MonitorConfig;
  readonly reference: Reference;
  /** SHA-256 of the profile's text: tells whether kept windows were judged by it. */
  readonly profile: string;
  readonly payloads: LocationClient;
  /** Absent: alarms are not written, and nothing is kept between two starts. */
  readonly alarms?: LocationClient;
  readonly metrics: MonitorMetrics;
  readonly logger: Logger;
  /** As kept by the monitor before this one. */
  readonly before?: MonitorState;
}

/** Reads payloads, fills windows, judges them, and raises and clears the alarm. */
export class Monitor {
  private readonly reader: PayloadReader;
  private readonly windows: TumblingWindows;
  private readonly persistence: Persistence;
  private readonly verdicts: WindowVerdict[];
  private readonly history: AlarmRecord[];
  private readonly problems: PayloadProblem[];
  private rejectedLines: number;
  private rows: number;
  private outbox: AlarmEvent[];
  private changed = false;

  constructor(private readonly parts: MonitorParts) {
    const { before, config, reference, metrics } = parts;
    const sameProfile = before?.profile === parts.profile;
    this.reader = new PayloadReader(parts.payloads, reference, before?.reading);
    this.windows = new TumblingWindows(config.windowRows, before?.made);
    // Verdicts by another profile say nothing about this one; only an alarm that stands goes on standing until windows clear it.
    const standing = before?.persistence.standing ?? false;
    this.persistence = new Persistence(config.persistence, {
      standing,
      recent: sameProfile ? (before?.persistence.recent ?? []) : [],
    });
    this.verdicts = [...(before?.windows ?? [])];
    this.history = [...(before?.alarms ?? [])];
    this.problems = [...(before?.rejected.last ?? [])];
    this.rejectedLines = before?.rejected.lines ?? 0;
    this.outbox = [...(before?.outbox ?? [])];
    this.rows = before?.rows ?? 0;
    const last = this.verdicts.at(-1);
    if (sameProfile && last !== undefined) metrics.show(last);
    metrics.alarmStands(standing);
    // Rows that wait were counted when they were read; a smaller window than before may be full with them already.
    for (const { time, values } of sameProfile ? (before?.waiting ?? []) : []) {
      this.fill({ time, values: values.map((value) => value ?? NaN) });
    }
  }

  /**
   * One look at the payload log: takes every segment that is new, then writes what came of it.
   * @throws PlinthError `location-unreadable`, `location-unwritable`; the next look goes on where this one stopped
   */
  async look(signal: AbortSignal): Promise<void> {
    try {
      for (const name of await this.reader.unread()) {
        if (signal.aborted) break;
        const segment = await this.take(name);
        if (segment !== undefined) this.absorb(segment);
        // A long log must not keep probes and scrapes waiting.
        await setImmediate();
      }
    } finally {
      await this.keep();
    }
  }

  report(): MonitorReport {
    const { model, version } = this.parts.reference;
    const state = this.persistence.standing ? 'drifting' : this.verdicts.length > 0 ? 'steady' : 'insufficient';
    return {
      model,
      version,
      state,
      rows: this.rows,
      waiting: this.windows.waiting.length,
      windowRows: this.parts.config.windowRows,
      windows: this.verdicts,
      alarms: this.history,
      rejected: { lines: this.rejectedLines, last: this.problems },
    };
  }

  private async take(name: string): Promise<Segment | undefined> {
    try {
      return await this.reader.take(name);
    } catch (error) {
      if (!(error instanceof PlinthError) || error.finding.code !== 'not-found') throw error;
      this.parts.logger.warn({ segment: name }, `${error.message} It was deleted before the monitor had read it.`);
      return undefined;
    }
  }

  private absorb(segment: Segment): void {
    this.changed = true;
    this.rows += segment.rows.length;
    this.parts.metrics.segmentRead(segment.rows.length);
    for (const problem of segment.problems) {
      this.rejectedLines += problem.lines;
      this.problems.push(problem);
      this.parts.metrics.linesRejected(problem.code, problem.lines);
      this.parts.logger.warn({ code: problem.code, lines: problem.lines }, problem.sentence);
    }
    this.problems.splice(0, this.problems.length - rememberedProblems);
    for (const row of segment.rows) this.fill(row);
  }

  private fill(row: Segment['rows'][number]): void {
    const window = this.windows.add(row);
    if (window !== undefined) this.judge(window);
  }

  private judge(window: Window): void {
    const { reference, config, metrics, logger } = this.parts;
    const verdict = judgeWindow(window, reference, config);
    this.changed = true;
    this.verdicts.push(verdict);
    this.verdicts.splice(0, this.verdicts.length - remembered);
    metrics.windowJudged(verdict);
    const features = verdict.features.filter((feature) => feature.drifted).map((feature) => feature.name);
    logger.info(
      { window: verdict.number, rows: verdict.rows, drifted: verdict.drifted, driftedFeatures: features.length },
      'window judged',
    );
    const change = this.persistence.take(verdict.drifted);
    metrics.alarmStands(this.persistence.standing);
    if (change === undefined) return;
    this.history.push({ kind: change, at: verdict.to, window: verdict.number, features });
    this.history.splice(0, this.history.length - remembered);
    if (this.parts.alarms !== undefined) this.outbox.push(alarmOf(change, verdict, reference));
    logger.warn({ window: verdict.number, features }, `drift alarm ${change}`);
  }

  /**
   * The state is kept before its alarms are written and again after: an alarm that a crash cut off is found in the outbox
   * and written then, under the same name, once.
   */
  private async keep(): Promise<void> {
    const { alarms, reference } = this.parts;
    if (alarms === undefined) return;
    if (this.changed) await saveState(alarms, reference.model, this.state());
    this.changed = false;
    if (this.outbox.length === 0) return;
    for (const event of this.outbox) await writeAlarm(alarms, event);
    this.outbox = [];
    await saveState(alarms, reference.model, this.state());
  }

  private state(): MonitorState {
    const { floor, read } = this.reader.memory;
    return {
      schemaVersion: 1,
      profile: this.parts.profile,
      reading: { floor, read: [...read] },
      rows: this.rows,
      made: this.windows.made,
      waiting: this.windows.waiting.map(({ time, values }) => ({
        time,
        values: values.map((value) => (Number.isNaN(value) ? null : value)),
      })),
      persistence: this.persistence.memory,
      windows: this.verdicts.map((window) => ({
        ...window,
        features: window.features.map((feature) => ({ ...feature })),
      })),
      alarms: this.history.map((alarm) => ({ ...alarm, features: [...alarm.features] })),
      rejected: { lines: this.rejectedLines, last: [...this.problems] },
      outbox: [...this.outbox],
    };
  }
}
