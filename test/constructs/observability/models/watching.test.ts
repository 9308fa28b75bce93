import { metricLabels, metrics } from '@plinth/contract';
import { parser } from '@prometheus-io/lezer-promql';
import { monitorAlerts, select, serverAlerts } from 'plinth/constructs/observability/models/alerts';
import { dashboard, monitorPanels, serverPanels } from 'plinth/constructs/observability/models/dashboard';

const series = { namespace: 'models', service: 'tumour' };
const known: readonly string[] = Object.values({ ...metrics.serve, ...metrics.traffic, ...metrics.monitor });
/** Labels that the runtime sets, those that Prometheus sets on what it scrapes from a service, and the histogram's own. */
const knownLabels: readonly string[] = [...Object.values(metricLabels), 'namespace', 'service', 'le'];

/** Metrics and labels of an expression, as Prometheus' own grammar reads it. */
function read(expr: string): { metrics: string[]; labels: string[] } {
  const found = { metrics: [] as string[], labels: [] as string[] };
  parser.parse(expr).iterate({
    enter({ type, name, from, to }) {
      if (type.isError) throw new Error(`${expr}: no PromQL at ${from}, '${expr.slice(from, to + 10)}'`);
      if (name === 'Identifier') found.metrics.push(expr.slice(from, to));
      if (name === 'LabelName') found.labels.push(expr.slice(from, to));
    },
  });
  return found;
}

/** Of a histogram the series of its buckets are asked for, which carry a name of their own. */
const isKnown = (metric: string) => known.includes(metric) || metric === `${metrics.serve.requestSeconds}_bucket`;

test.each([
  ['alerts of the server', serverAlerts(series).map(({ expr }) => expr)],
  ['alerts of the monitor', monitorAlerts(series).map(({ expr }) => expr)],
  ['panels of the server', serverPanels(series).map(({ expr }) => expr)],
  ['panels of the monitor', monitorPanels(series, 0.2).map(({ expr }) => expr)],
])('%s ask for metrics that the contract names', (_, exprs) => {
  for (const expr of exprs) {
    const asked = read(expr);
    expect({ expr, metrics: asked.metrics.length }).not.toEqual({ expr, metrics: 0 });
    expect({ expr, unknown: asked.metrics.filter((metric) => !isKnown(metric)) }).toEqual({ expr, unknown: [] });
    expect({ expr, unknown: asked.labels.filter((label) => !knownLabels.includes(label)) }).toEqual({
      expr,
      unknown: [],
    });
  }
});

test('what is no PromQL, and what no contract names, would be found', () => {
  expect(() => read('sum(rate(up{a="b"}[5m])')).toThrow('no PromQL at');
  expect(read('sum by (pod) (up) / scalar(other{job="x"})')).toEqual({
    metrics: ['up', 'other'],
    labels: ['pod', 'job'],
  });
});

test('series are those of one service', () => {
  expect(select('m', series, { reason: 'OTHER' })).toBe('m{namespace="models",service="tumour",reason="OTHER"}');
});

test('every alert says what it means', () => {
  for (const { alert, annotations, labels } of [...serverAlerts(series), ...monitorAlerts(series)]) {
    expect({ alert, told: annotations.summary.length > 10 && annotations.description.length > 20 }).toEqual({
      alert,
      told: true,
    });
    expect(['critical', 'warning']).toContain(labels.severity);
  }
});

test('panels stand two a row and do not overlap', () => {
  const { panels } = dashboard('prod-models-tumour', 'Title', serverPanels(series)) as {
    panels: { gridPos: { x: number; y: number; w: number; h: number } }[];
  };
  const places = panels.map(({ gridPos }) => `${gridPos.x},${gridPos.y}`);
  expect(new Set(places).size).toBe(places.length);
  for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
});
