import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { App } from 'cdktf';
import { EksCluster, EksClusterProps } from '../constructs/cluster/eks';
import { PlinthStack, PlinthStackProps } from '../constructs/core/stack';

export interface ClusterStackProps extends PlinthStackProps, Omit<EksClusterProps, 'platform' | 'network'> {
  /** Whether the platform has a database that the cluster's pods are let through to. Default true. */
  readonly database?: boolean;
}

/** The cluster, its nodes and add-ons. No provider here speaks to the Kubernetes API; the stacks above do. */
export class ClusterStack extends PlinthStack {
  readonly cluster: EksCluster;

  constructor(app: App, props: ClusterStackProps) {
    const { platform, state, database = true, ...cluster } = props;
    super(app, 'cluster', { platform, state });
    this.cluster = new EksCluster(this, 'cluster', { ...cluster, network: platform.network });
    platform.provide({ cluster: this.cluster });
    const group = database ? platform.database.securityGroupId : undefined;
    if (group === undefined) return;
    // Pods answer to their node's group, so this lets in what runs in the cluster, and nothing else of the VPC.
    new VpcSecurityGroupIngressRule(this, 'postgres', {
      securityGroupId: group,
      referencedSecurityGroupId: this.cluster.securityGroupId,
      description: `PostgreSQL from the cluster ${platform.name}`,
      ipProtocol: 'tcp',
      fromPort: platform.database.port,
      toPort: platform.database.port,
    });
  }
}
