import { Profile } from 'plinth/constructs/core/profile';
import { Network } from 'plinth/constructs/network/network';
import { at, blocks, only, synthesizeStack } from '../../support/program';

const made = (profile = Profile.production(), props = {}) =>
  synthesizeStack((stack) => new Network(stack, 'network', props), { profile });

test('three zones: private subnets for most of the addresses, public ones for the rest, none overlapping', () => {
  const stack = made();
  const cidrs = Object.fromEntries(
    blocks(stack, 'aws_subnet').map(([, block]) => [block['//']?.metadata.path.split('/').pop(), block.cidr_block]),
  );
  expect(cidrs).toEqual({
    'private-0': '10.0.0.0/19',
    'private-1': '10.0.32.0/19',
    'private-2': '10.0.64.0/19',
    'public-0': '10.0.224.0/22',
    'public-1': '10.0.228.0/22',
    'public-2': '10.0.232.0/22',
  });
});

test('subnets carry the tags by which the load balancer controller and Karpenter find them', () => {
  const stack = made();
  expect(at(stack, 'aws_subnet', '/private-1').tags).toMatchObject({
    'kubernetes.io/role/internal-elb': '1',
    'karpenter.sh/discovery': 'prod',
  });
  const open = at(stack, 'aws_subnet', '/public-1');
  expect(open.tags).toMatchObject({ 'kubernetes.io/role/elb': '1' });
  expect(open.tags).not.toHaveProperty(['karpenter.sh/discovery']);
  expect(open.map_public_ip_on_launch).toBe(false);
});

test('a zone that is added to the region moves no subnet, and zones without EKS are left out', () => {
  const stack = made();
  for (const [, subnet] of blocks(stack, 'aws_subnet')) {
    expect(subnet.lifecycle).toEqual({ ignore_changes: ['availability_zone'] });
  }
  const [zones] = Object.values(stack.data?.aws_availability_zones ?? {});
  expect(zones?.exclude_zone_ids).toEqual(['use1-az3', 'usw1-az2', 'cac1-az3']);
});

test('zones may be named, and are then not looked up', () => {
  const stack = made(undefined, { zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'] });
  expect(stack.data?.aws_availability_zones).toBeUndefined();
  expect(at(stack, 'aws_subnet', '/private-2').availability_zone).toBe('eu-west-1c');
});

test('NAT in each zone, each private subnet by its own; one for all in an ephemeral environment', () => {
  const production = made();
  expect(blocks(production, 'aws_nat_gateway')).toHaveLength(3);
  expect(at(production, 'aws_route', '/private-route-2').nat_gateway_id).toMatch(/nat-2/);
  const ephemeral = made(Profile.ephemeral({ ttl: '8h' }));
  expect(blocks(ephemeral, 'aws_nat_gateway')).toHaveLength(1);
  expect(at(ephemeral, 'aws_route', '/private-route-2').nat_gateway_id).toMatch(/nat-0/);
  expect(blocks(made(undefined, { nat: 'single' }), 'aws_nat_gateway')).toHaveLength(1);
});

test('the default security group lets nothing through', () => {
  const group = only(made(), 'aws_default_security_group');
  expect(group).not.toHaveProperty('ingress');
  expect(group).not.toHaveProperty('egress');
});

test('an unusable block of addresses is refused where it stands', () => {
  expect(() => made(undefined, { cidr: '10.0.0.0/24' })).toThrow(
    /prod-test\/network: the VPC's addresses '10.0.0.0\/24'/,
  );
});

test('a VPC that exists is taken by its attributes, and its addresses are looked at', () => {
  const attributes = { vpcId: 'vpc-1', cidr: '172.31.0.0/16', privateSubnetIds: ['a'], publicSubnetIds: ['b'] };
  expect(Network.fromAttributes(attributes)).toEqual(attributes);
  expect(() => Network.fromAttributes({ ...attributes, cidr: 'all of them' })).toThrow(
    /is not a block of IPv4 addresses/,
  );
});

test('the VPC can be changed by a transform', () => {
  const stack = made(undefined, {
    transform: { vpc: (config: object) => ({ ...config, instanceTenancy: 'dedicated' }) },
  });
  expect(only(stack, 'aws_vpc').instance_tenancy).toBe('dedicated');
});
