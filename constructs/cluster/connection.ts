import { DataAwsEksCluster } from '@cdktf/provider-aws/lib/data-aws-eks-cluster';
import { HelmProvider } from '@cdktf/provider-helm/lib/provider';
import { KubernetesProvider } from '@cdktf/provider-kubernetes/lib/provider';
import { Fn, TerraformStack } from 'cdktf';
import { ICluster } from '../core/resources';

/** The providers by which a stack above the cluster reaches it. They are the stack's defaults: nobody needs to name them. */
export interface ClusterConnection {
  readonly kubernetes: KubernetesProvider;
  readonly helm: HelmProvider;
}

/**
 * Lets a stack reach a cluster that an earlier stack made. The address is looked up when Terraform plans, and the token
 * comes from `aws eks get-token` whenever one is needed: one from a data source would expire after 15 minutes, in the
 * middle of a long apply. So the AWS CLI must be on the PATH, and the endpoint in reach, wherever Terraform runs.
 */
export function connectCluster(
  stack: TerraformStack,
  cluster: Pick<ICluster, 'clusterName' | 'region'>,
): ClusterConnection {
  const { clusterName, region } = cluster;
  const found = new DataAwsEksCluster(stack, 'cluster', { name: clusterName, region });
  const address = {
    host: found.endpoint,
    clusterCaCertificate: Fn.base64decode(found.certificateAuthority.get(0).data),
  };
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    command: 'aws',
    args: ['eks', 'get-token', '--cluster-name', clusterName, '--region', region, '--output', 'json'],
  };
  return {
    kubernetes: new KubernetesProvider(stack, 'kubernetes', { ...address, exec: [exec] }),
    helm: new HelmProvider(stack, 'helm', { kubernetes: { ...address, exec } }),
  };
}
