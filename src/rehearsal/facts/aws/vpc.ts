import type { FactSheets } from '../facts';

const file = (name: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/${name}.go`;

export const vpc: FactSheets = {
  aws_vpc: {
    source: file('vpc_'),
    replaces: ['cidr_block', 'ipv4_ipam_pool_id', 'ipv4_netmask_length'],
    atMostOneOf: [['cidr_block', 'ipv4_netmask_length']],
    rules: {
      cidr_block: { format: 'ipv4-cidr' },
      instance_tenancy: { oneOf: ['default', 'dedicated'] },
      ipv4_netmask_length: { between: [16, 28] },
    },
  },
  aws_subnet: {
    source: file('vpc_subnet'),
    replaces: ['availability_zone', 'availability_zone_id', 'cidr_block', 'ipv6_native', 'outpost_arn', 'vpc_id'],
    atMostOneOf: [['availability_zone', 'availability_zone_id']],
    rules: { cidr_block: { format: 'ipv4-cidr' } },
    defaults: { ipv6_native: false },
  },
};
