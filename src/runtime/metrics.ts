import { metricLabels, metrics as names } from '@plinth/contract';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Why a request failed; INVALID is a client's mistake, which Triton does not count. */
export const failureReasons = ['REJECTED', 'CANCELED', 'BACKEND', 'OTHER', 'INVALID'] as const;
export type FailureReason = (typeof failureReasons)[number];

/** What one answered request took, in milliseconds. */
export interface RequestTimes {
  readonly rows: number;
  readonly requestMs: number;
  readonly queueMs: number;
  readonly computeMs: number;
}

/** Counts of one model version: plain numbers, so that a request costs additions and a scrape the rest. */
export class ModelMetrics {
  pending = 0;
  success = 0;
  inferences = 0;
  executions = 0;
  requestUs = 0;
  queueUs = 0;
  computeUs = 0;
  readonly failures: Record<FailureReason, number> = { REJECTED: 0, CANCELED: 0, BACKEND: 0, OTHER: 0, INVALID: 0 };

  constructor(
    readonly labels: { readonly model: string; readonly version: string },
    private readonly seconds: { observe(value: number): void },
  ) {}

  succeeded({ rows, requestMs, queueMs, computeMs }: RequestTimes): void {
    this.success++;
    this.inferences += rows;
    this.executions++;
    this.requestUs += requestMs * 1000;
    this.queueUs += queueMs * 1000;
    this.computeUs += computeMs * 1000;
    this.seconds.observe(requestMs / 1000);
  }

  failed(reason: FailureReason): void {
    this.failures[reason]++;
  }
}

const { model, version, reason } = metricLabels;

/** The server's metrics in Prometheus' format, named as the contract says. Series exist from a model's first load on, at 0. */
export class ServeMetrics {
  readonly registry = new Registry();
  private readonly models = new Map<string, ModelMetrics>();
  private readonly seconds: Histogram<'model' | 'version'>;
  private readonly modelReady: Gauge<'model' | 'version'>;

  /** @param dropped payload events dropped so far */
  constructor(dropped: () => number) {
    collectDefaultMetrics({ register: this.registry });
    const { serve } = names;
    this.seconds = new Histogram({
      name: serve.requestSeconds,
      help: 'Seconds from a decoded request to its computed answer',
      labelNames: [model, version],
      buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [this.registry],
    });
    this.modelReady = new Gauge({
      name: serve.modelReady,
      help: '1 when the model can answer, 0 when not',
      labelNames: [model, version],
      registers: [this.registry],
    });
    this.sum(serve.requestSuccess, 'Requests answered', (each) => each.success);
    this.sum(serve.inferenceCount, 'Inferences, that is rows when batched', (each) => each.inferences);
    this.sum(serve.execCount, 'Runs of the model', (each) => each.executions);
    this.sum(serve.requestDurationUs, 'Microseconds of requests, in total', (each) => each.requestUs);
    this.sum(serve.queueDurationUs, 'Microseconds that requests waited, in total', (each) => each.queueUs);
    this.sum(serve.computeInferDurationUs, 'Microseconds of runs, in total', (each) => each.computeUs);
    this.failures(serve.requestFailure);
    this.gauge(serve.pending);
    const counter: Counter = new Counter({
      name: serve.payloadDropped,
      help: 'Payload events that were dropped because the log could not keep up',
      registers: [this.registry],
      collect: () => {
        counter.reset();
        counter.inc(dropped());
      },
    });
  }

  private sum(name: string, help: string, read: (each: ModelMetrics) => number): void {
    const counter: Counter<'model' | 'version'> = new Counter({
      name,
      help,
      labelNames: [model, version],
      registers: [this.registry],
      collect: () => {
        counter.reset();
        for (const each of this.models.values()) counter.inc(each.labels, read(each));
      },
    });
  }

  private failures(name: string): void {
    const counter: Counter<'model' | 'version' | 'reason'> = new Counter({
      name,
      help: 'Requests that got no answer, by reason',
      labelNames: [model, version, reason],
      registers: [this.registry],
      collect: () => {
        counter.reset();
        for (const each of this.models.values())
          for (const why of failureReasons) counter.inc({ ...each.labels, reason: why }, each.failures[why]);
      },
    });
  }

  private gauge(name: string): void {
    const gauge: Gauge<'model' | 'version'> = new Gauge({
      name,
      help: 'Requests that wait or run',
      labelNames: [model, version],
      registers: [this.registry],
      collect: () => {
        for (const each of this.models.values()) gauge.set(each.labels, each.pending);
      },
    });
  }

  /** The counts of a model version, made when first asked for. */
  of(name: string, newest: string): ModelMetrics {
    const key = `${name}\0${newest}`;
    let found = this.models.get(key);
    if (found === undefined) {
      const labels = { model: name, version: newest };
      found = new ModelMetrics(labels, this.seconds.labels(labels));
      this.models.set(key, found);
    }
    return found;
  }

  /** Tells whether a model version can answer, and makes its series. */
  ready(name: string, newest: string, isReady: boolean): void {
    this.modelReady.set({ model: name, version: newest }, isReady ? 1 : 0);
    this.of(name, newest);
  }
}
