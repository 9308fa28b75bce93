import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { encode } from './encode';

/** The AWS account that Terraform works in, known when it plans. One per stack. */
export class Account extends Construct {
  static of(scope: Construct): Account {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild('account') as Account | undefined) ?? new Account(stack);
  }

  /** Twelve digits. */
  readonly id: string;
  /** `aws`, `aws-cn`, `aws-us-gov`: the second part of every ARN. */
  readonly partition: string;

  private constructor(stack: TerraformStack) {
    super(stack, 'account');
    this.id = new DataAwsCallerIdentity(this, 'identity').accountId;
    this.partition = new DataAwsPartition(this, 'partition').partition;
  }

  /** ARN of a policy that AWS keeps, such as `AmazonEKSClusterPolicy` or `service-role/AmazonEBSCSIDriverPolicy`. */
  managedPolicy(name: string): string {
    return `arn:${this.partition}:iam::aws:policy/${name}`;
  }

  /**
   * A trust policy by which an AWS service may act under a role.
   * @param ours whether only on behalf of this account: every service says for whom it asks, except EC2 for an instance
   */
  trust(service: string, ours = true): string {
    return encode.json({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: service },
          Action: 'sts:AssumeRole',
          Condition: ours ? { StringEquals: { 'aws:SourceAccount': this.id } } : undefined,
        },
      ],
    });
  }
}
