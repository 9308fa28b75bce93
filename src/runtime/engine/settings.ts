import { nearest } from '@plinth/contract';
import { invalid, RequestError } from './errors.js';

/** What a client sends to change settings; `null` is the default again. */
export type Changes = Readonly<Record<string, unknown>>;

/** Settings of logs, with the names of Triton's logging extension. */
export interface LogValues {
  /** Empty: standard error. */
  readonly log_file: string;
  readonly log_info: boolean;
  readonly log_warning: boolean;
  readonly log_error: boolean;
  /** 1 is everything. */
  readonly log_verbose_level: number;
  /** Lines are JSON, and times are as ISO 8601 writes them. */
  readonly log_format: 'ISO8601';
}

/** From the loudest; each holds those after it. */
const levels = ['debug', 'info', 'warn', 'error'];

/**
 * What of a running server is logged. A level holds the graver ones: info brings warnings along, and without warnings there is
 * no info.
 */
export class LogSettings {
  /** @param logger what it sets, and whose level counts */
  constructor(private readonly logger: { level: string }) {}

  get(): LogValues {
    const { level } = this.logger;
    const least = levels.indexOf(level);
    const logs = (name: string): boolean => least >= 0 && levels.indexOf(name) >= least;
    return {
      log_file: '',
      log_info: logs('info'),
      log_warning: logs('warn'),
      log_error: logs('error'),
      log_verbose_level: level === 'debug' ? 1 : 0,
      log_format: 'ISO8601',
    };
  }

  /** @returns all settings after the change @throws RequestError `invalid`, `unsupported`; nothing has changed then */
  set(changes: Changes): LogValues {
    const where = 'log settings';
    checkNames(where, changes, Object.keys(this.get()));
    fixed(where, changes, 'log_file', '', 'logs go to standard error, where Kubernetes collects them');
    fixed(where, changes, 'log_format', 'ISO8601', 'lines are JSON with times of ISO 8601');
    const flag = (name: 'log_info' | 'log_warning' | 'log_error'): boolean | undefined => {
      const value = changes[name] ?? undefined;
      if (value !== undefined && typeof value !== 'boolean')
        throw invalid(where, `"${name}" is neither true nor false`, 'it is a switch', 'send true or false');
      return value;
    };
    const verbose = changes['log_verbose_level'] ?? undefined;
    if (verbose !== undefined && (typeof verbose !== 'number' || !Number.isInteger(verbose) || verbose < 0))
      throw invalid(
        where,
        '"log_verbose_level" is no whole number from 0 on',
        '0 is the usual level',
        'send 0, or 1 for all',
      );
    const asked = [
      verbose === undefined ? undefined : verbose > 0,
      flag('log_info'),
      flag('log_warning'),
      flag('log_error'),
    ];
    const [on, off] = [asked.indexOf(true), asked.lastIndexOf(false)];
    if (on >= 0 && on < off)
      throw invalid(
        where,
        'a level is on, and a graver one off',
        'a level holds the graver ones: verbose, info, warning, error',
        'leave one of them out',
      );
    const least = levels.indexOf(this.logger.level);
    const now = least < 0 ? levels.length : least;
    const next = Math.max(on < 0 ? now : Math.min(now, on), off + 1);
    this.logger.level = levels[next] ?? 'fatal';
    return this.get();
  }
}

/** Settings of traces, with the names of Triton's trace extension; all values are texts. */
export interface TraceValues {
  readonly trace_level: readonly string[];
  /** One request of so many begins a trace, by chance. */
  readonly trace_rate: string;
  /** Traces that are still begun; -1 is no limit. */
  readonly trace_count: string;
  readonly log_frequency: string;
  readonly trace_file: string;
  readonly trace_mode: 'opentelemetry';
}

interface Sampling {
  on: boolean;
  /** Share of requests. */
  share: number;
  left: number;
}

/** How many requests begin a trace, for all models and for some of them apart. Who comes with a trace has chosen already. */
export class TraceSettings {
  private readonly start: Sampling;
  private readonly own = new Map<string, Sampling>();
  private all: Sampling;

  /** @param share of requests that begin a trace; undefined where there is no collector to send them to */
  constructor(private readonly share: number | undefined) {
    this.start = { on: share !== undefined && share > 0, share: share || 0.001, left: -1 };
    this.all = { ...this.start };
  }

  /** Whether the next request begins a trace. */
  takes(model: string, random: () => number): boolean {
    const sampling = (this.own.size > 0 ? this.own.get(model) : undefined) ?? this.all;
    if (!sampling.on || sampling.left === 0 || random() >= sampling.share) return false;
    if (sampling.left > 0) sampling.left--;
    return true;
  }

  /** @param model undefined for what holds for all that have no settings of their own */
  get(model?: string): TraceValues {
    const { on, share, left } = (model === undefined ? undefined : this.own.get(model)) ?? this.all;
    return {
      trace_level: [on ? 'TIMESTAMPS' : 'OFF'],
      trace_rate: String(Math.round(1 / share)),
      trace_count: String(left),
      log_frequency: '0',
      trace_file: '',
      trace_mode: 'opentelemetry',
    };
  }

  /**
   * @param model undefined for all that have no settings of their own; a model's own end when nothing is left but `null`
   * @returns all settings after the change
   * @throws RequestError `invalid`, `unsupported`; nothing has changed then
   */
  set(changes: Changes, model?: string): TraceValues {
    const where = model === undefined ? 'trace settings' : `trace settings of model "${model}"`;
    checkNames(where, changes, Object.keys(this.get()));
    fixed(where, changes, 'log_frequency', '0', 'spans are sent as they end');
    fixed(where, changes, 'trace_file', '', 'spans are sent to a collector');
    fixed(where, changes, 'trace_mode', 'opentelemetry', 'spans are those of OpenTelemetry');
    const above = model === undefined ? this.start : this.all;
    const next: Sampling = { ...((model === undefined ? undefined : this.own.get(model)) ?? this.all) };
    const { trace_level: level, trace_rate: rate, trace_count: count } = changes;
    if (level === null) next.on = above.on;
    else if (level !== undefined) next.on = this.readLevel(where, level);
    if (rate === null) next.share = above.share;
    else if (rate !== undefined) next.share = 1 / readWhole(where, 'trace_rate', rate, 1);
    if (count === null) next.left = above.left;
    else if (count !== undefined) next.left = readWhole(where, 'trace_count', count, -1);
    if (model === undefined) this.all = next;
    else if (Object.values(changes).length > 0 && Object.values(changes).every((value) => value === null))
      this.own.delete(model);
    else if (Object.values(changes).length > 0) this.own.set(model, next);
    return this.get(model);
  }

  private readLevel(where: string, value: unknown): boolean {
    const given = Array.isArray(value) ? (value as unknown[]) : [value];
    for (const each of given)
      if (each !== 'OFF' && each !== 'TIMESTAMPS')
        throw invalid(
          where,
          `the trace_level ${JSON.stringify(each)?.slice(0, 40)} is unknown`,
          'there are OFF and TIMESTAMPS: traces hold times, and never what was sent',
          'send one of them',
        );
    const on = given.includes('TIMESTAMPS');
    if (on && this.share === undefined)
      throw new RequestError('unsupported', {
        code: 'no-collector',
        what: 'traces cannot be switched on',
        where,
        why: 'the server was started without a collector to send them to',
        cure: 'start it with --tracing-endpoint',
      });
    return on;
  }
}

function readWhole(where: string, name: string, given: unknown, least: number): number {
  // gRPC has lists of texts only.
  const value: unknown = Array.isArray(given) && given.length === 1 ? given[0] : given;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < least)
    throw invalid(where, `"${name}" is no whole number from ${least} on`, 'it counts requests', 'correct it');
  return number;
}

function checkNames(where: string, changes: Changes, known: readonly string[]): void {
  for (const name of Object.keys(changes)) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    throw invalid(
      where,
      `there is no setting "${name}"`,
      `there are ${known.join(', ')}`,
      near === undefined ? 'use one of these names' : `did you mean "${near}"`,
    );
  }
}

/** Settings of Triton's that have one value here. */
function fixed(where: string, changes: Changes, name: string, value: unknown, why: string): void {
  const given = changes[name];
  if (given === undefined || given === null || String(given) === value) return;
  throw new RequestError('unsupported', {
    code: 'setting-fixed',
    what: `"${name}" cannot be changed`,
    where,
    why,
    cure: 'leave it out',
  });
}
