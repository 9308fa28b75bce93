import { DataAwsAvailabilityZones } from '@cdktf/provider-aws/lib/data-aws-availability-zones';
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group';
import { Eip } from '@cdktf/provider-aws/lib/eip';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway';
import { Route } from '@cdktf/provider-aws/lib/route';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Vpc, VpcConfig } from '@cdktf/provider-aws/lib/vpc';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { Component, ComponentProps } from '../core/component';
import { INetwork } from '../core/resources';
import { defineSystem } from '../core/system';
import { checkVpcCidr, subnetOf } from './cidr';
import { VpcEndpoints } from './endpoints';
import { FlowLogs } from './flow-logs';

export interface NetworkProps extends ComponentProps {
  /** Addresses of the VPC, from /16 to /20. Default `10.0.0.0/16`. */
  readonly cidr?: string;
  /** Names of the three zones, such as `eu-west-1a`. Default the region's first three in which EKS can run. */
  readonly zones?: readonly [string, string, string];
  /** A NAT gateway in each zone, or one for all. Default by profile: one for all in an ephemeral environment. */
  readonly nat?: 'per-zone' | 'single';
  /**
   * AWS services that are reached without leaving the VPC, as the endpoints' names spell them after `com.amazonaws.<region>.`.
   * S3 always is, for nothing; each of the others costs by the hour and zone. Default `clusterEndpoints`, and none in an ephemeral
   * environment, whose NAT gateway carries them.
   */
  readonly endpoints?: readonly string[];
  /** ARN of the KMS key of the flow logs. */
  readonly logKeyArn?: string;
  readonly transform?: { readonly vpc?: (config: VpcConfig) => VpcConfig };
}

const zoneCount = 3;

/**
 * A VPC over three zones: private subnets for nodes, pods and databases, public ones for load balancers and NAT.
 * Every subnet carries the tags by which the AWS Load Balancer Controller and Karpenter find it.
 */
export class Network extends Component implements INetwork {
  static override readonly system = defineSystem({
    name: 'Amazon VPC',
    categories: ['network'],
    licence: 'proprietary',
  });

  /** A VPC that exists already. Its subnets must carry the tags `kubernetes.io/role/elb` and `.../internal-elb`. */
  static fromAttributes(attributes: INetwork): INetwork {
    checkVpcCidrForm(attributes.cidr);
    return attributes;
  }

  readonly form = 'aws';
  readonly vpcId: string;
  readonly cidr: string;
  readonly privateSubnetIds: readonly string[];
  readonly publicSubnetIds: readonly string[];

  constructor(scope: Construct, id: string, props: NetworkProps = {}) {
    super(scope, id, props);
    const { name: platformName, profile, names } = this.platform;
    this.cidr = props.cidr ?? '10.0.0.0/16';
    checkVpcCidr(this.node.path, this.cidr);
    const config: VpcConfig = {
      cidrBlock: this.cidr,
      // Both are needed by private endpoints, of EKS too.
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: names.of(['vpc']) },
    };
    const vpc = new Vpc(this, 'vpc', props.transform?.vpc?.(config) ?? config);
    this.vpcId = vpc.id;
    // Whoever forgets to name a security group gets this one, which lets nothing in and nothing out.
    new DefaultSecurityGroup(this, 'default-security-group', { vpcId: vpc.id });
    const zones = props.zones ?? this.zones();

    const gateway = new InternetGateway(this, 'gateway', { vpcId: vpc.id, tags: { Name: names.of(['vpc']) } });
    const publicRoutes = this.routeTable('public');
    new Route(this, 'public-route', {
      routeTableId: publicRoutes.id,
      destinationCidrBlock: '0.0.0.0/0',
      gatewayId: gateway.id,
    });
    const publicSubnets = zones.map((zone, index) =>
      this.subnet(`public-${index}`, zone, subnetOf(this.cidr, 6, 56 + index), publicRoutes, {
        'kubernetes.io/role/elb': '1',
      }),
    );

    const nat = props.nat ?? (profile.multiZone ? 'per-zone' : 'single');
    const gateways = publicSubnets.slice(0, nat === 'single' ? 1 : zoneCount).map((subnet, index) => {
      const tags = { Name: names.of(['nat', String(index)]) };
      const address = new Eip(this, `nat-address-${index}`, { domain: 'vpc', tags });
      return new NatGateway(this, `nat-${index}`, {
        allocationId: address.allocationId,
        subnetId: subnet.id,
        tags,
        // Its address has no way out before the gateway is attached.
        dependsOn: [gateway],
      });
    });
    const privateTables: RouteTable[] = [];
    const privateSubnets = zones.map((zone, index) => {
      const table = this.routeTable(`private-${index}`);
      privateTables.push(table);
      new Route(this, `private-route-${index}`, {
        routeTableId: table.id,
        destinationCidrBlock: '0.0.0.0/0',
        natGatewayId: (gateways[index] ?? gateways[0])?.id,
      });
      return this.subnet(`private-${index}`, zone, subnetOf(this.cidr, 3, index), table, {
        'kubernetes.io/role/internal-elb': '1',
        'karpenter.sh/discovery': platformName,
      });
    });
    this.publicSubnetIds = publicSubnets.map(({ id }) => id);
    this.privateSubnetIds = privateSubnets.map(({ id }) => id);

    new VpcEndpoints(this, 'endpoints', {
      platform: this.platform,
      network: this,
      routeTableIds: privateTables.map((table) => table.id),
      services: props.endpoints,
    });
    new FlowLogs(this, 'flow-logs', { platform: this.platform, vpcId: vpc.id, keyArn: props.logKeyArn });
  }

  protected hostOf(): string {
    return this.cidr;
  }

  private zones(): string[] {
    const { names } = new DataAwsAvailabilityZones(this, 'zones', {
      state: 'available',
      // Neither local zones nor wavelength zones.
      filter: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
      // No EKS control plane here: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
      excludeZoneIds: ['use1-az3', 'usw1-az2', 'cac1-az3'],
    });
    return Array.from({ length: zoneCount }, (_, index) => Fn.element(names, index) as string);
  }

  private routeTable(id: string): RouteTable {
    return new RouteTable(this, `${id}-routes`, { vpcId: this.vpcId, tags: { Name: this.platform.names.of([id]) } });
  }

  private subnet(
    id: string,
    availabilityZone: string,
    cidrBlock: string,
    table: RouteTable,
    tags: Record<string, string>,
  ): Subnet {
    const subnet = new Subnet(this, id, {
      vpcId: this.vpcId,
      availabilityZone,
      cidrBlock,
      // Load balancers and NAT gateways bring their addresses along; nothing else stands in a public subnet.
      mapPublicIpOnLaunch: false,
      tags: { Name: this.platform.names.of([id]), ...tags },
      // A zone that AWS adds to the region may move the list of zones; the subnets stay where they are.
      lifecycle: { ignoreChanges: ['availability_zone'] },
    });
    new RouteTableAssociation(this, `${id}-association`, { subnetId: subnet.id, routeTableId: table.id });
    return subnet;
  }
}

function checkVpcCidrForm(cidr: string): void {
  subnetOf(cidr, 0, 0);
}
