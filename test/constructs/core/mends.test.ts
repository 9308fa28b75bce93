import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { mend } from 'plinth/constructs/core/mends';
import { at, blocks, synthesize, synthesizeStack } from '../../support/program';

function group(scope: Construct, id: string, queues: readonly string[]): Construct {
  const whole = new Construct(scope, id);
  for (const queue of queues) new SqsQueue(whole, queue, {});
  return whole;
}

test('addDependency becomes one barrier, and an edge from each dependent resource to it', () => {
  const stack = synthesizeStack((scope) => {
    mend(scope);
    const first = group(scope, 'first', ['a', 'b']);
    const second = group(scope, 'second', ['c', 'd']);
    new DataAwsCallerIdentity(second, 'data', {});
    second.node.addDependency(first);
  });
  const barriers = blocks(stack, 'terraform_data');
  expect(barriers).toHaveLength(1);
  const [name, barrier] = barriers[0] as (typeof barriers)[number];
  expect(barrier.depends_on).toHaveLength(2);
  for (const queue of ['c', 'd']) {
    expect(at(stack, 'aws_sqs_queue', `second/${queue}`).depends_on).toEqual([`terraform_data.${name}`]);
  }
  expect(at(stack, 'aws_sqs_queue', 'first/a').depends_on).toBeUndefined();
  // A data source with depends_on is read only when applying, which makes what is configured from it unknown.
  expect(Object.values(stack.data?.aws_caller_identity ?? {})[0]?.depends_on).toBeUndefined();
});

test('a single resource is its own barrier', () => {
  const stack = synthesizeStack((scope) => {
    mend(scope);
    const one = new SqsQueue(scope, 'one', {});
    new SqsQueue(scope, 'two', {}).node.addDependency(one);
  });
  expect(blocks(stack, 'terraform_data')).toHaveLength(0);
  expect(at(stack, 'aws_sqs_queue', 'two').depends_on).toEqual(['aws_sqs_queue.one']);
});

test('a dependency on another stack orders the stacks', () => {
  synthesize((app) => {
    const [a, b] = ['a', 'b'].map((id) => {
      const stack = new TerraformStack(app, id);
      new AwsProvider(stack, 'aws', {});
      mend(stack);
      return stack;
    }) as [TerraformStack, TerraformStack];
    const there = new SqsQueue(a, 'there', {});
    new SqsQueue(b, 'here', {}).node.addDependency(there);
    b.prepareStack();
    expect(b.dependsOn(a)).toBe(true);
  });
});

test('a provider that stands twice without an alias is refused, naming both places', () => {
  expect(() =>
    synthesizeStack((stack) => {
      mend(stack);
      new AwsProvider(stack, 'again', {});
    }),
  ).toThrow(
    "the provider 'aws' stands twice without an alias, at prod-test/aws and prod-test/again, because Terraform would refuse the second configuration, and only when it plans; give one of them an 'alias', or use the first for both.",
  );
});

test('a second provider with an alias is fine', () => {
  synthesizeStack((stack) => {
    mend(stack);
    new AwsProvider(stack, 'again', { alias: 'us', region: 'us-east-1' });
  });
});

test('two stacks of one name are refused, whatever stands around them', () => {
  expect(() =>
    synthesize((app) => {
      for (const outer of ['one', 'two']) {
        const stack = new TerraformStack(new Construct(app, outer), 'prod-foundation');
        new AwsProvider(stack, 'aws', {});
        mend(stack);
      }
    }),
  ).toThrow(
    /two stacks are called 'prod-foundation', here and at two\/prod-foundation, because a stack writes to a folder/,
  );
});
