import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { DbInstance, DbInstanceConfig } from '@cdktf/provider-aws/lib/db-instance';
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group';
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Account } from '../core/account';
import { Component, ComponentProps } from '../core/component';
import { IGrantable } from '../core/grants';
import { IDatabase, IEncrypted, INetwork, ISecret } from '../core/resources';
import { defineSystem } from '../core/system';
import { Secret, SecretAttributes } from './secret';

export interface PostgresAttributes {
  readonly host: string;
  /** Default 5432. */
  readonly port?: number;
  /** Default `plinth`. */
  readonly databaseName?: string;
  /** Holds `username` and `password` of a user who may create databases. */
  readonly secret: SecretAttributes;
  readonly cidrs: readonly string[];
  readonly securityGroupId?: string;
}

export interface PostgresProps extends ComponentProps {
  readonly network: INetwork;
  /** The key of the volume, its backups, the password and the logs. */
  readonly key: IEncrypted;
  /** Major version. Minor ones follow by themselves in the maintenance window. Default 17. */
  readonly version?: string;
  /** Default `db.m7g.large` in production, otherwise `db.t4g.medium`. */
  readonly instanceClass?: string;
  /** GiB at the start. Default 50. */
  readonly storage?: number;
  /** GiB up to which it grows by itself. Default ten times `storage`. */
  readonly maxStorage?: number;
  readonly transform?: { readonly instance?: (config: DbInstanceConfig) => DbInstanceConfig };
}

/**
 * PostgreSQL on Amazon RDS, for what the platform's systems must remember. AWS makes and rotates the master password and keeps it in
 * Secrets Manager. TLS is forced. Nobody reaches the port until the cluster's stack admits the cluster's security group.
 */
export class Postgres extends Component implements IDatabase {
  static override readonly system = defineSystem({
    name: 'Amazon RDS for PostgreSQL',
    categories: ['databases'],
    licence: 'PostgreSQL',
    endpoints: { sql: { protocol: 'tcp', port: 5432 } },
  });

  /** A PostgreSQL server that exists already. */
  static fromAttributes(scope: Construct, id: string, attributes: PostgresAttributes): IDatabase {
    const { host, port = 5432, databaseName = 'plinth', cidrs, securityGroupId } = attributes;
    const secret = Secret.fromAttributes(scope, id, attributes.secret);
    return {
      ...{ host, port, databaseName, cidrs, securityGroupId, secret },
      grantConnect: (to: IGrantable) => secret.grantRead(to),
    };
  }

  readonly form = 'aws';
  readonly host: string;
  readonly port = 5432;
  readonly databaseName = 'plinth';
  readonly secret: ISecret;
  readonly cidrs: readonly string[];
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: PostgresProps) {
    super(scope, id, props);
    const { profile, names } = this.platform;
    const { network, key, version = '17', storage = 50 } = props;
    const identifier = names.of([id], 63);
    const group = new SecurityGroup(this, 'security-group', {
      name: names.of([id], 255),
      description: `PostgreSQL ${identifier}`,
      vpcId: network.vpcId,
      tags: { Name: identifier },
      lifecycle: { createBeforeDestroy: true },
    });
    const subnets = new DbSubnetGroup(this, 'subnets', { name: identifier, subnetIds: [...network.privateSubnetIds] });
    const monitoring = this.monitoring();
    const config: DbInstanceConfig = {
      identifier,
      engine: 'postgres',
      engineVersion: version,
      autoMinorVersionUpgrade: true,
      instanceClass: props.instanceClass ?? (profile.kind === 'production' ? 'db.m7g.large' : 'db.t4g.medium'),
      dbName: this.databaseName,
      port: this.port,
      username: 'plinth',
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: key.keyArn,
      iamDatabaseAuthenticationEnabled: true,
      storageType: 'gp3',
      allocatedStorage: storage,
      maxAllocatedStorage: props.maxStorage ?? storage * 10,
      storageEncrypted: true,
      kmsKeyId: key.keyArn,
      multiAz: profile.multiZone,
      dbSubnetGroupName: subnets.name,
      vpcSecurityGroupIds: [group.id],
      publiclyAccessible: false,
      // Valid until 2061, and renewed on the server without a restart.
      caCertIdentifier: 'rds-ca-rsa2048-g1',
      parameterGroupName: this.parameters(version).name,
      backupRetentionPeriod: profile.backupRetentionDays,
      copyTagsToSnapshot: true,
      deletionProtection: profile.deletionProtection,
      skipFinalSnapshot: profile.forceDestroy,
      finalSnapshotIdentifier: profile.forceDestroy ? undefined : `${identifier}-final`,
      deleteAutomatedBackups: profile.forceDestroy,
      // Changes that restart it wait for the maintenance window where somebody would notice.
      applyImmediately: !profile.deletionProtection,
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: key.keyArn,
      // Days; what is free of charge.
      performanceInsightsRetentionPeriod: 7,
      monitoringInterval: 60,
      monitoringRoleArn: monitoring.role.arn,
      enabledCloudwatchLogsExports: ['postgresql', 'upgrade'],
      dependsOn: [...this.logGroups(identifier, key.keyArn), monitoring.policy],
    };
    const instance = new DbInstance(this, 'instance', props.transform?.instance?.(config) ?? config);
    this.host = instance.address;
    this.cidrs = [network.cidr];
    this.securityGroupId = group.id;
    this.secret = Secret.fromAttributes(this, 'master', {
      secretArn: instance.masterUserSecret.get(0).secretArn,
      keyArn: key.keyArn,
    });
  }

  grantConnect(to: IGrantable): void {
    this.secret.grantRead(to);
  }

  protected hostOf(): string {
    return this.host;
  }

  private parameters(version: string): DbParameterGroup {
    const family = `postgres${version.split('.')[0]}`;
    return new DbParameterGroup(this, 'parameters', {
      // With the family in the name, so that the next major version finds its group beside the old one.
      name: this.platform.names.of([this.node.id, family], 255),
      family,
      description: `TLS forced, slow statements logged (${family})`,
      parameter: [
        { name: 'rds.force_ssl', value: '1' },
        { name: 'log_connections', value: '1' },
        { name: 'log_disconnections', value: '1' },
        { name: 'log_statement', value: 'ddl' },
        // Milliseconds.
        { name: 'log_min_duration_statement', value: '1000' },
      ],
      lifecycle: { createBeforeDestroy: true },
    });
  }

  /** Made before RDS makes them itself, without encryption by our key and kept for ever. */
  private logGroups(identifier: string, keyArn: string | undefined): ITerraformDependable[] {
    return ['postgresql', 'upgrade'].map(
      (log) =>
        new CloudwatchLogGroup(this, `log-${log}`, {
          name: `/aws/rds/instance/${identifier}/${log}`,
          retentionInDays: this.platform.profile.logRetentionDays,
          kmsKeyId: keyArn,
        }),
    );
  }

  /** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html */
  private monitoring() {
    const account = Account.of(this);
    const role = new IamRole(this, 'monitoring-role', {
      name: this.platform.names.of([this.node.id, 'monitoring']),
      description: 'RDS writes what its operating system does to CloudWatch Logs',
      assumeRolePolicy: account.trust('monitoring.rds.amazonaws.com'),
    });
    const policy = new IamRolePolicyAttachment(this, 'monitoring-policy', {
      role: role.name,
      policyArn: account.managedPolicy('service-role/AmazonRDSEnhancedMonitoringRole'),
    });
    return { role, policy };
  }
}
