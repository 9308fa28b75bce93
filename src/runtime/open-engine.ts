import type { ServeConfig } from '@plinth/contract';
import { ResponseCache } from './engine/cache.js';
import { DataPlane } from './engine/data-plane.js';
import type { LanePool } from './engine/lane-pool.js';
import { ModelTable } from './engine/model-table.js';
import { instances, type ModelConfig } from './engine/model-config.js';
import { openModel } from './engine/opener.js';
import { WorkerPool } from './engine/worker-pool.js';
import { processWorker } from './engine/workers.js';
import { ServeMetrics } from './metrics.js';
import { computeThreads } from './operation/quota.js';
import type { PayloadLog } from './payload-log.js';
import type { Logger } from './program.js';
import { openTraffic } from './traffic/open-traffic.js';
import { registerTrafficMetrics } from './traffic/traffic-metrics.js';
import { version } from './version.js';

/** The engine with its models and their traffic, without any protocol in front. */
export interface Engine {
  readonly plane: DataPlane;
  readonly table: ModelTable;
  readonly metrics: ServeMetrics;
  readonly pool: LanePool;
  /** Loads what the configuration wants, and follows it until the signal aborts. */
  watch(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the engine: what the server serves, and the library calls.
 * @throws PlinthError as `openTraffic` does
 */
export async function openEngine(
  config: ServeConfig,
  logger: Logger,
  payloads: PayloadLog | undefined,
): Promise<Engine> {
  const { repository, traffic } = await openTraffic(config, process.env, logger, {
    ready: (model, modelVersion) => table.isReady(model, modelVersion),
    run: (...step) => plane.runStep(...step),
  });
  const metrics = new ServeMetrics(() => payloads?.dropped ?? 0);
  const pool = new WorkerPool(config.workers ?? computeThreads(), {
    onLoss: (error) => logger.error(`worker thread: ${error.message}`),
  });
  const processes = new Set<LanePool>();
  const apart = (model: string, modelConfig: ModelConfig): LanePool => {
    const own = new WorkerPool(Math.max(1, instances(modelConfig)), {
      where: `process of model "${model}"`,
      make: () => processWorker((line) => logger.warn({ model }, line)),
      onLoss: (error) => logger.error({ model }, error.message),
    });
    processes.add(own);
    return own;
  };
  const cache = config.cacheBytes === 0 ? undefined : new ResponseCache(config.cacheBytes);
  const explicit = config.modelControl === 'explicit';
  const table: ModelTable = new ModelTable(
    repository,
    (found, foundVersion, modelConfig) =>
      openModel(found, foundVersion, modelConfig, {
        pool,
        isolated: {
          start: (model) => apart(model, modelConfig),
          end: async (own) => {
            processes.delete(own);
            await own.close();
          },
        },
        cache,
        runStep: (...step) => plane.runStep(...step),
        logger,
      }),
    logger,
    { explicit, maxBytes: config.maxModelBytes, scratch: config.scratch },
    (entry) => metrics.ready(entry.name, entry.version, entry.state === 'READY'),
  );
  const plane: DataPlane = new DataPlane(table, metrics, payloads, { version, ...config });
  plane.traffic = traffic;
  registerTrafficMetrics(metrics.registry, traffic);
  return {
    plane,
    table,
    metrics,
    pool,
    watch: async (signal) => {
      if (!explicit) return table.watch(config.pollSeconds, signal, { once: config.modelControl === 'none' });
      const failed = (error: unknown): void => logger.error((error as Error).message);
      await table.look().catch(failed);
      await Promise.all((config.loadModels?.split(',') ?? []).map((name) => table.load(name.trim()).catch(failed)));
    },
    close: async () => void (await Promise.all([pool, ...processes].map((each) => each.close()))),
  };
}
