import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';
import type { TracerProvider } from '@opentelemetry/sdk-trace';
import type { ServeConfig } from '@plinth/contract';
import type { RequestError } from '../engine/errors.js';
import { TraceSettings } from '../engine/settings.js';
import type { AnswerFacts, RequestWatch } from '../engine/watching.js';
import type { Logger } from '../program.js';
import { version } from '../version.js';
import { formatTraceparent, type ParentContext } from './traceparent.js';

/** Milliseconds that a collector is given to take what is left when the program ends. */
const flushMs = 5000;

/** Kinds of failures that are the server's; others are told to the caller and leave the span without a status, as for HTTP. */
const serverFaults = new Set(['backend', 'unavailable', 'rejected', 'deadline']);

/** Traces of requests, sent to a collector by OTLP over HTTP. */
export class Tracing {
  private constructor(
    private readonly api: typeof import('@opentelemetry/api'),
    private readonly provider: TracerProvider,
    private readonly tracer: Tracer,
    /** How many requests begin a trace. */
    readonly settings: TraceSettings,
    private readonly random: () => number,
    private readonly logger: Logger,
  ) {}

  /**
   * @param env OTEL_EXPORTER_OTLP_ENDPOINT where the settings name none; the exporter reads its headers and certificates, and
   *   the resource its attributes, from OpenTelemetry's variables as well
   * @returns undefined where no endpoint is named; nothing is loaded then
   */
  static async open(
    settings: ServeConfig['tracing'],
    env: Readonly<Record<string, string | undefined>>,
    logger: Logger,
    random: () => number = Math.random,
  ): Promise<Tracing | undefined> {
    const endpoint = settings?.endpoint ?? (env['OTEL_EXPORTER_OTLP_ENDPOINT'] || undefined);
    if (endpoint === undefined) return undefined;
    const [api, sdk, resources, { OTLPTraceExporter }] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ]);
    const warn = (message: string, ...rest: unknown[]): void =>
      logger.warn({ detail: rest.map(String).join(' ').slice(0, 500) }, `tracing: ${message.slice(0, 500)}`);
    const silent = (): void => undefined;
    api.diag.setLogger(
      { error: warn, warn, info: silent, debug: silent, verbose: silent },
      { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
    const exporter = new OTLPTraceExporter({
      url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
      timeoutMillis: flushMs,
    });
    const named = resources.resourceFromAttributes({
      'service.name': env['OTEL_SERVICE_NAME'] || 'plinth-runtime',
      'service.version': version,
    });
    const detected = resources.detectResources({ detectors: [resources.resourceAttributesEnvDetector] });
    const provider = new sdk.TracerProvider({
      resource: detected.merge(named),
      // Whoever begins a trace decides for all of it: here by `sampleRate`, before anything is made.
      sampler: new sdk.ParentBasedSampler({ root: new sdk.AlwaysOnSampler() }),
      spanProcessors: [new sdk.BatchSpanProcessor({ exporter, exportTimeoutMillis: flushMs })],
    });
    const rate = settings?.sampleRate ?? 0.01;
    return new Tracing(
      api,
      provider,
      provider.getTracer('plinth-runtime', version),
      new TraceSettings(rate),
      random,
      logger,
    );
  }

  /**
   * Begins the span of a request.
   * @param parent who called; its choice whether to sample holds
   * @returns undefined where the request is not sampled
   */
  begin(model: string, parent: ParentContext | undefined): TracedRequest | undefined {
    if (parent === undefined ? !this.settings.takes(model, this.random) : !parent.sampled) return undefined;
    const { api, tracer } = this;
    const context =
      parent === undefined
        ? api.ROOT_CONTEXT
        : api.trace.setSpanContext(api.ROOT_CONTEXT, {
            traceId: parent.traceId,
            spanId: parent.spanId,
            traceFlags: api.TraceFlags.SAMPLED,
            isRemote: true,
          });
    const at = now();
    const span = tracer.startSpan(
      'infer',
      { kind: api.SpanKind.SERVER, startTime: at, attributes: { 'plinth.model': model } },
      context,
    );
    return new TracedRequest(api, tracer, span, api.trace.setSpan(context, span), at);
  }

  /** Sends what is left; gives up on a collector that does not answer. */
  async stop(): Promise<void> {
    await this.provider
      .shutdown()
      .catch((error: unknown) => this.logger.warn(`tracing: spans are lost (${(error as Error).message})`));
  }
}

/** Milliseconds since 1970, with fractions. */
const now = (): number => performance.timeOrigin + performance.now();

/** The span of one request, and those of its parts. */
export class TracedRequest implements RequestWatch {
  readonly traceId: string;
  readonly spanId: string;

  constructor(
    private readonly api: typeof import('@opentelemetry/api'),
    private readonly tracer: Tracer,
    private readonly span: Span,
    private readonly inside: Context,
    private readonly began: number,
  ) {
    ({ traceId: this.traceId, spanId: this.spanId } = span.spanContext());
  }

  get traceparent(): string {
    return formatTraceparent({ traceId: this.traceId, spanId: this.spanId, sampled: true });
  }

  answered({ model, version: own, rows, batchRows, readMs, queueMs, computeMs, lane, cached }: AnswerFacts): void {
    const attributes: Attributes = {
      'plinth.model': model,
      'plinth.version': own,
      'plinth.rows': rows,
      'plinth.cached': cached,
      'plinth.batch_size': batchRows,
      ...(lane === undefined ? {} : { 'plinth.lane': lane }),
    };
    this.span.setAttributes(attributes);
    const queued = this.began + readMs;
    const computed = queued + queueMs;
    this.part('queue', queued, computed, {});
    if (!cached) this.part('compute', computed, computed + computeMs, attributes);
    this.span.end(now());
  }

  failed({ kind, finding, message }: RequestError, own: string | undefined): void {
    const { api, span } = this;
    span.setAttributes({ 'error.type': finding.code, 'plinth.failure': kind });
    if (own !== undefined) span.setAttribute('plinth.version', own);
    // Sentences about a client's mistake may quote what it sent.
    if (serverFaults.has(kind)) span.setStatus({ code: api.SpanStatusCode.ERROR, message });
    span.end(now());
  }

  private part(name: string, startTime: number, endTime: number, attributes: Attributes): void {
    this.tracer.startSpan(name, { startTime, attributes }, this.inside).end(endTime);
  }
}
