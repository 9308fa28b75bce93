import { metrics } from '@plinth/contract';
import { Counter, Gauge, Registry } from 'prom-client';
import type { WindowVerdict } from './judge.js';

const names = metrics.monitor;

/** The monitor's metrics, in a registry of their own. */
export class MonitorMetrics {
  readonly registry = new Registry();
  private readonly rows = this.counter(names.rows, 'Rows of payloads read');
  private readonly windows = this.counter(names.windows, 'Windows judged');
  private readonly rejected = this.counter(names.rejected, 'Lines of the payload log that could not be used', 'reason');
  private readonly psi = this.gauge(names.psi, 'Population stability index of the last window', 'feature');
  private readonly ks = this.gauge(names.ks, 'Kolmogorov-Smirnov statistic of the last window', 'feature');
  private readonly ksPValue = this.gauge(names.ksPValue, 'Adjusted p-value of that statistic', 'feature');
  private readonly driftedFeatures = this.gauge(names.driftedFeatures, 'Features that drifted in the last window');
  private readonly alarm = this.gauge(names.alarm, '1 while the drift alarm stands');
  private readAt: number;

  /** @param now the clock, in milliseconds */
  constructor(
    private readonly model: string,
    private readonly now: () => number = Date.now,
  ) {
    this.readAt = now();
    this.rows.inc({ model }, 0);
    this.windows.inc({ model }, 0);
    this.alarm.set({ model }, 0);
    const lag: Gauge<'model'> = new Gauge({
      name: names.lagSeconds,
      help: 'Seconds since a segment of the payload log was last read, or since the start',
      labelNames: ['model'],
      registers: [this.registry],
      collect: () => lag.set({ model }, (this.now() - this.readAt) / 1000),
    });
  }

  segmentRead(rows: number): void {
    this.readAt = this.now();
    this.rows.inc({ model: this.model }, rows);
  }

  linesRejected(reason: string, lines: number): void {
    this.rejected.inc({ model: this.model, reason }, lines);
  }

  windowJudged(verdict: WindowVerdict): void {
    this.windows.inc({ model: this.model });
    this.show(verdict);
  }

  /** Shows a window as the last one without counting it: after a restart. */
  show(verdict: WindowVerdict): void {
    const { model } = this;
    for (const { name: feature, psi, ks, pValue } of verdict.features) {
      this.psi.set({ model, feature }, psi);
      this.ks.set({ model, feature }, ks);
      this.ksPValue.set({ model, feature }, pValue);
    }
    this.driftedFeatures.set({ model }, verdict.features.filter((feature) => feature.drifted).length);
  }

  alarmStands(standing: boolean): void {
    this.alarm.set({ model: this.model }, standing ? 1 : 0);
  }

  private counter<L extends string = never>(name: string, help: string, ...labels: L[]): Counter<'model' | L> {
    return new Counter({ name, help, labelNames: ['model', ...labels], registers: [this.registry] });
  }

  private gauge<L extends string = never>(name: string, help: string, ...labels: L[]): Gauge<'model' | L> {
    return new Gauge({ name, help, labelNames: ['model', ...labels], registers: [this.registry] });
  }
}
