import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { Construct } from 'constructs';
import { Account } from '../core/account';
import { grant, IGrantable, IIdentity } from '../core/grants';
import { IPlatform } from '../core/platform';

export interface FlowLogsProps {
  readonly platform: IPlatform;
  readonly vpcId: string;
  /** ARN of a KMS key that CloudWatch Logs may use. By default CloudWatch encrypts with its own. */
  readonly keyArn?: string;
}

/** Who talked to whom in a VPC, kept as long as the profile keeps logs. */
export class FlowLogs extends Construct implements IIdentity, IGrantable {
  readonly identity: IIdentity = this;
  readonly roleName: string;
  readonly roleArn: string;

  constructor(scope: Construct, id: string, { platform, vpcId, keyArn }: FlowLogsProps) {
    super(scope, id);
    const group = new CloudwatchLogGroup(this, 'group', {
      name: `/plinth/${platform.name}/vpc-flow`,
      retentionInDays: platform.profile.logRetentionDays,
      kmsKeyId: keyArn,
    });
    const role = new IamRole(this, 'role', {
      name: platform.names.of(['vpc-flow']),
      description: 'VPC flow logs write to their log group',
      assumeRolePolicy: Account.of(this).trust('vpc-flow-logs.amazonaws.com'),
    });
    this.roleName = role.name;
    this.roleArn = role.arn;
    // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html, narrowed to the one group
    grant(this, this, 'write', [
      {
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams'],
        resources: [group.arn, `${group.arn}:*`],
      },
    ]);
    new FlowLog(this, 'log', {
      vpcId,
      trafficType: 'ALL',
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
      tags: { Name: platform.names.of(['vpc']) },
    });
  }
}
