import { Profile } from 'plinth/constructs/core/profile';
import { clusterEndpoints, VpcEndpoints } from 'plinth/constructs/network/endpoints';
import { at, blocks, only, synthesizeStack } from '../../support/program';

const made = (profile: Profile, services?: readonly string[]) =>
  synthesizeStack(
    (stack, platform) =>
      new VpcEndpoints(stack, 'endpoints', {
        platform,
        network: { vpcId: 'vpc-1', cidr: '10.0.0.0/16', privateSubnetIds: ['subnet-a', 'subnet-b'] },
        routeTableIds: ['rtb-a'],
        services,
      }),
    { profile },
  );
const names = (stack: ReturnType<typeof made>) =>
  blocks(stack, 'aws_vpc_endpoint').map(([, block]) =>
    String(block.service_name).replace('com.amazonaws.eu-west-1.', ''),
  );

test('S3 by a gateway, what the cluster calls by interfaces in the private subnets', () => {
  const stack = made(Profile.production());
  expect(names(stack).sort()).toEqual(['s3', ...clusterEndpoints].sort());
  const s3 = at(stack, 'aws_vpc_endpoint', '/s3');
  expect(s3).toMatchObject({ vpc_endpoint_type: 'Gateway', route_table_ids: ['rtb-a'] });
  expect(at(stack, 'aws_vpc_endpoint', '/ecr-api')).toMatchObject({
    vpc_endpoint_type: 'Interface',
    private_dns_enabled: true,
    subnet_ids: ['subnet-a', 'subnet-b'],
  });
});

test('only HTTPS from the VPC comes in', () => {
  expect(only(made(Profile.production()), 'aws_vpc_security_group_ingress_rule')).toMatchObject({
    from_port: 443,
    to_port: 443,
    ip_protocol: 'tcp',
    cidr_ipv4: '10.0.0.0/16',
  });
});

test('an ephemeral environment pays for none by the hour, unless it names some', () => {
  const ephemeral = Profile.ephemeral({ ttl: '8h' });
  expect(names(made(ephemeral))).toEqual(['s3']);
  expect(blocks(made(ephemeral), 'aws_security_group')).toEqual([]);
  expect(names(made(ephemeral, ['sts']))).toEqual(['s3', 'sts']);
});
