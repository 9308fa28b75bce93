/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { metrics as names } from '@plinth/contract';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { trafficFromJson } from '../../../../src/runtime/traffic/facts';
import { ModelTraffic } from '../../../../src/runtime/traffic/model-traffic';
import { ownDecisions } from '../../../../src/runtime/traffic/rollback';
import { registerTrafficMetrics } from '../../../../src/runtime/traffic/traffic-metrics';
import { seeded } from './support';

test('aliases, canaries, shadow copies and rollbacks are counted; scraping twice changes nothing', async () => {
  const traffic = new ModelTraffic({
    ready: () => true,
    run: () => Promise.resolve([]),
    registry: ownDecisions,
    logger: pino({ level: 'silent' }),
    random: seeded(1),
  });
  const registry = new Registry();
  registerTrafficMetrics(registry, traffic);
  for (const name of Object.values(names.traffic)) expect(await registry.metrics()).toContain(`# TYPE ${name} `);

  const document = { aliases: { champion: 1, challenger: 2 }, canary: { weight: 0.25 }, shadow: { share: 0.5 } };
  traffic.update('m', trafficFromJson(JSON.stringify(document), 'traffic.json'));
  const weight = `${names.traffic.weight}{model="m",version="2",alias="challenger"}`;
  expect(await registry.metrics()).toContain(`${weight} 0.25`);
  for (let i = 0; i < 1000; i++) {
    const route = traffic.route('m', undefined, undefined);
    if (route === undefined) throw new Error('there is no route');
    const failed = route.version === '2' ? 'backend' : undefined;
    traffic.observed({ model: 'm', route, milliseconds: 1, cached: false, failed, inputs: [], outputs: [] });
  }
  await traffic.settled();
  await registry.metrics();
  const text = await registry.metrics();
  const value = (series: string): number =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(series))
        ?.split(' ')[1],
    );
  const failures = value(`${names.traffic.failures}{model="m",version="2",alias="challenger"}`);
  expect(failures).toBeGreaterThanOrEqual(20);
  expect(value(`${names.traffic.requests}{model="m",version="2",alias="challenger"}`)).toBe(failures);
  expect(value(`${names.traffic.requests}{model="m",version="1",alias="champion"}`)).toBe(1000 - failures);
  expect(value(`${names.traffic.failures}{model="m",version="1",alias="champion"}`)).toBe(0);
  expect(value(weight)).toBe(0);
  expect(value(`${names.traffic.rollbacks}{model="m"}`)).toBe(1);
  const { done, failed, dropped } = traffic.shadow.counts;
  expect(dropped).toBeGreaterThan(0);
  for (const [outcome, count] of Object.entries({ done, failed, dropped }))
    expect(value(`${names.traffic.shadow}{outcome="${outcome}"}`)).toBe(count);
});
