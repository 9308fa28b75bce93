import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import { Construct } from 'constructs';
import { Account } from '../core/account';
import { encode } from '../core/encode';
import { IPlatform } from '../core/platform';

/** What EC2 and AWS Health tell before a node is taken away: rule to where it comes from and what it is called. */
const notices = {
  'scheduled-change': { source: 'aws.health', detailType: 'AWS Health Event' },
  'spot-interruption': { source: 'aws.ec2', detailType: 'EC2 Spot Instance Interruption Warning' },
  rebalance: { source: 'aws.ec2', detailType: 'EC2 Instance Rebalance Recommendation' },
  'state-change': { source: 'aws.ec2', detailType: 'EC2 Instance State-change Notification' },
  'capacity-reservation': {
    source: 'aws.ec2',
    detailType: 'EC2 Capacity Reservation Instance Interruption Warning',
  },
} as const;

/** Notices of nodes that are about to go, so that their pods are moved while there is time (two minutes for spot). */
export class InterruptionQueue extends Construct {
  readonly queueName: string;
  readonly queueArn: string;

  constructor(scope: Construct, id: string, platform: IPlatform) {
    super(scope, id);
    const queue = new SqsQueue(this, 'queue', {
      name: platform.names.of(['interruptions'], 80),
      // A notice that is five minutes old is about a node that is gone.
      messageRetentionSeconds: 300,
      sqsManagedSseEnabled: true,
    });
    const policy = new SqsQueuePolicy(this, 'policy', {
      queueUrl: queue.url,
      policy: encode.json({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: queue.arn,
            Condition: { StringEquals: { 'aws:SourceAccount': Account.of(this).id } },
          },
          {
            Sid: 'OnlyTls',
            Effect: 'Deny',
            Principal: '*',
            Action: 'sqs:*',
            Resource: queue.arn,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      }),
    });
    for (const [name, { source, detailType }] of Object.entries(notices)) {
      const rule = new CloudwatchEventRule(this, name, {
        name: platform.names.of([name]),
        description: `${detailType}, for Karpenter of ${platform.name}`,
        eventPattern: encode.json({ source: [source], 'detail-type': [detailType] }),
      });
      new CloudwatchEventTarget(this, `${name}-target`, { rule: rule.name, arn: queue.arn, dependsOn: [policy] });
    }
    this.queueName = queue.name;
    this.queueArn = queue.arn;
  }
}
