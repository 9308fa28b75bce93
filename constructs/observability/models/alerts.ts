import { metricLabels, metrics } from '@plinth/contract';

/** One alert, as Prometheus writes it. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** Which series are meant: those that Prometheus scraped from one service. */
export interface Series {
  readonly namespace: string;
  readonly service: string;
}

/** `metric{namespace="...",service="..."}`. */
export function select(
  metric: string,
  { namespace, service }: Series,
  more: Readonly<Record<string, string>> = {},
): string {
  const matchers = Object.entries({ namespace, service, ...more }).map(([label, value]) => `${label}="${value}"`);
  return `${metric}{${matchers.join(',')}}`;
}

/** What should wake somebody about a model server. */
export function serverAlerts(series: Series): readonly AlertRule[] {
  const { requestFailure, requestSuccess, requestSeconds, modelReady, payloadDropped } = metrics.serve;
  const failed = `sum(rate(${select(requestFailure, series)}[5m]))`;
  // A client's own mistakes are its own: only what the server could not do counts.
  const mistaken = `sum(rate(${select(requestFailure, series, { [metricLabels.reason]: 'INVALID' })}[5m]))`;
  const all = `(sum(rate(${select(requestSuccess, series)}[5m])) + ${failed})`;
  return [
    {
      alert: 'ModelServerFailing',
      expr: `(${failed} - (${mistaken} or vector(0))) / ${all} > 0.02`,
      for: '5m',
      labels: { severity: 'critical' },
      annotations: {
        summary: `${series.service} fails requests`,
        description:
          'More than 2 % of requests have failed for five minutes, not counting those that were wrong themselves.',
      },
    },
    {
      alert: 'ModelServerSlow',
      expr: `histogram_quantile(0.99, sum by (le) (rate(${select(`${requestSeconds}_bucket`, series)}[5m]))) > 1`,
      for: '10m',
      labels: { severity: 'warning' },
      annotations: {
        summary: `${series.service} is slow`,
        description: 'One request in a hundred has taken more than a second for ten minutes.',
      },
    },
    {
      alert: 'ModelNotReady',
      expr: `min by (model, version) (${select(modelReady, series)}) == 0`,
      for: '5m',
      labels: { severity: 'critical' },
      annotations: {
        summary: `${series.service} does not serve {{ $labels.model }}`,
        description:
          'Version {{ $labels.version }} has not been ready for five minutes; the server says why in its log.',
      },
    },
    {
      alert: 'PayloadsDropped',
      expr: `sum(increase(${select(payloadDropped, series)}[15m])) > 0`,
      for: '0m',
      labels: { severity: 'warning' },
      annotations: {
        summary: `${series.service} drops payloads`,
        description:
          'What the monitor does not see it cannot judge: in the last quarter of an hour the payload log could not keep up, or events were larger than maxEventBytes.',
      },
    },
    {
      alert: 'ModelRolledBack',
      expr: `sum by (model) (increase(${select(metrics.traffic.rollbacks, series)}[15m])) > 0`,
      for: '0m',
      labels: { severity: 'warning' },
      annotations: {
        summary: `${series.service} has taken a challenger of {{ $labels.model }} back`,
        description: 'It did worse than the champion; the audit event says in what, and by how much.',
      },
    },
  ];
}

/** What should wake somebody about a model's data. */
export function monitorAlerts(series: Series): readonly AlertRule[] {
  const { alarm, lagSeconds, rejected } = metrics.monitor;
  return [
    {
      alert: 'ModelDrift',
      expr: `max by (model) (${select(alarm, series)}) == 1`,
      for: '0m',
      labels: { severity: 'warning' },
      annotations: {
        summary: 'The data of {{ $labels.model }} has shifted',
        description:
          'Several windows differ from the training data in effect and in significance; the report of the monitor names the features.',
      },
    },
    {
      alert: 'MonitorStarved',
      expr: `max by (model) (${select(lagSeconds, series)}) > 86400`,
      for: '15m',
      labels: { severity: 'warning' },
      annotations: {
        summary: 'The monitor of {{ $labels.model }} sees nothing',
        description: 'No payload has been read for a day: either nobody asks the model, or its log does not arrive.',
      },
    },
    {
      alert: 'MonitorRejectsPayloads',
      // A count that begins with its first mistake has no increase yet.
      expr: `sum by (model, reason) (increase(${select(rejected, series)}[15m]) or ${select(rejected, series)} unless ${select(rejected, series)} offset 15m) > 0`,
      for: '0m',
      labels: { severity: 'warning' },
      annotations: {
        summary: 'The monitor of {{ $labels.model }} cannot use payloads: {{ $labels.reason }}',
        description: 'What it cannot use it does not judge; its log names the segment and the line.',
      },
    },
  ];
}
