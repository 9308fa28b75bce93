import { machineOf, networksOf } from '../../../../../src/rehearsal/expect/reach/machines';
import { made } from '../support';

const subnets = [
  made('aws_subnet', { id: 'subnet-a', cidr_block: '10.0.1.0/24' }, 'a'),
  made('aws_subnet', { id: 'subnet-b', cidr_block: '10.0.2.0/24', ipv6_cidr_block: '2001:db8::/64' }, 'b'),
];

test.each([
  ['aws_db_instance', { vpc_security_group_ids: ['sg-1'], db_subnet_group_name: 'g' }],
  ['aws_lambda_function', { vpc_config: [{ security_group_ids: ['sg-1'], subnet_ids: ['subnet-a'] }] }],
  ['aws_lb', { internal: true, security_groups: ['sg-1'], subnets: ['subnet-a'] }],
  ['aws_ecs_service', { network_configuration: [{ security_groups: ['sg-1'], subnets: ['subnet-a'] }] }],
  ['aws_msk_cluster', { broker_node_group_info: [{ security_groups: ['sg-1'], client_subnets: ['subnet-a'] }] }],
  ['aws_instance', { vpc_security_group_ids: ['sg-1'], subnet_id: 'subnet-a' }],
])('groups and networks of %s', (type, values) => {
  const group = made('aws_db_subnet_group', { name: 'g', subnet_ids: ['subnet-a'] });
  const machine = machineOf(made(type, values), [...subnets, group]);
  expect(machine).toMatchObject({ title: `s/${type}.x`, groups: ['sg-1'], networks: ['10.0.1.0/24'] });
});

test('a security group stands for whatever has it', () => {
  expect(machineOf(made('aws_security_group', { id: 'sg-1' }), [])).toMatchObject({ groups: ['sg-1'], networks: [] });
});

test('a file system is reached by its mount targets, an instance of a cluster by the cluster', () => {
  const system = made('aws_efs_file_system', { id: 'fs-1' });
  const target = made('aws_efs_mount_target', {
    file_system_id: 'fs-1',
    subnet_id: 'subnet-b',
    security_groups: ['sg-1'],
  });
  expect(machineOf(system, [...subnets, target])).toMatchObject({
    groups: ['sg-1'],
    networks: ['10.0.2.0/24', '2001:db8::/64'],
  });
  const cluster = made('aws_rds_cluster', { cluster_identifier: 'c', vpc_security_group_ids: ['sg-2'] });
  expect(machineOf(made('aws_rds_cluster_instance', { cluster_identifier: 'c' }), [cluster]).groups).toEqual(['sg-2']);
});

test('where one subnet is not known, neither is where the thing is', () => {
  expect(networksOf([{ subnet_ids: ['subnet-a', 'subnet-z'] }], subnets)).toEqual([]);
  expect(networksOf([{ subnet_ids: ['subnet-a', 'subnet-b'] }], subnets)).toHaveLength(3);
});

test.each([
  ['aws_lb', { internal: true }, 'it is internal'],
  ['aws_lb', { internal: false }, undefined],
  ['aws_db_instance', {}, 'it is not publicly accessible'],
  ['aws_db_instance', { publicly_accessible: true }, undefined],
  ['aws_elasticache_cluster', {}, 'it has private addresses only'],
  ['aws_instance', {}, undefined],
])('whether the internet comes to %s with %j: %s', (type, values, closed) => {
  expect(machineOf(made(type, values), []).closed).toBe(closed);
});
