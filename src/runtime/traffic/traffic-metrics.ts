import { metricLabels, metrics as names } from '@plinth/contract';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ModelTraffic } from './model-traffic.js';

const { model, version, alias, outcome } = metricLabels;

/** Adds the counts of aliases, canaries and shadow copies to a registry; they are read when they are scraped. */
export function registerTrafficMetrics(registry: Registry, traffic: ModelTraffic): void {
  const arms = (name: string, help: string, part: 'requests' | 'failures'): void => {
    const counter: Counter<'model' | 'version' | 'alias'> = new Counter({
      name,
      help,
      labelNames: [model, version, alias],
      registers: [registry],
      collect: () => {
        counter.reset();
        for (const arm of traffic.arms)
          counter.inc({ model: arm.model, version: arm.version, alias: arm.arm }, arm[part]);
      },
    });
  };
  arms(names.traffic.requests, 'Requests by the alias that chose their version', 'requests');
  arms(names.traffic.failures, 'Requests that the version failed, by the alias that chose it', 'failures');
  const weight: Gauge<'model' | 'version' | 'alias'> = new Gauge({
    name: names.traffic.weight,
    help: 'Share of the requests for the model that the canary gets',
    labelNames: [model, version, alias],
    registers: [registry],
    collect: () => {
      weight.reset();
      for (const { weight: share, ...labels } of traffic.weights) weight.set(labels, share);
    },
  });
  const shadow: Counter<'outcome'> = new Counter({
    name: names.traffic.shadow,
    help: 'Shadow copies of requests, by what became of them',
    labelNames: [outcome],
    registers: [registry],
    collect: () => {
      shadow.reset();
      for (const [what, count] of Object.entries(traffic.shadow.counts)) shadow.inc({ outcome: what }, count);
    },
  });
  const rollbacks: Counter<'model'> = new Counter({
    name: names.traffic.rollbacks,
    help: 'Challengers that this replica found to be worse than the champion',
    labelNames: [model],
    registers: [registry],
    collect: () => {
      rollbacks.reset();
      for (const [name, count] of traffic.rollbacks) rollbacks.inc({ model: name }, count);
    },
  });
}
