import type { Metric, Registry } from 'prom-client';

/** Upper bounds in seconds: from a tenth of a millisecond, which a small model takes, to ten seconds. */
const bounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Observations of one series. prom-client's own histogram hashes its labels each time, which would cost a request more
 * than to read it; this is a few comparisons and an addition.
 */
export class Buckets {
  /** Observations up to each bound and above the one before; the last are above all. */
  private readonly counts = new Array<number>(bounds.length + 1).fill(0);
  private seconds = 0;

  observe(seconds: number): void {
    let at = 0;
    while (at < bounds.length && seconds > (bounds[at] as number)) at++;
    this.counts[at] = (this.counts[at] as number) + 1;
    this.seconds += seconds;
  }

  /** In Prometheus' form: cumulative. */
  values(name: string, labels: Readonly<Record<string, string>>): object[] {
    let sum = 0;
    const buckets = this.counts.map((count, at) => {
      sum += count;
      return { metricName: `${name}_bucket`, labels: { ...labels, le: String(bounds[at] ?? '+Inf') }, value: sum };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: this.seconds },
      { metricName: `${name}_count`, labels, value: sum },
    ];
  }
}

/** Registers a histogram whose series are read when it is scraped. */
export function registerHistogram(
  registry: Registry,
  name: string,
  help: string,
  read: () => Iterable<readonly [labels: Readonly<Record<string, string>>, buckets: Buckets]>,
): void {
  const get = (): Promise<object> => {
    const values = [...read()].flatMap(([labels, buckets]) => buckets.values(name, labels));
    return Promise.resolve({ name, help, type: 'histogram', values, aggregator: 'sum' });
  };
  // A registry asks a metric for its name and its values, and for no more.
  registry.registerMetric({ name, help, get, reset: () => undefined } as unknown as Metric);
}
