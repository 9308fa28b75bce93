import { metrics } from '@plinth/contract';
import { MonitorMetrics } from '../../../../src/runtime/monitoring/monitor-metrics';

const verdict = {
  number: 1,
  rows: 60,
  from: 'a',
  to: 'b',
  drifted: true,
  features: [{ name: 'a', psi: 0.5, ks: 0.25, pValue: 0.001, missing: 0, drifted: true }],
};

describe('MonitorMetrics', () => {
  it('offers every metric of the contract, under its name', async () => {
    const it = new MonitorMetrics('small');
    it.linesRejected('payload-malformed', 2);
    it.windowJudged(verdict);
    const offered = (await it.registry.getMetricsAsJSON()).map(({ name }) => name);
    expect(offered.sort()).toEqual(Object.values(metrics.monitor).sort());
  });

  it('counts rows and windows, shows the last window and the alarm, and tells how long nothing came', async () => {
    let now = 10_000;
    const it = new MonitorMetrics('small', () => now);
    it.segmentRead(60);
    it.windowJudged(verdict);
    it.show(verdict);
    it.alarmStands(true);
    it.linesRejected('payload-shape', 3);
    now += 2_500;
    const lines = (await it.registry.metrics()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'plinth_monitor_rows_total{model="small"} 60',
        'plinth_monitor_windows_total{model="small"} 1',
        'plinth_monitor_rejected_lines_total{model="small",reason="payload-shape"} 3',
        'plinth_drift_psi{model="small",feature="a"} 0.5',
        'plinth_drift_ks_statistic{model="small",feature="a"} 0.25',
        'plinth_drift_ks_p_value{model="small",feature="a"} 0.001',
        'plinth_drift_features{model="small"} 1',
        'plinth_drift_alarm{model="small"} 1',
        'plinth_monitor_lag_seconds{model="small"} 2.5',
      ]),
    );
  });
});
