import { EksAccessEntry } from '@cdktf/provider-aws/lib/eks-access-entry';
import { EksAccessPolicyAssociation } from '@cdktf/provider-aws/lib/eks-access-policy-association';
import { Construct } from 'constructs';
import { Account } from '../core/account';

/** What somebody may do in the cluster (https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html). */
const policies = {
  admin: 'AmazonEKSClusterAdminPolicy',
  edit: 'AmazonEKSEditPolicy',
  view: 'AmazonEKSViewPolicy',
} as const;

export interface ClusterAccessProps {
  readonly clusterName: string;
  /** ARN of an IAM role or user. Of a role assumed by single sign-on, the role's own, with its path left out. */
  readonly principalArn: string;
  readonly as: keyof typeof policies;
  /** Only in these namespaces. Default everywhere. */
  readonly namespaces?: readonly string[];
}

/** Lets an IAM principal into the Kubernetes API, by an access entry: the `aws-auth` ConfigMap is not used. */
export class ClusterAccess extends Construct {
  constructor(scope: Construct, id: string, { clusterName, principalArn, as, namespaces }: ClusterAccessProps) {
    super(scope, id);
    const entry = new EksAccessEntry(this, 'entry', { clusterName, principalArn });
    new EksAccessPolicyAssociation(this, 'policy', {
      clusterName,
      principalArn: entry.principalArn,
      policyArn: `arn:${Account.of(this).partition}:eks::aws:cluster-access-policy/${policies[as]}`,
      accessScope: namespaces ? { type: 'namespace', namespaces: [...namespaces] } : { type: 'cluster' },
    });
  }
}
