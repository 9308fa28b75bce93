import { S3Bucket, S3BucketConfig } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { Construct } from 'constructs';
import { Account } from '../core/account';
import { Encodable, encode } from '../core/encode';
import { fail } from '../core/findings';
import { IGrantable } from '../core/grants';
import { IPlatform, Platform } from '../core/platform';
import { IBucket } from '../core/resources';
import { bucketUrl, grantBucket } from './bucket-grants';

export interface BucketAttributes {
  readonly bucketName: string;
  /** Default that of a bucket of this name in the account's partition. */
  readonly bucketArn?: string;
  /** ARN of the KMS key, where objects are encrypted with one of the customer's. */
  readonly keyArn?: string;
}

export interface BucketProps {
  readonly platform?: IPlatform;
  /** Between the platform and the account in the bucket's name. Default the construct's id. */
  readonly name?: string;
  /** ARN of the KMS key. Without it S3 encrypts with keys of its own. */
  readonly keyArn?: string;
  /** Days after which an object is deleted. Default never. */
  readonly expireDays?: number;
  /** Days after which an object moves to Intelligent-Tiering, which puts what nobody reads into cheaper storage. Default never. */
  readonly tierDays?: number;
  /** Days that an overwritten or deleted object can still be had back. Default 90, 30 or 1 by profile. */
  readonly oldVersionDays?: number;
  /** Where S3 writes down who asked for what. Default nowhere. */
  readonly accessLogs?: IBucket;
  /** Whether the bucket is destroyed with what it holds. Default by profile, and never true in production. */
  readonly forceDestroy?: boolean;
  /** Statements besides those that deny what is not encrypted on its way. */
  readonly policy?: (bucketArn: string) => readonly Encodable[];
  readonly transform?: { readonly bucket?: (config: S3BucketConfig) => S3BucketConfig };
}

/**
 * A bucket for TLS only, with versions, without public access and without ACLs. Its name is `<platform>-<name>-<account>`.
 * It is not replicated to another region, which would double what it costs: whoever cannot lose a region adds a replication
 * configuration on `bucketName`. It notifies nobody of new objects: what reacts to them asks for that itself.
 * @throws PlinthError `ephemeral-in-production` for `forceDestroy` under a production profile
 */
export class Bucket extends Construct implements IBucket {
  /** A bucket that exists already. Grants on it belong to `scope`'s stack, or to a later one of the grantee. */
  static fromAttributes(scope: Construct, id: string, attributes: BucketAttributes): IBucket {
    return new GivenBucket(scope, id, attributes);
  }

  readonly bucketName: string;
  readonly bucketArn: string;
  readonly keyArn?: string;

  constructor(scope: Construct, id: string, props: BucketProps = {}) {
    super(scope, id);
    const platform = props.platform ?? Platform.of(this);
    const { profile } = platform;
    const forceDestroy = props.forceDestroy ?? profile.forceDestroy;
    if (forceDestroy && profile.deletionProtection) {
      fail(this, {
        code: 'ephemeral-in-production',
        what: `the bucket may be destroyed with what it holds, and '${platform.name}' is a production platform`,
        why: 'one `destroy` would delete data that nobody can bring back',
        cure: "leave 'forceDestroy' out, or give the platform Profile.staging() or Profile.ephemeral({ ttl })",
      });
    }
    // S3 allows 63 characters: the account takes 12 and a hyphen.
    const name = `${platform.names.of([props.name ?? id], 50)}-${Account.of(this).id}`;
    const config: S3BucketConfig = { bucket: name, forceDestroy };
    const bucket = new S3Bucket(this, 'bucket', props.transform?.bucket?.(config) ?? config);
    this.bucketName = bucket.bucket;
    this.bucketArn = bucket.arn;
    this.keyArn = props.keyArn;
    this.protect(bucket, props);
    this.age(bucket, props, props.oldVersionDays ?? { production: 90, staging: 30, ephemeral: 1 }[profile.kind]);
  }

  url(prefix?: string): string {
    return bucketUrl(this, prefix);
  }
  grantRead(to: IGrantable, prefix?: string): void {
    grantBucket(to, this, this, 'read', prefix);
  }
  grantWrite(to: IGrantable, prefix?: string): void {
    grantBucket(to, this, this, 'put', prefix);
  }
  grantReadWrite(to: IGrantable, prefix?: string): void {
    grantBucket(to, this, this, 'write', prefix);
  }

  private protect(bucket: S3Bucket, { keyArn, accessLogs, policy }: BucketProps): void {
    const at = { bucket: bucket.bucket };
    const access = new S3BucketPublicAccessBlock(this, 'public-access', {
      ...at,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, 'ownership', { ...at, rule: { objectOwnership: 'BucketOwnerEnforced' } });
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      ...at,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: keyArn ? 'aws:kms' : 'AES256', kmsMasterKeyId: keyArn },
          // One data key for many objects: without it every read is a call to KMS, and costs as one.
          bucketKeyEnabled: keyArn !== undefined,
        },
      ],
    });
    new S3BucketPolicy(this, 'policy', {
      ...at,
      policy: encode.json({
        Version: '2012-10-17',
        Statement: [...transportOnly(this.bucketArn), ...(policy?.(this.bucketArn) ?? [])],
      }),
      // S3 refuses two changes of one bucket's access at the same moment.
      dependsOn: [access],
    });
    if (accessLogs === undefined) return;
    new S3BucketLoggingA(this, 'access-logs', {
      ...at,
      targetBucket: accessLogs.bucketName,
      targetPrefix: `${this.node.id}/`,
    });
  }

  private age(bucket: S3Bucket, { expireDays, tierDays }: BucketProps, oldVersionDays: number): void {
    const versioning = new S3BucketVersioningA(this, 'versioning', {
      bucket: bucket.bucket,
      versioningConfiguration: { status: 'Enabled' },
    });
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: bucket.bucket,
      rule: [
        {
          id: 'leftovers',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
          noncurrentVersionExpiration: [{ noncurrentDays: oldVersionDays }],
          // Delete markers behind which nothing is left; S3 does not take this beside an expiration in days.
          ...(expireDays === undefined && { expiration: [{ expiredObjectDeleteMarker: true }] }),
        },
        ...(expireDays === undefined
          ? []
          : [{ id: 'expire', status: 'Enabled', filter: [{ prefix: '' }], expiration: [{ days: expireDays }] }]),
        ...(tierDays === undefined
          ? []
          : [
              {
                id: 'tier',
                status: 'Enabled',
                filter: [{ prefix: '' }],
                transition: [{ days: tierDays, storageClass: 'INTELLIGENT_TIERING' }],
              },
            ]),
      ],
      // Rules about old versions mean something only when there are versions.
      dependsOn: [versioning],
    });
  }
}

function transportOnly(bucketArn: string): Encodable[] {
  const everything = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [bucketArn, `${bucketArn}/*`] };
  return [
    { Sid: 'TlsOnly', ...everything, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    { Sid: 'Tls12', ...everything, Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } },
  ];
}

class GivenBucket extends Construct implements IBucket {
  readonly bucketName: string;
  readonly bucketArn: string;
  readonly keyArn?: string;

  constructor(scope: Construct, id: string, attributes: BucketAttributes) {
    super(scope, id);
    this.bucketName = attributes.bucketName;
    this.bucketArn = attributes.bucketArn ?? `arn:${Account.of(this).partition}:s3:::${attributes.bucketName}`;
    this.keyArn = attributes.keyArn;
  }
  url(prefix?: string): string {
    return bucketUrl(this, prefix);
  }
  grantRead(to: IGrantable, prefix?: string): void {
    grantBucket(to, this, this, 'read', prefix);
  }
  grantWrite(to: IGrantable, prefix?: string): void {
    grantBucket(to, this, this, 'put', prefix);
  }
  grantReadWrite(to: IGrantable, prefix?: string): void {
    grantBucket(to, this, this, 'write', prefix);
  }
}
