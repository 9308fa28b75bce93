import { metrics } from '@plinth/contract';
import { Encodable } from '../../core/encode';
import { select, Series } from './alerts';

interface Panel {
  readonly title: string;
  readonly expr: string;
  readonly legend?: string;
  readonly unit?: string;
  /** A line at which things are no longer well. */
  readonly threshold?: number;
}

/** What a server does: how much, how fast, how well. */
export function serverPanels(series: Series): readonly Panel[] {
  const {
    requestSuccess,
    requestFailure,
    requestSeconds,
    pending,
    inferenceCount,
    execCount,
    queueDurationUs,
    modelReady,
  } = metrics.serve;
  const rate = (metric: string) => `rate(${select(metric, series)}[5m])`;
  const quantile = (q: number) =>
    `histogram_quantile(${q}, sum by (le, model) (rate(${select(`${requestSeconds}_bucket`, series)}[5m])))`;
  return [
    { title: 'Requests', expr: `sum by (model) (${rate(requestSuccess)})`, legend: '{{model}}', unit: 'reqps' },
    {
      title: 'Failures',
      expr: `sum by (model, reason) (${rate(requestFailure)})`,
      legend: '{{model}} {{reason}}',
      unit: 'reqps',
    },
    { title: 'Latency, median', expr: quantile(0.5), legend: '{{model}}', unit: 's' },
    { title: 'Latency, 99th percentile', expr: quantile(0.99), legend: '{{model}}', unit: 's', threshold: 1 },
    { title: 'Waiting or running', expr: `sum by (model) (${select(pending, series)})`, legend: '{{model}}' },
    {
      title: 'Rows per execution',
      expr: `sum by (model) (${rate(inferenceCount)}) / sum by (model) (${rate(execCount)})`,
      legend: '{{model}}',
    },
    {
      title: 'Queue, share of the time',
      expr: `sum by (model) (${rate(queueDurationUs)}) / sum by (model) (${rate(metrics.serve.requestDurationUs)})`,
      legend: '{{model}}',
      unit: 'percentunit',
    },
    {
      title: 'Models ready',
      expr: `min by (model, version) (${select(modelReady, series)})`,
      legend: '{{model}} {{version}}',
    },
  ];
}

/** What a monitor has seen. */
export function monitorPanels(series: Series, psiThreshold: number): readonly Panel[] {
  const { psi, ks, driftedFeatures, alarm, rows, lagSeconds, rejected, windows } = metrics.monitor;
  return [
    { title: 'Drift alarm', expr: `max by (model) (${select(alarm, series)})`, legend: '{{model}}' },
    {
      title: 'Features that drifted',
      expr: `max by (model) (${select(driftedFeatures, series)})`,
      legend: '{{model}}',
    },
    {
      title: 'Population stability index',
      expr: `topk(10, max by (feature) (${select(psi, series)}))`,
      legend: '{{feature}}',
      threshold: psiThreshold,
    },
    {
      title: 'Kolmogorov-Smirnov distance',
      expr: `topk(10, max by (feature) (${select(ks, series)}))`,
      legend: '{{feature}}',
    },
    {
      title: 'Rows seen',
      expr: `sum by (model) (rate(${select(rows, series)}[15m]))`,
      legend: '{{model}}',
      unit: 'cps',
    },
    {
      title: 'Since the last payload',
      expr: `max by (model) (${select(lagSeconds, series)})`,
      legend: '{{model}}',
      unit: 's',
    },
    {
      title: 'Payloads that it cannot use',
      expr: `sum by (reason) (rate(${select(rejected, series)}[15m]))`,
      legend: '{{reason}}',
      unit: 'cps',
    },
    {
      title: 'Windows judged',
      expr: `sum by (model) (${select(windows, series)})`,
      legend: '{{model}}',
    },
  ];
}

/**
 * A Grafana dashboard with two panels a row (schema of Grafana 11 and later, https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/).
 * @param uid stable, at most 40 characters: Grafana replaces the dashboard that has it
 */
export function dashboard(uid: string, title: string, panels: readonly Panel[]): { [key: string]: Encodable } {
  const datasource = { type: 'prometheus', uid: '${datasource}' };
  return {
    uid,
    title,
    tags: ['plinth', 'models'],
    schemaVersion: 39,
    editable: false,
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', hide: 0 }] },
    panels: panels.map(({ title: name, expr, legend, unit, threshold }, index) => ({
      id: index + 1,
      type: 'timeseries',
      title: name,
      datasource,
      gridPos: { h: 8, w: 12, x: (index % 2) * 12, y: Math.floor(index / 2) * 8 },
      fieldConfig: {
        defaults: {
          unit: unit ?? 'short',
          min: 0,
          thresholds: {
            mode: 'absolute',
            steps: [
              { color: 'green', value: 0 },
              ...(threshold === undefined ? [] : [{ color: 'red', value: threshold }]),
            ],
          },
          custom: { thresholdsStyle: { mode: threshold === undefined ? 'off' : 'line' } },
        },
        overrides: [],
      },
      targets: [{ refId: 'A', datasource, expr, legendFormat: legend ?? '__auto' }],
    })),
  };
}
