import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import { IPlatform } from '../core/platform';
import { INetwork } from '../core/resources';

/**
 * What a cluster of Plinth calls in AWS, again and again: images, tokens, logs, secrets, keys, and what the controllers
 * in it steer (https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html).
 */
export const clusterEndpoints = [
  'autoscaling',
  'ec2',
  'ecr.api',
  'ecr.dkr',
  'eks',
  'eks-auth',
  'elasticloadbalancing',
  'kms',
  'logs',
  'monitoring',
  'secretsmanager',
  'sqs',
  'ssm',
  'sts',
] as const;

export interface VpcEndpointsProps {
  readonly platform: IPlatform;
  readonly network: Pick<INetwork, 'vpcId' | 'cidr' | 'privateSubnetIds'>;
  /** Route tables that lead to S3 without leaving the VPC. */
  readonly routeTableIds: readonly string[];
  /** Default `clusterEndpoints`, none in an ephemeral environment. */
  readonly services?: readonly string[];
}

/**
 * Ways to AWS services that do not leave the VPC. They carry AWS's default policy, which allows everything that the caller's
 * own permissions do: image layers and packages of Amazon Linux come from buckets of AWS, whose names change by region.
 */
export class VpcEndpoints extends Construct {
  constructor(scope: Construct, id: string, props: VpcEndpointsProps) {
    super(scope, id);
    const { platform, network, routeTableIds } = props;
    const { names, region } = platform;
    new VpcEndpoint(this, 's3', {
      vpcId: network.vpcId,
      vpcEndpointType: 'Gateway',
      serviceName: `com.amazonaws.${region}.s3`,
      routeTableIds: [...routeTableIds],
      tags: { Name: names.of(['s3']) },
    });
    const services = props.services ?? (platform.profile.kind === 'ephemeral' ? [] : clusterEndpoints);
    if (services.length === 0) return;
    const group = new SecurityGroup(this, 'security-group', {
      name: names.of(['endpoints'], 255),
      description: 'HTTPS from the VPC to the endpoints of AWS services',
      vpcId: network.vpcId,
      tags: { Name: names.of(['endpoints']) },
      lifecycle: { createBeforeDestroy: true },
    });
    new VpcSecurityGroupIngressRule(this, 'https', {
      securityGroupId: group.id,
      description: 'HTTPS from the VPC',
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      cidrIpv4: network.cidr,
    });
    for (const service of services) {
      new VpcEndpoint(this, service.replaceAll('.', '-'), {
        vpcId: network.vpcId,
        vpcEndpointType: 'Interface',
        serviceName: `com.amazonaws.${region}.${service}`,
        privateDnsEnabled: true,
        subnetIds: [...network.privateSubnetIds],
        securityGroupIds: [group.id],
        tags: { Name: names.of([service]) },
      });
    }
  }
}
