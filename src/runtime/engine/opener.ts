import type { Logger } from '../program.js';
import type { ResponseCache } from './cache.js';
import { Ensemble, type StepRunner } from './ensemble.js';
import { LoadedModel } from './lanes.js';
import type { LanePool } from './lane-pool.js';
import { completeConfig, isOn, type ModelConfig } from './model-config.js';
import { OnnxModel } from './onnx-model.js';
import type { FoundModel, FoundVersion } from './repository.js';
import type { ServedModel } from './served-model.js';
import { warmUp } from './warm-up.js';

/** What models are opened with. */
export interface OpenerOptions {
  /** Threads that all models share. */
  readonly pool: LanePool;
  /** Starts the processes of one isolated model, and ends them. */
  readonly isolated: { start(model: string): LanePool; end(pool: LanePool): Promise<void> };
  readonly cache: ResponseCache | undefined;
  readonly runStep: StepRunner;
  readonly logger: Logger;
}

/**
 * Opens a version of a model as its configuration says: fetched, loaded, compared with the configuration and warmed up.
 * @throws PlinthError; Error with the engine's reason
 */
export async function openModel(
  found: FoundModel,
  version: FoundVersion,
  config: ModelConfig,
  { pool, isolated, cache, runStep, logger }: OpenerOptions,
): Promise<ServedModel> {
  if (config.platform === 'ensemble') return new Ensemble(config, runStep);
  const file = config.default_model_filename === '' ? undefined : config.default_model_filename;
  const path = await version.fetch(file);
  const apart = isOn(config, 'isolated') ? isolated.start(found.name) : undefined;
  const release = async (): Promise<void> => {
    if (apart !== undefined) await isolated.end(apart);
  };
  try {
    const lanes = await LoadedModel.open(path, apart ?? pool, { isolated: apart !== undefined });
    try {
      const complete = completeConfig(config, lanes.signature);
      const classes = new Map<string, readonly string[]>();
      for (const { name, label_filename: file } of complete.config.output) {
        if (file === '') continue;
        const text = await found.read(file);
        if (text !== undefined) classes.set(name, text.toString('utf8').trimEnd().split(/\r?\n/));
        else logger.warn({ model: found.name }, `the label file ${file} is missing; classes go by their numbers`);
      }
      const model = new OnnxModel({
        version: version.version,
        bytes: version.bytes,
        ...complete,
        classes,
        lanes,
        release,
        cache,
        onIndivisible: (why) =>
          logger.error({ model: found.name }, `requests are no longer computed together, because ${why}`),
      });
      await warmUp(model, found);
      return model;
    } catch (error) {
      await lanes.close();
      throw error;
    }
  } catch (error) {
    await release();
    throw error;
  }
}
