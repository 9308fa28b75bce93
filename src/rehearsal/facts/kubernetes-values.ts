import { isIP } from 'node:net';
import { cidr } from '../formats/cidr';
import { cron } from '../formats/cron';
import { dnsLabel, kubernetesName, labelKey, labelValue, portName, serviceName } from '../formats/kubernetes-name';
import { amountOf, quantity } from '../formats/quantity';
import { oneOf, quoted, type Check } from '../formats/words';

/** How the value of an attribute is checked, whichever resource it is in. */
export interface ValueRule {
  /** The text, the number as text, or every element of a list. */
  readonly each?: Check;
  /** The keys of a map. */
  readonly keys?: Check;
  /** The values of a map. */
  readonly values?: Check;
}

const words = (...allowed: string[]): ValueRule => ({
  each: (text) =>
    allowed.includes(text)
      ? undefined
      : `${quoted(text)} is none of its values; write ${oneOf(allowed.filter((word) => word !== ''))}`,
});
const each = (check: Check): ValueRule => ({ each: check });
const atLeast = (least: number): ValueRule => between(least, Infinity);
function between(least: number, most: number): ValueRule {
  const cure = most === Infinity ? `${least} or more` : least === most ? String(least) : `${least} to ${most}`;
  return {
    each: (text) => {
      if (!/^-?\d+$/.test(text)) return `${quoted(text)} is no whole number; write ${cure}`;
      const number = Number(text);
      if (number >= least && number <= most) return undefined;
      return `${text} is too ${number < least ? 'little' : 'much'}; write ${cure}`;
    },
  };
}
/** Where the provider has a text, an empty one leaves the number out. */
const orEmpty = ({ each: check }: ValueRule): ValueRule => ({
  each: (text) => (text === '' ? undefined : check?.(text)),
});

const port = between(1, 65_535);
const portOrName: ValueRule = { each: (text) => (/^\d+$/.test(text) ? port.each?.(text) : portName(text)) };
const share: ValueRule = {
  each: (text) =>
    /^(\d+%?)?$/.test(text) ? undefined : `${quoted(text)} is neither a number nor a share; write 1 or 25%`,
};
const atMostAll: ValueRule = {
  each: (text) =>
    share.each?.(text) ??
    (/^\d+%$/.test(text) && parseInt(text, 10) > 100 ? `${text} is too much; write 100% or less` : undefined),
};
const mode: ValueRule = {
  each: (text) =>
    /^0[0-7]{0,3}$/.test(text) ? undefined : `${quoted(text)} is no mode of a file; write octal digits such as 0644`,
};
const address: ValueRule = {
  each: (text) => (isIP(text) !== 0 ? undefined : `${quoted(text)} is no IP address; write one such as 10.0.0.10`),
};
/** Bits after the prefix are let be, as Kubernetes does. */
const network: ValueRule = {
  each: (text) => {
    const wrong = cidr(text);
    return wrong?.includes('bits set') === true ? undefined : wrong;
  },
};
const timeZone: Check = (text) => {
  try {
    const { timeZone: right } = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions();
    const capitals = right !== text && right.toLowerCase() === text.toLowerCase();
    return capitals ? `${quoted(text)} is no time zone in these letters; write ${right}` : undefined;
  } catch {
    return `${quoted(text)} is no time zone; write one of the tz database, such as Europe/Berlin`;
  }
};
const relativePath: Check = (text) => {
  if (text.startsWith('/')) return `${quoted(text)} is an absolute path; write it relative to the volume`;
  return text.split('/').includes('..')
    ? `${quoted(text)} leads out of the volume by ".."; write a path inside of it`
    : undefined;
};
const environmentName: Check = (text) =>
  /^[ -<>-~]+$/.test(text) ? undefined : `${quoted(text)} is no name of a variable; write printable ASCII without "="`;
const configKey: Check = (text) =>
  /^[-._a-zA-Z0-9]{1,253}$/.test(text) && text !== '.' && text !== '..' && !text.startsWith('..')
    ? undefined
    : `the key ${quoted(text)} takes letters, digits, "-", "_" and "." only; write one such as ${quoted(text.replace(/[^-._a-zA-Z0-9]+/g, '-').replace(/^\.+/, '') || 'key')}`;
const base64: Check = (text) =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replace(/[\r\n]/g, ''))
    ? undefined
    : 'its value is not base64; encode it with base64encode or Buffer.toString("base64")';
const mountPath: Check = (text) => (text === '' ? 'the path is empty; write one such as /data' : undefined);
/** What a container may ask for: the resources of every node, or those of a device, which have a prefix. */
const resourceName: Check = (text) =>
  text.includes('/') || /^(cpu|memory|ephemeral-storage|storage|hugepages-\w+)$/.test(text)
    ? labelKey(text)
    : `${quoted(text)} is no resource; write cpu, memory or ephemeral-storage, or one with a prefix such as nvidia.com/gpu`;
/** The name of a CronJob leaves room for what its jobs are called. */
const cronJobName: Check = (text) =>
  text.length > 52
    ? `${quoted(text)} has ${text.length} characters, but jobs add 11 to the name; shorten it to 52`
    : kubernetesName(text);
const pathSegment: Check = (text) =>
  text !== '' && text !== '.' && text !== '..' && !/[/%]/.test(text)
    ? undefined
    : `${quoted(text)} cannot be part of a path; write a name without "/" and "%"`;
const annotationKey: Check = (text) => labelKey(text.toLowerCase()) && labelKey(text);
const selector: ValueRule = { keys: labelKey, values: labelValue };
const quantities: ValueRule = {
  values: (text) =>
    quantity(text) ?? ((amountOf(text) ?? 0) < 0 ? `${quoted(text)} is less than nothing; write 0 or more` : undefined),
};

/**
 * By the name of an attribute, after that of the block it stands in where the name alone says too little.
 * Sources: validators of hashicorp/terraform-provider-kubernetes (kubernetes/validators.go, schema_*.go) and of
 * Kubernetes (pkg/apis/core/validation/validation.go, pkg/apis/batch/validation, pkg/apis/networking/validation).
 */
export const valueRules: Readonly<Record<string, ValueRule>> = {
  'metadata.annotations': { keys: annotationKey },
  'metadata.labels': selector,
  'metadata.name': each(kubernetesName),
  'metadata.namespace': each(dnsLabel),
  'metadata.generate_name': each((text) => dnsLabel(`${text}x`) && dnsLabel(text)),
  match_labels: selector,
  node_selector: selector,
  'match_expressions.key': each(labelKey),
  'match_expressions.operator': words('In', 'NotIn', 'Exists', 'DoesNotExist'),
  'node_expressions.key': each(labelKey),
  'node_expressions.operator': words('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'),
  'required_during_scheduling_ignored_during_execution.topology_key': each(labelKey),
  'pod_affinity_term.topology_key': each(labelKey),

  'container.name': each(dnsLabel),
  'init_container.name': each(dnsLabel),
  'volume.name': each(dnsLabel),
  image_pull_policy: words('', 'Always', 'IfNotPresent', 'Never'),
  termination_message_policy: words('File', 'FallbackToLogsOnError'),
  'init_container.restart_policy': words('Always'),
  'env.name': each(environmentName),
  'env_from.prefix': each((text) => (text === '' ? undefined : environmentName(text))),
  container_port: portOrName,
  host_port: between(0, 65_535),
  'port.name': orEmpty(each(portName)),
  'port.port': port,
  'port.node_port': between(0, 65_535),
  'port.target_port': { each: (text) => (text === '0' ? undefined : portOrName.each?.(text)) },
  protocol: words('TCP', 'UDP', 'SCTP'),
  'http_get.port': portOrName,
  'tcp_socket.port': portOrName,
  'grpc.port': port,
  'http_get.scheme': words('HTTP', 'HTTPS'),
  initial_delay_seconds: atLeast(0),
  'liveness_probe.period_seconds': atLeast(1),
  'readiness_probe.period_seconds': atLeast(1),
  'startup_probe.period_seconds': atLeast(1),
  'liveness_probe.timeout_seconds': atLeast(1),
  'readiness_probe.timeout_seconds': atLeast(1),
  'startup_probe.timeout_seconds': atLeast(1),
  failure_threshold: atLeast(1),
  success_threshold: atLeast(1),
  'liveness_probe.success_threshold': between(1, 1),
  'startup_probe.success_threshold': between(1, 1),
  limits: { ...quantities, keys: resourceName },
  requests: { ...quantities, keys: resourceName },
  'spec.capacity': quantities,
  'spec.hard': quantities,
  'limit.default': quantities,
  'limit.default_request': quantities,
  'limit.max': quantities,
  'limit.min': quantities,
  divisor: each(quantity),
  size_limit: each(quantity),
  average_value: each(quantity),
  'target.value': orEmpty(each(quantity)),
  mount_path: each(mountPath),
  mount_propagation: words('None', 'HostToContainer', 'Bidirectional'),
  sub_path: each(relativePath),
  'items.path': each(relativePath),
  default_mode: mode,
  'items.mode': mode,
  'ports.port': portOrName,
  'empty_dir.medium': words('', 'Memory', 'HugePages', 'HugePages-2Mi', 'HugePages-1Gi'),
  'host_path.type': words(
    '',
    'DirectoryOrCreate',
    'Directory',
    'FileOrCreate',
    'File',
    'Socket',
    'CharDevice',
    'BlockDevice',
  ),
  'secret_key_ref.key': each(configKey),
  'config_map_key_ref.key': each(configKey),
  expiration_seconds: atLeast(600),
  'seccomp_profile.type': words('Localhost', 'RuntimeDefault', 'Unconfined'),
  run_as_user: orEmpty(between(0, 2 ** 31 - 1)),
  run_as_group: orEmpty(between(0, 2 ** 31 - 1)),
  fs_group: orEmpty(between(0, 2 ** 31 - 1)),
  fs_group_change_policy: words('Always', 'OnRootMismatch'),

  dns_policy: words('ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'),
  'os.name': words('linux', 'windows'),
  nameservers: address,
  'host_aliases.ip': address,
  termination_grace_period_seconds: atLeast(0),
  active_deadline_seconds: atLeast(1),
  service_account_name: orEmpty(each(kubernetesName)),
  priority_class_name: orEmpty(each(kubernetesName)),
  runtime_class_name: orEmpty(each(kubernetesName)),
  'spec.hostname': orEmpty(each(dnsLabel)),
  'spec.subdomain': orEmpty(each(dnsLabel)),
  condition_type: each(labelKey),
  'toleration.effect': words('', 'NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  'toleration.operator': words('', 'Exists', 'Equal'),
  'taint.effect': words('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  when_unsatisfiable: words('DoNotSchedule', 'ScheduleAnyway'),
  max_skew: atLeast(1),
  min_domains: atLeast(1),
  node_affinity_policy: words('Honor', 'Ignore'),
  node_taints_policy: words('Honor', 'Ignore'),
  'preferred_during_scheduling_ignored_during_execution.weight': between(1, 100),

  replicas: orEmpty(atLeast(0)),
  min_ready_seconds: atLeast(0),
  revision_history_limit: atLeast(0),
  max_surge: share,
  max_unavailable: atMostAll,
  min_available: atMostAll,
  pod_management_policy: words('OrderedReady', 'Parallel'),
  when_deleted: words('Retain', 'Delete'),
  when_scaled: words('Retain', 'Delete'),
  backoff_limit: atLeast(0),
  completions: atLeast(1),
  parallelism: atLeast(0),
  completion_mode: words('Indexed', 'NonIndexed'),
  ttl_seconds_after_finished: orEmpty(atLeast(0)),
  'spec.schedule': each(cron),
  timezone: each(timeZone),
  successful_jobs_history_limit: atLeast(0),
  failed_jobs_history_limit: atLeast(0),
  starting_deadline_seconds: atLeast(0),
  'on_exit_codes.operator': words('In', 'NotIn'),
  concurrency_policy: words('Allow', 'Forbid', 'Replace'),

  cluster_ip: { each: (text) => (text === 'None' || text === '' ? undefined : address.each?.(text)) },
  external_ips: address,
  load_balancer_source_ranges: network,
  session_affinity: words('ClientIP', 'None'),
  external_traffic_policy: words('Cluster', 'Local'),
  internal_traffic_policy: words('Cluster', 'Local'),
  ip_families: words('IPv4', 'IPv6'),
  ip_family_policy: words('SingleStack', 'PreferDualStack', 'RequireDualStack'),
  load_balancer_class: each(labelKey),
  'client_ip.timeout_seconds': between(1, 86_400),
  ingress_class_name: each(kubernetesName),
  'tls.hosts': each((text) => kubernetesName(text.replace(/^\*\./, ''))),
  path_type: words('Exact', 'Prefix', 'ImplementationSpecific'),
  policy_types: words('Ingress', 'Egress'),
  'ip_block.cidr': network,
  'ip_block.except': network,

  access_modes: words('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'),
  storage_class_name: orEmpty(each(kubernetesName)),
  volume_mode: words('Block', 'Filesystem'),
  persistent_volume_reclaim_policy: words('Recycle', 'Delete', 'Retain'),
  reclaim_policy: words('Delete', 'Retain'),
  volume_binding_mode: words('Immediate', 'WaitForFirstConsumer'),
  preemption_policy: words('PreemptLowerPriority', 'Never'),

  'role_ref.api_group': words('rbac.authorization.k8s.io'),
  'role_ref.kind': words('Role', 'ClusterRole'),
  'subject.kind': words('User', 'Group', 'ServiceAccount'),
  'metric.type': words('ContainerResource', 'External', 'Object', 'Pods', 'Resource'),
  'target.type': words('Utilization', 'Value', 'AverageValue'),
  select_policy: words('Min', 'Max', 'Disabled'),
  'policy.type': words('Pods', 'Percent'),
  'policy.value': atLeast(1),
  'policy.period_seconds': between(1, 1800),
  stabilization_window_seconds: between(0, 3600),
  average_utilization: atLeast(1),
  'limit.type': words('Pod', 'Container', 'PersistentVolumeClaim'),
  address_type: words('IPv4', 'IPv6', 'FQDN'),
  failure_policy: words('Fail', 'Ignore'),
  match_policy: words('Exact', 'Equivalent'),
  reinvocation_policy: words('Never', 'IfNeeded'),
  side_effects: words('None', 'NoneOnDryRun'),
  'rule.operations': words('CREATE', 'UPDATE', 'DELETE', 'CONNECT', '*'),
  'webhook.timeout_seconds': between(1, 30),
};

/** Rules that hold in some kinds only, by the resource's name without `kubernetes_` and its version. */
export const rulesOfKind: Readonly<Record<string, Readonly<Record<string, ValueRule>>>> = {
  config_map: { data: { keys: configKey }, binary_data: { keys: configKey, values: base64 } },
  cron_job: { 'metadata.name': each(cronJobName) },
  daemonset: { 'strategy.type': words('RollingUpdate', 'OnDelete') },
  daemon_set: { 'strategy.type': words('RollingUpdate', 'OnDelete') },
  deployment: { 'strategy.type': words('RollingUpdate', 'Recreate') },
  horizontal_pod_autoscaler: { 'spec.max_replicas': atLeast(1) },
  priority_class: { value: between(-(2 ** 31), 1_000_000_000) },
  namespace: { 'metadata.name': each(dnsLabel) },
  endpoints: { 'address.ip': address, 'port.name': each(dnsLabel) },
  ingress: { 'service.name': each(serviceName) },
  job: { 'rule.action': words('Count', 'FailIndex', 'FailJob', 'Ignore') },
  endpoint_slice: { 'port.name': orEmpty(each(dnsLabel)) },
  role: { 'metadata.name': each(pathSegment) },
  cluster_role: { 'metadata.name': each(pathSegment) },
  role_binding: { 'metadata.name': each(pathSegment) },
  cluster_role_binding: { 'metadata.name': each(pathSegment), 'role_ref.kind': words('ClusterRole') },
  secret: { data: { keys: configKey }, binary_data: { keys: configKey, values: base64 } },
  service: {
    'metadata.name': each(serviceName),
    'spec.type': words('ClusterIP', 'ExternalName', 'NodePort', 'LoadBalancer'),
    'spec.selector': selector,
    'port.name': orEmpty(each(dnsLabel)),
  },
  stateful_set: { 'update_strategy.type': words('RollingUpdate', 'OnDelete') },
};
