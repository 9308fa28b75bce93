import { monitored, scraper, ServiceMonitor } from 'plinth/constructs/core/service-monitor';
import { synthesizeMl } from '../../support/ml';
import { blocks } from '../../support/program';

const props = { name: 'x', namespace: 'ml', service: { app: 'x' }, port: 'metrics' };
const prometheus = { system: 'Prometheus', endpoints: {} };

test('Prometheus is told what to scrape', () => {
  const stack = synthesizeMl((scope, platform) => void new ServiceMonitor(scope, 'monitor', { platform, ...props }), {
    provides: { metrics: prometheus },
  });
  const [[, release] = []] = blocks(stack, 'helm_release');
  expect(release).toMatchObject({ name: 'x-metrics', namespace: 'ml' });
  expect(JSON.stringify(release?.values)).toMatch(/ServiceMonitor.*\/metrics/);
});

test('a cluster that does not know the kind is not sent any', () => {
  const stack = synthesizeMl(
    (scope, platform) => {
      expect(monitored(platform)).toBe(false);
      new ServiceMonitor(scope, 'monitor', { platform, ...props });
    },
    { provides: {} },
  );
  expect(blocks(stack, 'helm_release')).toHaveLength(0);
});

test('it is let in from where it stands', () => {
  synthesizeMl((_, platform) => {
    expect(scraper(platform, [8002])).toEqual({ namespace: 'monitoring', ports: [8002] });
  });
});
