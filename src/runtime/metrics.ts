import { metricLabels, metrics as names } from '@plinth/contract';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { ModelStatistics } from './engine/inference.js';
import { Buckets, registerHistogram } from './histogram.js';

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
  requestUs = 0;
  queueUs = 0;
  computeUs = 0;
  readonly failures: Record<FailureReason, number> = { REJECTED: 0, CANCELED: 0, BACKEND: 0, OTHER: 0, INVALID: 0 };
  readonly requestSeconds = new Buckets();
  readonly queueSeconds = new Buckets();
  readonly computeSeconds = new Buckets();

  constructor(readonly labels: { readonly model: string; readonly version: string }) {}

  succeeded({ rows, requestMs, queueMs, computeMs }: RequestTimes): void {
    this.success++;
    this.inferences += rows;
    this.requestUs += requestMs * 1000;
    this.queueUs += queueMs * 1000;
    this.computeUs += computeMs * 1000;
    this.requestSeconds.observe(requestMs / 1000);
    this.queueSeconds.observe(queueMs / 1000);
    this.computeSeconds.observe(computeMs / 1000);
  }

  failed(reason: FailureReason): void {
    this.failures[reason]++;
  }
}

const { model, version, reason, lane } = metricLabels;

/** Counts that others keep; read when they are scraped. */
export interface MetricSources {
  /** Of every version that is loaded. */
  statistics?(): readonly ModelStatistics[];
  /** Calls that were turned away for their token. */
  readonly refused?: Readonly<Record<'unauthenticated' | 'forbidden', number>>;
  /** Requests above their tenant's rate. */
  limited?(): number;
}

/** The server's metrics in Prometheus' format, named as the contract says. Series exist from a model's first load on, at 0. */
export class ServeMetrics {
  readonly registry = new Registry();
  private readonly models = new Map<string, ModelMetrics>();
  private readonly modelReady: Gauge<'model' | 'version'>;

  /** May be set later than the metrics are made. */
  sources: MetricSources = {};

  /** @param dropped payload events dropped so far */
  constructor(dropped: () => number) {
    collectDefaultMetrics({ register: this.registry });
    const { serve } = names;
    this.histogram(serve.requestSeconds, 'Seconds from a decoded request to its computed answer', 'requestSeconds');
    this.histogram(serve.queueSeconds, 'Seconds of it that the request waited for its run', 'queueSeconds');
    this.histogram(serve.computeSeconds, 'Seconds of it that the model computed', 'computeSeconds');
    this.modelReady = new Gauge({
      name: serve.modelReady,
      help: '1 when the model can answer, 0 when not',
      labelNames: [model, version],
      registers: [this.registry],
    });
    this.sum(serve.requestSuccess, 'Requests answered', (each) => each.success);
    this.sum(serve.inferenceCount, 'Inferences, that is rows when batched', (each) => each.inferences);
    this.sum(serve.requestDurationUs, 'Microseconds of requests, in total', (each) => each.requestUs);
    this.sum(serve.queueDurationUs, 'Microseconds that requests waited, in total', (each) => each.queueUs);
    this.sum(serve.computeInferDurationUs, 'Microseconds of runs, in total', (each) => each.computeUs);
    this.failures(serve.requestFailure);
    this.gauge(serve.pending);
    this.fromStatistics();
    this.total(serve.payloadDropped, 'Payload events that were dropped because the log could not keep up', dropped);
    this.total(serve.tenantLimited, 'Requests above the rate of their tenant', () => this.sources.limited?.() ?? 0);
    const refused: Counter<'reason'> = new Counter({
      name: serve.authFailures,
      help: 'Calls that were turned away for their token',
      labelNames: [reason],
      registers: [this.registry],
      collect: () => {
        refused.reset();
        for (const why of ['unauthenticated', 'forbidden'] as const)
          refused.inc({ reason: why }, this.sources.refused?.[why] ?? 0);
      },
    });
  }

  /** What Triton's statistics count as well: one count for both. */
  private fromStatistics(): void {
    const { serve } = names;
    const micro = (part: keyof ModelStatistics['inference_stats']) => (of: ModelStatistics) =>
      of.inference_stats[part].ns / 1000;
    this.statistic(serve.execCount, 'Runs of the model', (of) => of.execution_count);
    this.statistic(
      serve.computeInputDurationUs,
      'Microseconds of making inputs ready, in total',
      micro('compute_input'),
    );
    this.statistic(
      serve.computeOutputDurationUs,
      'Microseconds of making outputs ready, in total',
      micro('compute_output'),
    );
    this.statistic(serve.cacheHits, 'Requests that the cache answered', (of) => of.inference_stats.cache_hit.count);
    this.statistic(
      serve.cacheMisses,
      'Requests that the cache could not answer',
      (of) => of.inference_stats.cache_miss.count,
    );
    this.statistic(serve.cacheHitDurationUs, 'Microseconds of finding answers in the cache', micro('cache_hit'));
    this.statistic(serve.cacheMissDurationUs, 'Microseconds of looking for and storing answers', micro('cache_miss'));
    const lanes: Counter<'model' | 'version' | 'lane'> = new Counter({
      name: serve.laneRuns,
      help: 'Runs of the model by where they happened',
      labelNames: [model, version, lane],
      registers: [this.registry],
      collect: () => {
        lanes.reset();
        for (const of of this.sources.statistics?.() ?? [])
          for (const [where, runs] of Object.entries(of.lanes))
            lanes.inc({ model: of.name, version: of.version, lane: where }, runs);
      },
    });
  }

  private statistic(name: string, help: string, read: (of: ModelStatistics) => number): void {
    const counter: Counter<'model' | 'version'> = new Counter({
      name,
      help,
      labelNames: [model, version],
      registers: [this.registry],
      collect: () => {
        counter.reset();
        for (const of of this.sources.statistics?.() ?? [])
          counter.inc({ model: of.name, version: of.version }, read(of));
      },
    });
  }

  private total(name: string, help: string, read: () => number): void {
    const counter: Counter = new Counter({
      name,
      help,
      registers: [this.registry],
      collect: () => {
        counter.reset();
        counter.inc(read());
      },
    });
  }

  private histogram(name: string, help: string, part: 'requestSeconds' | 'queueSeconds' | 'computeSeconds'): void {
    registerHistogram(this.registry, name, help, () =>
      [...this.models.values()].map((each) => [each.labels, each[part]] as const),
    );
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
      found = new ModelMetrics({ model: name, version: newest });
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
