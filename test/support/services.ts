import { TerraformStack } from 'cdktf';
import { ICluster } from 'plinth/constructs/core/resources';
import { Platform, PlatformAttributes } from 'plinth/constructs/core/platform';
import { Block, blocks, givenCluster, StackJson, synthesizeStack } from './program';

/** A cluster as the cluster stack makes it: with a role of its nodes, and a GPU pool for serving. */
export const wholeCluster: ICluster = {
  ...givenCluster,
  securityGroupId: 'sg-1',
  nodeRole: { name: 'prod-nodes', arn: 'arn:aws:iam::123456789012:role/prod-nodes' },
};

const elsewhere = (system: string, namespace?: string) => ({ system, endpoints: {}, namespace });

/** What controllers find on their platform: a network, a cluster, and each other. */
export function synthesizeServices(
  build: (stack: TerraformStack, platform: Platform) => void,
  attributes: Partial<PlatformAttributes> = {},
): StackJson {
  return synthesizeStack(build, {
    cluster: wholeCluster,
    network: { vpcId: 'vpc-1', cidr: '10.0.0.0/16', privateSubnetIds: ['subnet-a', 'subnet-b'], publicSubnetIds: [] },
    provides: {
      certificates: elsewhere('cert-manager'),
      'external-secrets': elsewhere('External Secrets'),
      'load-balancers': elsewhere('AWS Load Balancer Controller'),
      'metrics-definitions': elsewhere('Prometheus operator definitions'),
    },
    ...attributes,
  });
}

/** The ingress rules of the network policy of that name. */
export function ingressOf(stack: StackJson, name: string): unknown {
  const found = blocks(stack, 'kubernetes_network_policy_v1').find(
    ([, block]) => (block['metadata'] as { name: string }).name === name,
  );
  return ((found?.[1] as Block)['spec'] as { ingress?: unknown }).ingress;
}
