import { GpuFamily, GpuPool, GpuPoolOptions } from 'plinth/constructs/cluster/gpu-pool';
import { only, synthesizeStack } from '../../support/program';

const group = (family: GpuFamily, options: GpuPoolOptions) =>
  synthesizeStack((stack, platform) => {
    const place = { platform, clusterName: 'prod', version: '1.35', nodeRoleArn: 'arn:role', subnetIds: ['a'] };
    GpuPool.of(family, options).build(stack, place);
  });

test('the NVIDIA image, the taint, and labels for what it is meant for and what it has', () => {
  expect(only(group('g6', { for: 'serving', max: 4 }), 'aws_eks_node_group')).toMatchObject({
    ami_type: 'AL2023_x86_64_NVIDIA',
    instance_types: ['g6.xlarge'],
    taint: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NO_SCHEDULE' }],
    labels: { 'plinth.dev/gpu-for': 'serving', 'k8s.amazonaws.com/accelerator': 'nvidia-l4' },
    scaling_config: { min_size: 0, desired_size: 1, max_size: 4 },
    node_group_name_prefix: 'prod-gpu-serving-',
  });
});

test('size, count, name and disk may be said', () => {
  const stack = group('g5', {
    for: 'training',
    max: 2,
    min: 1,
    desired: 2,
    size: '12xlarge',
    name: 'large',
    disk: 500,
  });
  expect(only(stack, 'aws_eks_node_group')).toMatchObject({
    instance_types: ['g5.12xlarge'],
    scaling_config: { min_size: 1, desired_size: 2, max_size: 2 },
    node_group_name_prefix: 'prod-large-',
  });
  expect(only(stack, 'aws_launch_template')).toMatchObject({ block_device_mappings: [{ ebs: { volume_size: 500 } }] });
});

test('it may begin empty', () => {
  expect(only(group('p5', { for: 'training', max: 2, desired: 0 }), 'aws_eks_node_group')).toMatchObject({
    instance_types: ['p5.48xlarge'],
    scaling_config: { min_size: 0, desired_size: 0, max_size: 2 },
  });
});

test.each(['g3', 'toString'])('the family %s is refused with those that are known', (family) => {
  expect(() => GpuPool.of(family as GpuFamily, { for: 'serving', max: 1 })).toThrow(
    `GpuPool.of: there is no GPU family '${family}', because the families with NVIDIA GPUs that Plinth knows are g4dn, g5, g6, g6e, p4d, p4de, p5, p5en; name one of those, such as GpuPool.of('g6', { for: 'serving', max: 4 }).`,
  );
});
