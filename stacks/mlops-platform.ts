import { App } from 'cdktf';
import { Construct } from 'constructs';
import { GpuPool } from '../constructs/cluster/gpu-pool';
import { IBucket, IDatabase, ILake, INetwork } from '../constructs/core/resources';
import { contractVersion, ParameterName, PlatformParameters } from '../constructs/core/platform-contract';
import { Platform } from '../constructs/core/platform';
import { Profile } from '../constructs/core/profile';
import { PlinthStack } from '../constructs/core/stack';
import { State } from '../constructs/core/state';
import { Domain } from '../constructs/ingress/domain';
import { ClusterStack, ClusterStackProps } from './cluster';
import { FoundationStack, FoundationStackProps } from './foundation';
import { MlStack, MlStackProps } from './ml';
import { ModelsStack, ModelsStackProps } from './models';
import { ServicesStack, ServicesStackProps } from './services';

type Own<Props> = Omit<Props, 'platform' | 'state'>;

export interface MlopsPlatformProps {
  readonly region: string;
  /** Default production. */
  readonly profile?: Profile;
  /** Where Terraform keeps what it knows. Default beside the program, which suits trying things out only. */
  readonly state?: State;
  /** The name under which it answers. Default none. */
  readonly domain?: Domain;
  /** Default none, and with none no GPU serving either. */
  readonly gpu?: readonly GpuPool[];
  /** Tags besides Plinth's own, such as the owner. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Each stack's own choices: what it brings along, exchanges or leaves out. */
  readonly foundation?: Omit<Own<FoundationStackProps>, 'domain'>;
  readonly cluster?: Omit<Own<ClusterStackProps>, 'gpu'>;
  readonly services?: Own<ServicesStackProps>;
  readonly ml?: Own<MlStackProps>;
  readonly models?: Own<ModelsStackProps>;
}

/**
 * The whole platform: five stacks, in the order in which Terraform can deploy them, with everything it is known for on
 * by default. `cdktf deploy '*'` makes them; a single stack can be deployed again by itself.
 */
export class MlopsPlatform extends Construct {
  readonly platform: Platform;
  readonly foundation: FoundationStack;
  readonly cluster: ClusterStack;
  readonly services: ServicesStack;
  readonly ml: MlStack;
  readonly models: ModelsStack;

  /** @throws PlinthError `name-too-long`, `invalid-name` for the id, which is the platform's name */
  constructor(app: App, id: string, props: MlopsPlatformProps) {
    super(app, id);
    const { region, profile, tags } = props;
    this.platform = new Platform({ name: id, region, profile, tags });
    const base = { platform: this.platform, state: props.state ?? State.local() };
    this.foundation = new FoundationStack(app, { ...props.foundation, ...base, domain: props.domain });
    const database = props.foundation?.database !== false;
    // Triton's AWS SDK knows roles by the cluster's OIDC provider only.
    const irsa = props.gpu?.some((pool) => pool.for === 'serving') ?? false;
    this.cluster = new ClusterStack(app, { database, irsa, ...props.cluster, ...base, gpu: props.gpu });
    this.services = new ServicesStack(app, { ...props.services, ...base });
    this.ml = new MlStack(app, { ...props.ml, ...base });
    this.models = new ModelsStack(app, { ...props.models, ...base });
    const stacks = [this.foundation, this.cluster, this.services, this.ml, this.models];
    stacks.slice(1).forEach((stack, index) => stack.addDependency(stacks[index] as PlinthStack));
    this.publish(props);
  }

  get lake(): ILake {
    return this.platform.lake;
  }
  get network(): INetwork {
    return this.platform.network;
  }
  /** @throws PlinthError `missing-part` where the foundation was made without one */
  get database(): IDatabase {
    return this.platform.database;
  }

  /** Each value is published by the stack that makes it, so that publishing adds no edge between stacks. */
  private publish(props: MlopsPlatformProps): void {
    const { name, lake, network, cluster, knownDomain } = this.platform;
    const put = (stack: PlinthStack, values: Partial<Record<ParameterName, string | undefined>>) => {
      const known = Object.entries(values).filter((entry): entry is [ParameterName, string] => entry[1] !== undefined);
      new PlatformParameters(stack, 'parameters', name, Object.fromEntries(known));
    };
    const zone = (bucket: IBucket) => bucket.bucketName;
    put(this.foundation, {
      'contract-version': contractVersion,
      'lake/raw': zone(lake.raw),
      'lake/curated': zone(lake.curated),
      'lake/features': zone(lake.features),
      'lake/models': zone(lake.models),
      'lake/payloads': zone(lake.payloads),
      'lake/key-arn': lake.models.keyArn,
      'network/vpc-id': network.vpcId,
      'network/cidr': network.cidr,
      ...(props.foundation?.runtimeImage !== false && { 'runtime-image': this.platform.runtimeImage }),
      ...(props.foundation?.database !== false && {
        'database/host': this.platform.database.host,
        'database/name': this.platform.database.databaseName,
        'database/secret-arn': this.platform.database.secret.secretArn,
      }),
      ...(knownDomain !== undefined && {
        'domain/zone-id': this.platform.domain.zoneId,
        'domain/certificate-arn': this.platform.domain.certificateArn,
      }),
    });
    put(this.cluster, { 'cluster/name': cluster.clusterName });
  }
}
