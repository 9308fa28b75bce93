import type { AppliedResource } from '../../report';
import type { Machine } from './answer';

type Values = Readonly<Record<string, unknown>>;

/** Arguments in which resources of AWS name their security groups, at any depth. */
const groupArguments = new Set([
  ...['vpc_security_group_ids', 'security_group_ids', 'security_groups', 'cluster_security_group_id'],
  ...['service_security_group_ids', 'cache_security_group_ids'],
]);

/** The same for subnets. */
const subnetArguments = new Set(['subnet_id', 'subnet_ids', 'subnets', 'client_subnets', 'vpc_zone_identifier']);

/** Groups of subnets that are named instead: the argument, and the type that has it for a name. */
const subnetGroups: Readonly<Record<string, string>> = {
  db_subnet_group_name: 'aws_db_subnet_group',
  subnet_group_name: 'aws_elasticache_subnet_group',
  cluster_subnet_group_name: 'aws_redshift_subnet_group',
  replication_subnet_group_id: 'aws_dms_replication_subnet_group',
};

/** Types that have their address through another, which names them. */
const through: Readonly<Record<string, readonly [type: string, argument: string]>> = {
  aws_efs_file_system: ['aws_efs_mount_target', 'file_system_id'],
};

/** Whether somebody from the internet can come to it at all, by type: why not, or nothing. */
const closed: Readonly<Record<string, (values: Values) => string | undefined>> = {
  aws_lb: ({ internal }) => (internal === true ? 'it is internal' : undefined),
  aws_alb: ({ internal }) => (internal === true ? 'it is internal' : undefined),
  aws_elb: ({ internal }) => (internal === true ? 'it is internal' : undefined),
  ...Object.fromEntries(
    ['aws_db_instance', 'aws_rds_cluster_instance', 'aws_redshift_cluster', 'aws_dms_replication_instance'].map(
      (type) => [
        type,
        ({ publicly_accessible: open }: Values) => (open === true ? undefined : 'it is not publicly accessible'),
      ],
    ),
  ),
  ...Object.fromEntries(
    ['aws_efs_file_system', 'aws_elasticache_cluster', 'aws_elasticache_replication_group', 'aws_rds_cluster'].map(
      (type) => [type, () => 'it has private addresses only'],
    ),
  ),
};

/** A resource of AWS as what opens connections, or takes them. */
export function machineOf(resource: AppliedResource, resources: readonly AppliedResource[]): Machine {
  const { stack, address, type, values } = resource;
  const link = through[type];
  const carriers =
    link === undefined
      ? [values]
      : resources
          .filter((one) => one.type === link[0] && one.values[link[1]] === values['id'])
          .map((one) => one.values);
  // Instances of a cluster of databases have its groups.
  const cluster = values['cluster_identifier'];
  if (type === 'aws_rds_cluster_instance') {
    carriers.push(
      ...resources
        .filter((one) => one.type === 'aws_rds_cluster' && one.values['cluster_identifier'] === cluster)
        .map((one) => one.values),
    );
  }
  const own = type === 'aws_security_group' ? [String(values['id'])] : [];
  const why = closed[type]?.(values);
  return {
    kind: 'machine',
    title: `${stack}/${address}`,
    groups: [...new Set([...own, ...carriers.flatMap((one) => gathered(one, groupArguments))])],
    networks: networksOf(carriers, resources),
    ...(why !== undefined && { closed: why }),
  };
}

/** Networks of the subnets that something is in, as far as they are made here. */
export function networksOf(carriers: readonly Values[], resources: readonly AppliedResource[]): string[] {
  const named = carriers.flatMap((values) =>
    Object.entries(subnetGroups).flatMap(([argument, type]) =>
      resources
        .filter(
          (one) => one.type === type && typeof values[argument] === 'string' && one.values['name'] === values[argument],
        )
        .map((one) => one.values),
    ),
  );
  const ids = new Set([...carriers, ...named].flatMap((values) => gathered(values, subnetArguments)));
  const subnets = resources.filter(({ type, values }) => type === 'aws_subnet' && ids.has(String(values['id'])));
  // Where one subnet is not known, neither is where the thing is.
  if (new Set(subnets.map(({ values }) => values['id'])).size < ids.size) return [];
  return [...new Set(subnets.flatMap(({ values }) => gathered(values, new Set(['cidr_block', 'ipv6_cidr_block']))))];
}

/** Texts of these arguments, at any depth. */
export function gathered(value: unknown, names: ReadonlySet<string>): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, held]: [string, unknown]) =>
    names.has(key)
      ? [held].flat().filter((item): item is string => typeof item === 'string' && item !== '')
      : gathered(held, names),
  );
}
