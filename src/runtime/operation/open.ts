import type { ServeConfig } from '@plinth/contract';
import type { Admission } from '../engine/admission.js';
import { TraceSettings } from '../engine/settings.js';
import type { RequestWatcher } from '../engine/watching.js';
import type { MetricSources } from '../metrics.js';
import type { Logger } from '../program.js';
import { Authenticator } from './auth.js';
import { makeGate } from './gate.js';
import { RequestLog, Watcher } from './request-log.js';
import { TenantLimits } from './tenants.js';
import { Tracing } from './tracing.js';

/** What surrounds the data plane while it serves. */
export interface Operation {
  /** Every protocol asks it before it reads a body; undefined where everybody may do everything. */
  readonly gate: Admission | undefined;
  readonly watcher: RequestWatcher | undefined;
  /** How many requests begin a trace. */
  readonly traces: TraceSettings;
  readonly counts: Pick<MetricSources, 'refused' | 'limited'>;
  /** Sends what is left of traces. */
  stop(): Promise<void>;
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** @throws PlinthError `file-unreadable`, `file-invalid` */
export async function openOperation(
  config: Pick<ServeConfig, 'auth' | 'tenants' | 'tracing' | 'requestLog' | 'host'>,
  env: Readonly<Record<string, string | undefined>>,
  logger: Logger,
): Promise<Operation> {
  const auth = config.auth === undefined ? undefined : await Authenticator.open(config.auth, logger);
  if (auth === undefined && !loopback.test(config.host))
    logger.warn(
      { host: config.host },
      'no tokens are asked for: whoever reaches the port may do everything (see --auth-tokens-file)',
    );
  const tenants = config.tenants === undefined ? undefined : new TenantLimits(config.tenants);
  const tracing = await Tracing.open(config.tracing, env, logger);
  const log = new RequestLog(config.requestLog, logger);
  const { errors, sampleRate } = config.requestLog;
  const watched = errors || sampleRate > 0 || tracing !== undefined;
  return {
    gate: makeGate(auth, tenants, log),
    watcher: watched ? new Watcher(log, tracing) : undefined,
    traces: tracing?.settings ?? new TraceSettings(undefined),
    counts: {
      ...(auth === undefined ? {} : { refused: auth.refused }),
      limited: () => tenants?.limited ?? 0,
    },
    stop: async () => {
      auth?.stop();
      await tracing?.stop();
    },
  };
}
