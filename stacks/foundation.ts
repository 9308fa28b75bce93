import { App } from 'cdktf';
import { Construct } from 'constructs';
import { IDatabase, ILake, INetwork } from '../constructs/core/resources';
import { PlinthStack, PlinthStackProps } from '../constructs/core/stack';
import { Domain } from '../constructs/ingress/domain';
import { Network } from '../constructs/network/network';
import { RuntimeImage } from '../constructs/serving/runtime-image';
import { Key } from '../constructs/security/key';
import { DataLake } from '../constructs/storage/data-lake';
import { ImageRegistry } from '../constructs/storage/image-registry';
import { Postgres } from '../constructs/storage/postgres';

/** What the foundation's parts are made from. */
export interface FoundationContext {
  readonly stack: FoundationStack;
  readonly key: Key;
}

export interface FoundationStackProps extends PlinthStackProps {
  /** Default a new VPC. */
  readonly network?: (context: FoundationContext) => INetwork;
  /** Default a new lake with a bucket for each zone. */
  readonly lake?: (context: FoundationContext) => ILake;
  /** Default PostgreSQL on RDS. `false` for none: what needs one then asks for it. */
  readonly database?: ((context: FoundationContext & { readonly network: INetwork }) => IDatabase) | false;
  /** Default a repository for the runtime's image. `false` for none. */
  readonly images?: ((context: FoundationContext) => ImageRegistry) | false;
  /** The image of the runtime's pods. Default one that is built from source, where there are `images`. `false` for none. */
  readonly runtimeImage?: RuntimeImage | false;
  /** Default none: what is exposed then has no name of its own. */
  readonly domain?: Domain;
}

/** What outlives clusters: network, keys, data, images, and the name under which the platform answers. */
export class FoundationStack extends PlinthStack {
  /** Of data at rest, and of the logs beside it. */
  readonly key: Key;
  readonly network: INetwork;
  readonly lake: ILake;
  readonly database?: IDatabase;
  readonly images?: ImageRegistry;

  constructor(app: App, props: FoundationStackProps) {
    super(app, 'foundation', props);
    const { platform } = props;
    this.key = new Key(this, 'data', { description: `Data of the platform ${platform.name}`, logs: true });
    const context: FoundationContext = { stack: this, key: this.key };
    this.network = props.network?.(context) ?? new Network(this, 'network', { logKeyArn: this.key.keyArn });
    platform.provide({ network: this.network });
    this.lake = props.lake?.(context) ?? new DataLake(this, 'lake', { key: this.key });
    platform.provide({ lake: this.lake });
    if (props.database !== false) {
      const { network } = this;
      this.database =
        props.database?.({ ...context, network }) ?? new Postgres(this, 'postgres', { network, key: this.key });
      platform.provide({ database: this.database });
    }
    if (props.images !== false) {
      this.images = props.images?.(context) ?? new ImageRegistry(this, 'images', { key: this.key });
    }
    const runtimeImage = props.runtimeImage ?? (this.images && RuntimeImage.built());
    if (runtimeImage) {
      const repository = runtimeImage.needsRepository ? this.images?.repository('runtime') : undefined;
      const build = repository && { repository, key: this.key };
      platform.provide({ runtimeImage: runtimeImage.build(this, build) });
    }
    if (props.domain !== undefined) {
      platform.provide({ domain: props.domain.build(new Construct(this, 'domain')) });
    }
  }
}
