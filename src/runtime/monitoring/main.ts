import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { PlinthError, type MonitorConfig } from '@plinth/contract';
import { openLocation, readLocation, type LocationClient } from '../clients/location.js';
import { listen, makeLogger, type Logger, type RunningProgram } from '../program.js';
import { metricsServer, monitorServer } from './http.js';
import { Monitor } from './monitor.js';
import { MonitorMetrics } from './monitor-metrics.js';
import { readReference } from './reference.js';
import { loadState, type MonitorState } from './state.js';

/**
 * Starts the monitor of one model: looks at the payload log every `pollSeconds`, judges windows, and answers probes, the
 * report and metrics.
 * @throws PlinthError when the profile is missing, invalid or another model's, the kept state cannot be read, or a port is taken
 */
export async function runMonitor(config: MonitorConfig): Promise<RunningProgram> {
  const logger = makeLogger(config.logLevel, `monitor ${config.model}`);
  const text = (await readLocation(config.reference)).toString('utf8');
  const reference = readReference(text, config.reference);
  if (reference.model !== config.model) throw anotherModel(config, reference.model);

  const alarms = config.alarms === undefined ? undefined : openLocation(config.alarms);
  const before = alarms === undefined ? undefined : await stateBefore(alarms, config.model, logger);
  const metrics = new MonitorMetrics(config.model);
  const monitor = new Monitor({
    config,
    reference,
    profile: createHash('sha256').update(text).digest('hex'),
    payloads: openLocation(config.payloads),
    ...(alarms === undefined ? {} : { alarms }),
    metrics,
    logger,
    ...(before === undefined ? {} : { before }),
  });

  let unready: string | undefined = 'the payload log has not been looked at yet';
  const servers = [
    monitorServer({ report: () => monitor.report(), unready: () => unready }),
    metricsServer(metrics.registry),
  ] as const;
  const [http, scrape] = await bind(servers, config);

  const stopping = new AbortController();
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await monitor.look(stopping.signal);
        unready = undefined;
      } catch (error) {
        unready = (error as Error).message;
        logger.error(error instanceof PlinthError ? { code: error.finding.code } : { err: error }, unready);
      }
      await pause(config.pollSeconds * 1000, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  let stopped: Promise<void> | undefined;
  const stop = async (reason: string): Promise<void> => {
    logger.info({ reason }, 'stopping');
    stopping.abort();
    // The look under way ends with its segment and keeps the state, so nothing is read twice after a restart.
    await looking;
    await Promise.all(servers.map(close));
  };
  return { urls: { http, metrics: scrape }, stop: (reason) => (stopped ??= stop(reason)) };
}

async function stateBefore(alarms: LocationClient, model: string, logger: Logger): Promise<MonitorState | undefined> {
  try {
    return await loadState(alarms, model);
  } catch (error) {
    if (error instanceof PlinthError) throw error;
    logger.error(
      { err: error },
      `${alarms.text}/.state/${model}.json: the kept state cannot be used, because it is not what this version of the monitor wrote; ` +
        'the payload log is read again from its beginning.',
    );
    return undefined;
  }
}

async function bind([http, scrape]: readonly [Server, Server], config: MonitorConfig): Promise<[string, string]> {
  const url = await listen(http, config.host, config.httpPort, '--http-port');
  try {
    return [url, await listen(scrape, config.host, config.metricsPort, '--metrics-port')];
  } catch (error) {
    await close(http);
    throw error;
  }
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });

const anotherModel = (config: MonitorConfig, found: string): PlinthError =>
  new PlinthError({
    code: 'profile-of-another-model',
    what: `the profile describes model '${found}'`,
    where: config.reference,
    why: `the monitor watches '${config.model}'`,
    cure: 'point `reference` to the profile beside the model version that serves, or name that model',
  });
