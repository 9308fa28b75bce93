import { InterruptionQueue } from 'plinth/constructs/cluster/interruption-queue';
import { blocks, only } from '../../support/program';
import { synthesizeServices } from '../../support/services';

const stack = synthesizeServices((scope, platform) => void new InterruptionQueue(scope, 'interruptions', platform));

test('EventBridge may send for this account, and nobody without TLS', () => {
  const policy = String(only(stack, 'aws_sqs_queue_policy')['policy']);
  expect(policy).toContain('events.amazonaws.com');
  expect(policy).toContain('aws:SourceAccount');
  expect(policy).toContain('Deny');
  expect(policy).toContain('aws:SecureTransport');
});

test('five kinds of notices are led to it', () => {
  const patterns = blocks(stack, 'aws_cloudwatch_event_rule').map(([, rule]) => String(rule['event_pattern']));
  expect(patterns.filter((pattern) => pattern.includes('aws.ec2'))).toHaveLength(4);
  expect(patterns.filter((pattern) => pattern.includes('aws.health'))).toHaveLength(1);
  expect(blocks(stack, 'aws_cloudwatch_event_target')).toHaveLength(5);
});
