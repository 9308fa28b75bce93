import { EksPodIdentityAssociation } from '@cdktf/provider-aws/lib/eks-pod-identity-association';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { Construct } from 'constructs';
import type { Component } from './component';
import { encode } from './encode';
import { fail } from './findings';
import { IGrantable, IIdentity } from './grants';
import { IPlatform } from './platform';

/** The identity of a component whose pods act in AWS. @throws PlinthError `no-identity` for one whose pods do not */
export function identityOf(component: Component, identity: WorkloadIdentity | undefined): IIdentity {
  if (identity !== undefined) return identity;
  fail(component, {
    code: 'no-identity',
    what: `something was granted to ${component.system.name}`,
    why: 'its pods have no role in AWS',
    cure: 'grant to the component that needs it',
  });
}

export interface WorkloadIdentityProps {
  readonly platform: IPlatform;
  readonly namespace: string;
  /** The Kubernetes service account that acts under the role. */
  readonly serviceAccount: string;
  /**
   * `pod-identity` (default) lets the EKS Pod Identity agent hand out credentials; `irsa` trusts the cluster's OIDC
   * issuer, which is what Fargate and clusters without the agent need, and wants the annotation `irsaAnnotation` on
   * the service account.
   */
  readonly by?: 'pod-identity' | 'irsa';
}

/** An IAM role that the pods of one service account act under. It may do nothing until something is granted to it. */
export class WorkloadIdentity extends Construct implements IIdentity, IGrantable {
  readonly identity: IIdentity = this;
  readonly roleName: string;
  readonly roleArn: string;
  /** Annotations that the service account must carry; empty under Pod Identity. */
  readonly serviceAccountAnnotations: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: WorkloadIdentityProps) {
    super(scope, id);
    const { platform, namespace, serviceAccount } = props;
    const { cluster } = platform;
    const by = props.by ?? (cluster.podIdentity ? 'pod-identity' : 'irsa');
    const role = new IamRole(this, 'role', {
      name: platform.names.of([namespace, serviceAccount]),
      description: `Pods of ${namespace}/${serviceAccount}`,
      assumeRolePolicy: by === 'irsa' ? this.irsaTrust(props) : podIdentityTrust(cluster.clusterName),
    });
    if (by === 'pod-identity') {
      new EksPodIdentityAssociation(this, 'association', {
        clusterName: cluster.clusterName,
        namespace,
        serviceAccount,
        roleArn: role.arn,
      });
    }
    this.roleName = role.name;
    this.roleArn = role.arn;
    this.serviceAccountAnnotations = by === 'irsa' ? { 'eks.amazonaws.com/role-arn': role.arn } : {};
  }

  private irsaTrust({ platform, namespace, serviceAccount }: WorkloadIdentityProps): string {
    const { oidc } = platform.cluster;
    if (oidc === undefined) {
      fail(this, {
        code: 'no-oidc',
        what: 'it asks for a role by IRSA',
        why: 'the cluster was described without its OIDC provider',
        cure: "give the cluster's 'oidc', or leave 'by' out and use Pod Identity",
      });
    }
    return encode.json({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: oidc.providerArn },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              [`${oidc.issuer}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}`,
              [`${oidc.issuer}:aud`]: 'sts.amazonaws.com',
            },
          },
        },
      ],
    });
  }
}

/** The trust policy of a role that pods of a cluster act under: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html */
export function podIdentityTrust(clusterName: string): string {
  return encode.json({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'pods.eks.amazonaws.com' },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        // Only associations of this cluster: the agent puts its name into the session's tags.
        Condition: { StringEquals: { 'aws:RequestTag/eks-cluster-name': clusterName } },
      },
    ],
  });
}
