import { parseLocation, type AuditEvent, type ServeConfig } from '@plinth/contract';
import { openLocation } from '../clients/location.js';
import { MlflowClient } from '../clients/mlflow.js';
import { MlflowTrafficRegistry } from '../clients/mlflow-registry.js';
import { isRegistered, MlflowRepository } from '../clients/mlflow-repository.js';
import type { DataPlane } from '../engine/data-plane.js';
import { LocationRepository, trafficFile, type FoundModel, type ModelRepository } from '../engine/repository.js';
import type { Logger } from '../program.js';
import { trafficFromJson, type TrafficFacts } from './facts.js';
import { ModelTraffic } from './model-traffic.js';
import { ownDecisions } from './rollback.js';
import type { IsReady } from './router.js';

type FoundTraffic = FoundModel & { readonly traffic?: TrafficFacts };

/** A repository that tells the traffic of its models at every look, and serves what aliases lead to. */
class TrafficRepository implements ModelRepository {
  private known = new Set<string>();

  constructor(
    private readonly models: ModelRepository,
    private readonly traffic: ModelTraffic,
  ) {}

  get text(): string {
    return this.models.text;
  }

  async list(): Promise<FoundModel[]> {
    const found: readonly FoundTraffic[] = await this.models.list();
    const facts = await Promise.all(found.map((model) => this.factsOf(model)));
    for (const name of this.known)
      if (!found.some((model) => model.name === name)) this.traffic.update(name, undefined);
    this.known = new Set(found.map(({ name }) => name));
    return found.map((model, at) => {
      this.traffic.update(model.name, facts[at]);
      return { ...model, aliased: [...(model.aliased ?? []), ...this.traffic.needed(model.name)] };
    });
  }

  private async factsOf({ name, traffic, read }: FoundTraffic): Promise<TrafficFacts | undefined> {
    if (traffic !== undefined) return traffic;
    const text = await read(trafficFile);
    return text === undefined
      ? undefined
      : trafficFromJson(text.toString('utf8'), `${this.text}/${name}/${trafficFile}`);
  }
}

/**
 * Opens the repository that the configuration names, with the traffic of its models.
 * @throws PlinthError `setting-models`, `setting-registry`, `repository-missing` where the folder is not there
 */
export async function openTraffic(
  {
    modelRepository,
    scratch,
    auditLog,
  }: Pick<ServeConfig, 'modelRepository' | 'scratch'> & { auditLog?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
  logger: Logger,
  engine: {
    readonly ready: IsReady;
    readonly run: DataPlane['runStep'];
    /** Versions of a registered model that are wanted although no alias leads to them. */
    readonly also?: (model: string) => readonly string[];
  },
): Promise<{ readonly repository: ModelRepository; readonly traffic: ModelTraffic }> {
  const client = isRegistered(modelRepository) ? MlflowClient.fromEnvironment(env) : undefined;
  const log = auditLog === undefined ? undefined : openLocation(auditLog);
  const traffic: ModelTraffic = new ModelTraffic({
    ready: engine.ready,
    run: async (model, version, inputs, outputs) =>
      (await engine.run(model, version, inputs, outputs, { keepInputs: false, rows: 1, readMs: 0 })).outputs,
    registry: client === undefined ? ownDecisions : new MlflowTrafficRegistry(client),
    logger,
    audit: (event) => log?.write(auditFile(event), `${JSON.stringify(event)}\n`),
  });
  const models =
    client === undefined
      ? new LocationRepository(openLocation(modelRepository), scratch)
      : new MlflowRepository(modelRepository, client, scratch, logger, (model) => [
          ...traffic.needed(model),
          ...(engine.also?.(model) ?? []),
        ]);
  // A folder that is not there is a mistake of who started this; a bucket or a registry may well come later.
  if (client === undefined && parseLocation(modelRepository).kind === 'folder') await models.list();
  return { repository: new TrafficRepository(models, traffic), traffic };
}

const auditFile = ({ id, time, subject }: AuditEvent): string => `${subject}/${time.replace(/[-:.]/g, '')}-${id}.json`;
