import { NodeGroup, NodeGroupProps } from 'plinth/constructs/cluster/node-group';
import { Profile } from 'plinth/constructs/core/profile';
import { only, synthesizeStack } from '../../support/program';

const made = (props?: NodeGroupProps, profile = Profile.production()) =>
  synthesizeStack(
    (stack, platform) => {
      const place = {
        platform,
        clusterName: 'prod',
        version: '1.35',
        nodeRoleArn: 'arn:role',
        subnetIds: ['a', 'b', 'c'],
      };
      new NodeGroup(stack, 'nodes', place, props);
    },
    { profile },
  );

test('the metadata service takes tokens only, and is out of the reach of pods', () => {
  expect(only(made(), 'aws_launch_template').metadata_options).toEqual({
    http_endpoint: 'enabled',
    http_tokens: 'required',
    http_put_response_hop_limit: 1,
  });
});

test('encrypted gp3 volumes, no SSH, and tags on what EKS makes from the template', () => {
  const stack = made({ disk: 120 });
  const template = only(stack, 'aws_launch_template');
  expect(template.block_device_mappings).toEqual([
    {
      device_name: '/dev/xvda',
      ebs: { volume_type: 'gp3', volume_size: 120, encrypted: 'true', delete_on_termination: 'true' },
    },
  ]);
  expect(template).not.toHaveProperty('key_name');
  expect(only(stack, 'aws_eks_node_group')).not.toHaveProperty('remote_access');
  expect(template.tag_specifications).toContainEqual({
    resource_type: 'volume',
    tags: { 'plinth:environment': 'prod', Name: 'prod-nodes' },
  });
});

test.each([
  [Profile.production(), { min_size: 3, desired_size: 3, max_size: 10 }, 'ON_DEMAND'],
  [Profile.staging(), { min_size: 2, desired_size: 2, max_size: 10 }, 'ON_DEMAND'],
  [Profile.ephemeral({ ttl: '8h' }), { min_size: 1, desired_size: 1, max_size: 10 }, 'SPOT'],
])('what the profile decides: %#', (profile, scaling, capacity) => {
  const group = only(made(undefined, profile), 'aws_eks_node_group');
  expect(group).toMatchObject({ scaling_config: scaling, capacity_type: capacity, ami_type: 'AL2023_x86_64_STANDARD' });
});

test('whoever scales the group is not undone, and a group that is replaced has its successor first', () => {
  expect(only(made(), 'aws_eks_node_group')).toMatchObject({
    node_group_name_prefix: 'prod-nodes-',
    lifecycle: { create_before_destroy: true, ignore_changes: ['scaling_config[0].desired_size'] },
  });
});

test('taints are spelled as the EKS API wants them', () => {
  const group = only(made({ taints: [{ key: 'team', value: 'risk', effect: 'NoExecute' }] }), 'aws_eks_node_group');
  expect(group.taint).toEqual([{ key: 'team', value: 'risk', effect: 'NO_EXECUTE' }]);
});

test.each([
  [{ min: 5, max: 2 }, 'min 5, desired 5, max 2'],
  [{ min: 1, max: 2, desired: 3 }, 'min 1, desired 3, max 2'],
  [{ min: 0, max: 0 }, 'min 0, desired 1, max 0'],
])('a size that does not fit together is refused: %j', (props, size) => {
  expect(() => made(props)).toThrow(
    `prod-test/nodes: its size (${size}) does not fit together, because a node group has 0 <= min <= desired <= max, and a max of at least 1; change the figure that is out of place.`,
  );
});

test('group and template can be changed by a transform', () => {
  const stack = made({
    transform: {
      nodeGroup: (config) => ({ ...config, amiType: 'BOTTLEROCKET_x86_64' }),
      launchTemplate: (config) => ({ ...config, ebsOptimized: 'true' }),
    },
  });
  expect(only(stack, 'aws_eks_node_group').ami_type).toBe('BOTTLEROCKET_x86_64');
  expect(only(stack, 'aws_launch_template').ebs_optimized).toBe('true');
});
