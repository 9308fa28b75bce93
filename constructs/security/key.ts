import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey, KmsKeyConfig } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { Account } from '../core/account';
import { Encodable, encode } from '../core/encode';
import { IPlatform, Platform } from '../core/platform';
import { IEncrypted } from '../core/resources';

export interface KeyProps {
  readonly platform?: IPlatform;
  readonly description: string;
  /**
   * Whether log groups of CloudWatch may be encrypted with it. Of what Plinth uses, CloudWatch Logs alone asks in its own
   * name; RDS, ECR, EKS, S3 and Secrets Manager act in the name of whoever calls them. Default false.
   */
  readonly logs?: boolean;
  /** Other service principals that use it in their own name for this account, such as `events.amazonaws.com`. */
  readonly services?: readonly string[];
  readonly transform?: { readonly key?: (config: KmsKeyConfig) => KmsKeyConfig };
}

const use = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];

/**
 * A KMS key that turns once a year. Its policy leaves permissions to IAM, so that a grant in another stack or repository
 * never touches the key's own; besides that it names the services that act in their own name.
 */
export class Key extends Construct implements IEncrypted {
  readonly keyArn: string;
  readonly keyId: string;
  /** `alias/` and the construct's path, which no other key has. */
  readonly alias: string;

  constructor(scope: Construct, id: string, props: KeyProps) {
    super(scope, id);
    const platform = props.platform ?? Platform.of(this);
    const config: KmsKeyConfig = {
      description: props.description,
      enableKeyRotation: true,
      deletionWindowInDays: platform.profile.keyDeletionDays,
      policy: encode.json({ Version: '2012-10-17', Statement: this.statements(props, platform.region) }),
    };
    const key = new KmsKey(this, 'key', props.transform?.key?.(config) ?? config);
    this.keyArn = key.arn;
    this.keyId = key.keyId;
    this.alias = `alias/${this.node.path.replace(/[^\w/-]+/g, '-')}`;
    new KmsAlias(this, 'alias', { name: this.alias, targetKeyId: key.keyId });
  }

  private statements({ logs, services }: KeyProps, region: string): Encodable[] {
    const account = Account.of(this);
    const statements: Encodable[] = [
      // In a key's policy `*` means this key. Without this statement nobody could ever change the policy again:
      // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
      {
        Sid: 'LeaveToIam',
        Effect: 'Allow',
        Principal: { AWS: `arn:${account.partition}:iam::${account.id}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ];
    if (logs) {
      statements.push({
        Sid: 'CloudWatchLogs',
        Effect: 'Allow',
        Principal: { Service: `logs.${region}.amazonaws.com` },
        Action: use,
        Resource: '*',
        // CloudWatch Logs tells the group instead of a source account:
        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        Condition: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:${account.partition}:logs:${region}:${account.id}:log-group:*`,
          },
        },
      });
    }
    if (services !== undefined && services.length > 0) {
      statements.push({
        Sid: 'Services',
        Effect: 'Allow',
        Principal: { Service: [...services] },
        Action: use,
        Resource: '*',
        Condition: { StringEquals: { 'aws:SourceAccount': account.id } },
      });
    }
    return statements;
  }
}
