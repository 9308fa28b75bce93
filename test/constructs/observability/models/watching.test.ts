import { metrics } from '@plinth/contract';
import { monitorAlerts, select, serverAlerts } from 'plinth/constructs/observability/models/alerts';
import { dashboard, monitorPanels, serverPanels } from 'plinth/constructs/observability/models/dashboard';

const series = { namespace: 'models', service: 'tumour' };
const known = new Set(Object.values({ ...metrics.serve, ...metrics.monitor }));

/** Metric names in a PromQL expression: what stands before a brace. */
function namesIn(expr: string): string[] {
  return [...expr.matchAll(/([a-z_][a-z0-9_]*)\{/g)].map(([, name]) =>
    (name as string).replace(/_(bucket|sum|count)$/, (suffix) => (known.has(name as never) ? suffix : '')),
  );
}

test.each([
  ['alerts of the server', serverAlerts(series).map(({ expr }) => expr)],
  ['alerts of the monitor', monitorAlerts(series).map(({ expr }) => expr)],
  ['panels of the server', serverPanels(series).map(({ expr }) => expr)],
  ['panels of the monitor', monitorPanels(series, 0.2).map(({ expr }) => expr)],
])('%s ask for metrics that the contract names', (_, exprs) => {
  for (const expr of exprs) {
    const names = namesIn(expr);
    expect({ expr, names: names.length }).not.toEqual({ expr, names: 0 });
    expect({ expr, unknown: names.filter((name) => !known.has(name as never)) }).toEqual({ expr, unknown: [] });
  }
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
  const { panels, uid } = dashboard('plinth-'.repeat(10), 'Title', serverPanels(series)) as {
    uid: string;
    panels: { gridPos: { x: number; y: number; w: number; h: number } }[];
  };
  expect(uid).toHaveLength(40);
  const places = panels.map(({ gridPos }) => `${gridPos.x},${gridPos.y}`);
  expect(new Set(places).size).toBe(places.length);
  for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
});
