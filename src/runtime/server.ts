import type { Server, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { paths, type ServeConfig } from '@plinth/contract';
import type { ServeMetrics } from './metrics.js';
import { allocatorNote } from './engine/allocator.js';
import { LogSettings } from './engine/settings.js';
import { openEngine } from './open-engine.js';
import { drain } from './operation/drain.js';
import { makeHttpServer } from './operation/http-server.js';
import { openOperation } from './operation/open.js';
import { PayloadLog } from './payload-log.js';
import { openPayloadSink } from './payload-sinks.js';
import { listen, makeLogger, type RunningProgram } from './program.js';
import { answerBadHttp } from './protocols/open-inference/bad-http.js';
import { grpcServer } from './protocols/open-inference/grpc.js';
import { restHandler } from './protocols/open-inference/rest.js';
import { predictHandler } from './protocols/predict/predict.js';

/**
 * Starts the model server: binds its ports, then loads the models of the repository while it is already live.
 * @throws PlinthError `repository-missing` where the folder is not there, `port-taken`, `port-refused`
 */
export async function serve(config: ServeConfig): Promise<RunningProgram> {
  const logger = makeLogger(config.logLevel, 'serve');
  const note = allocatorNote(process.env);
  if (note !== undefined) logger.debug(note);
  const { payloadLog } = config;
  const payloads =
    payloadLog === undefined ? undefined : new PayloadLog(openPayloadSink(payloadLog), payloadLog, logger);
  const engine = await openEngine(config, logger, payloads);
  const { plane, table, metrics, pool } = engine;
  const operation = await openOperation(config, process.env, logger);
  plane.watcher = operation.watcher;
  metrics.sources = { statistics: () => plane.statistics(), ...operation.counts };

  const logs = new LogSettings(logger);
  const { gate: before, traces } = operation;
  const rest = restHandler(plane, { ...config, before, logs, traces });
  const predict = predictHandler(plane, { ...config, before });
  const server = makeHttpServer(
    (request, response) => (request.url?.startsWith('/v1/') === true ? predict : rest)(request, response),
    answerBadHttp,
  );
  const scrape = metricsServer(metrics);
  const calls = grpcServer(plane, { ...config, before, logs, traces });
  const bound = await Promise.allSettled([
    listen(server, config.host, config.httpPort, '--http-port'),
    calls.listen(config.host, config.grpcPort, '--grpc-port'),
    listen(scrape, config.host, config.metricsPort, '--metrics-port'),
  ]);
  // Only when each has bound or failed: one that binds after it was closed would stay.
  const refused = bound.find((each) => each.status === 'rejected');
  if (refused !== undefined) {
    server.close();
    scrape.close();
    calls.stop();
    await operation.stop();
    await engine.close();
    throw refused.reason;
  }
  const [http = '', grpc = '', metricsUrl = ''] = bound.map((each) => (each.status === 'fulfilled' ? each.value : ''));

  const stopping = new AbortController();
  const look = (): void => void table.look().catch((error: unknown) => logger.error((error as Error).message));
  const watching = engine.watch(stopping.signal);
  let stopped: Promise<void> | undefined;
  const end = async (reason: string): Promise<void> => {
    logger.info({ reason }, 'draining');
    stopping.abort();
    const complete = await Promise.all([
      drain(server, {
        unready: () => (plane.draining = true),
        delaySeconds: config.drainDelaySeconds,
        graceSeconds: config.drainSeconds,
      }),
      pause(config.drainDelaySeconds * 1000).then(() => calls.drain(config.drainSeconds)),
    ]);
    if (complete.includes(false))
      logger.warn('requests were still in flight when their time was over, and have been cut');
    await Promise.all([payloads?.stop(), operation.stop()]);
    await engine.close();
    await watching;
    scrape.close();
    scrape.closeAllConnections();
    if (pool.computing) logger.warn('a model was still computing, and the process is killed');
    logger.info('stopped');
  };
  return {
    urls: { http, grpc, metrics: metricsUrl },
    stop: (reason) => (stopped ??= end(reason)),
    stuck: () => pool.computing,
    ...(config.modelControl === 'explicit' ? {} : { refresh: look }),
  };
}

function metricsServer(metrics: ServeMetrics): Server {
  const send = (response: ServerResponse, status: number, type: string, body: string): void => {
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
  };
  return makeHttpServer((request, response) => {
    const found = request.url?.split('?')[0] === paths.metrics;
    if (found && request.method === 'GET') {
      metrics.registry.metrics().then(
        (text) => send(response, 200, metrics.registry.contentType, text),
        () => response.destroy(),
      );
      return;
    }
    request.resume();
    const error = `${request.url ?? ''}: there is nothing here, because this port has GET ${paths.metrics} only; use that.`;
    send(response, found ? 405 : 404, 'application/json', JSON.stringify({ error }));
  }, answerBadHttp);
}
