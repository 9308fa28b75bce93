import { Construct } from 'constructs';
import { Account } from '../core/account';
import { Component, ComponentProps } from '../core/component';
import { Encodable } from '../core/encode';
import { IBucket, IEncrypted, ILake, LakeZone, lakeZones } from '../core/resources';
import { defineSystem } from '../core/system';
import { Bucket, BucketAttributes, BucketProps } from './bucket';

export interface DataLakeProps extends ComponentProps {
  /** The key of every zone. */
  readonly key: IEncrypted;
  /** Changes the bucket of a zone. */
  readonly zones?: Partial<
    Readonly<Record<LakeZone, Omit<BucketProps, 'platform' | 'name' | 'keyArn' | 'accessLogs'>>>
  >;
}

/**
 * The data lake: a bucket for each zone, `<platform>-lake-<zone>-<account>`, and one in which S3 writes down who asked for what.
 * Payloads are kept as long as logs are; the other zones keep what they are given.
 */
export class DataLake extends Component implements ILake {
  static override readonly system = defineSystem({
    name: 'Amazon S3',
    categories: ['data lake'],
    licence: 'proprietary',
    endpoints: { api: { protocol: 'https', port: 443 } },
  });

  /** Buckets that exist already, one for each zone; the same bucket may serve several. */
  static fromAttributes(scope: Construct, id: string, zones: Readonly<Record<LakeZone, BucketAttributes>>): ILake {
    const lake = new Construct(scope, id);
    const made = lakeZones.map((zone) => [zone, Bucket.fromAttributes(lake, zone, zones[zone])] as const);
    return Object.fromEntries(made) as Record<LakeZone, IBucket>;
  }

  readonly form = 'aws';
  readonly raw: IBucket;
  readonly curated: IBucket;
  readonly features: IBucket;
  readonly models: IBucket;
  readonly payloads: IBucket;

  constructor(scope: Construct, id: string, props: DataLakeProps) {
    super(scope, id, props);
    const { profile } = this.platform;
    const accessLogs = this.accessLogs(profile.logRetentionDays);
    const zone = (name: LakeZone, defaults: BucketProps = {}): Bucket => {
      const bucket = new Bucket(this, name, {
        ...defaults,
        ...props.zones?.[name],
        platform: this.platform,
        name: `lake-${name}`,
        keyArn: props.key.keyArn,
        accessLogs,
      });
      // S3 must be allowed to deliver before it is told to.
      bucket.node.addDependency(accessLogs);
      return bucket;
    };
    this.raw = zone('raw', { tierDays: 30 });
    this.curated = zone('curated', { tierDays: 30 });
    this.features = zone('features');
    this.models = zone('models');
    this.payloads = zone('payloads', { expireDays: profile.logRetentionDays });
  }

  protected hostOf(): string {
    return `s3.${this.platform.region}.amazonaws.com`;
  }

  private accessLogs(expireDays: number): Bucket {
    const account = Account.of(this);
    return new Bucket(this, 'access', {
      platform: this.platform,
      name: 'lake-access',
      expireDays,
      // S3 delivers access logs only to buckets that it encrypts with its own keys, so there is no `keyArn` here; and it keeps no
      // log of its own, which would grow by logging itself: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
      policy: (bucketArn): Encodable[] => [
        {
          Sid: 'AccessLogs',
          Effect: 'Allow',
          Principal: { Service: 'logging.s3.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: `${bucketArn}/*`,
          Condition: {
            StringEquals: { 'aws:SourceAccount': account.id },
            ArnLike: { 'aws:SourceArn': `arn:${account.partition}:s3:::${this.platform.names.of(['lake'])}-*` },
          },
        },
      ],
    });
  }
}
