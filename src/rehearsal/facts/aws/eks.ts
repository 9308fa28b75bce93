import type { FactSheets } from '../facts';

const file = (name: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/eks/${name}.go`;

const cluster = {
  pattern: /^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/,
  means: 'at most 100 letters, digits, hyphens and underscores, beginning with a letter or digit',
};

export const eks: FactSheets = {
  aws_eks_cluster: {
    source: file('cluster'),
    // The workloads and whatever their volumes are found by.
    stateful: true,
    replaces: [
      'access_config.bootstrap_cluster_creator_admin_permissions',
      'bootstrap_self_managed_addons',
      'kubernetes_network_config.ip_family',
      'kubernetes_network_config.service_ipv4_cidr',
      'name',
      'outpost_config.control_plane_instance_type',
      'outpost_config.control_plane_placement.group_name',
      'role_arn',
    ],
    atMostOneOf: [
      ['encryption_config', 'outpost_config'],
      ['kubernetes_network_config', 'outpost_config'],
      ['remote_network_config', 'outpost_config'],
    ],
    rules: {
      'access_config.authentication_mode': { oneOf: ['API', 'API_AND_CONFIG_MAP', 'CONFIG_MAP'] },
      enabled_cluster_log_types: { oneOf: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'] },
      'encryption_config.resources': { oneOf: ['secrets'] },
      'kubernetes_network_config.ip_family': { oneOf: ['ipv4', 'ipv6'] },
      'kubernetes_network_config.service_ipv4_cidr': { format: 'ipv4-cidr' },
      name: cluster,
      role_arn: { format: 'arn' },
      'upgrade_policy.support_type': { oneOf: ['STANDARD', 'EXTENDED'] },
      'vpc_config.public_access_cidrs': { format: 'cidr' },
    },
    defaults: {
      'access_config.bootstrap_cluster_creator_admin_permissions': true,
      bootstrap_self_managed_addons: true,
    },
  },
  aws_eks_node_group: {
    source: file('node_group'),
    replaces: [
      'ami_type',
      'capacity_type',
      'cluster_name',
      'disk_size',
      'instance_types',
      'launch_template.id',
      'launch_template.name',
      'node_group_name',
      'node_group_name_prefix',
      'node_role_arn',
      'remote_access',
      'subnet_ids',
    ],
    atMostOneOf: [
      ['launch_template.id', 'launch_template.name'],
      ['node_group_name', 'node_group_name_prefix'],
    ],
    exactlyOneOf: [['update_config.max_unavailable', 'update_config.max_unavailable_percentage']],
    rules: {
      capacity_type: { oneOf: ['ON_DEMAND', 'SPOT', 'CAPACITY_BLOCK'] },
      cluster_name: cluster,
      node_group_name: { length: [0, 63] },
      node_group_name_prefix: { length: [0, 37] },
      'scaling_config.desired_size': { between: [0, Infinity] },
      'scaling_config.max_size': { between: [1, Infinity] },
      'scaling_config.min_size': { between: [0, Infinity] },
      'taint.effect': { oneOf: ['NO_SCHEDULE', 'NO_EXECUTE', 'PREFER_NO_SCHEDULE'] },
      'taint.key': { length: [1, 63] },
      'taint.value': { length: [0, 63] },
      'update_config.max_unavailable': { between: [1, 100] },
      'update_config.max_unavailable_percentage': { between: [1, 100] },
    },
  },
  aws_eks_addon: {
    source: file('addon'),
    replaces: ['addon_name', 'cluster_name'],
    rules: {
      cluster_name: cluster,
      resolve_conflicts_on_create: { oneOf: ['NONE', 'OVERWRITE'] },
      resolve_conflicts_on_update: { oneOf: ['NONE', 'OVERWRITE', 'PRESERVE'] },
    },
  },
};
