import type { TfValue } from '../protocol/codec';
import type { TypeFacts } from './facts';

/** Names of arguments by the block that they stand in; `#` behind that of a block: only where such a block comes or goes. */
type Grouped = Readonly<Record<string, string>>;

// Source: `ForceNew` and `Default` in the schemas of hashicorp/terraform-provider-kubernetes 2.38.0, read from the built provider.

const container: Grouped = {
  '': 'args command image image_pull_policy liveness_probe# name readiness_probe# resources security_context# startup_probe# stdin stdin_once termination_message_path termination_message_policy tty volume_device# volume_mount# working_dir',
  env: 'name value',
  'env.value_from.config_map_key_ref': 'key name optional',
  'env.value_from.field_ref': 'api_version field_path',
  'env.value_from.resource_field_ref': 'container_name resource',
  'env.value_from.secret_key_ref': 'key name optional',
  env_from: 'prefix',
  'env_from.config_map_ref': 'name optional',
  'env_from.secret_ref': 'name optional',
  lifecycle: 'post_start# pre_stop#',
  port: 'container_port host_ip host_port name protocol',
  security_context:
    'allow_privilege_escalation privileged read_only_root_filesystem run_as_group run_as_non_root run_as_user',
  'security_context.capabilities': 'add drop',
  'security_context.se_linux_options': 'level role type user',
  'security_context.seccomp_profile': 'localhost_profile type',
};
const containerDefaults: Readonly<Record<string, TfValue>> = {
  'env.value_from.field_ref.api_version': 'v1',
  'port.protocol': 'TCP',
  'security_context.allow_privilege_escalation': true,
  'security_context.privileged': false,
  'security_context.read_only_root_filesystem': false,
  'security_context.seccomp_profile.type': 'Unconfined',
  stdin: false,
  stdin_once: false,
  termination_message_path: '/dev/termination-log',
  tty: false,
};

/** Of every pod: what the provider shares with claims and nodes, and marks there. */
const anyPod: Grouped = {
  'affinity.node_affinity.preferred_during_scheduling_ignored_during_execution.preference': 'match_fields',
  'affinity.node_affinity.required_during_scheduling_ignored_during_execution.node_selector_term': 'match_fields',
  'volume.azure_file': 'secret_namespace',
  'volume.ephemeral.volume_claim_template.spec': 'access_modes selector storage_class_name volume_mode volume_name',
  'volume.ephemeral.volume_claim_template.spec.resources': 'limits',
};
/** Of a pod that is not updated in place. */
const fixedPod: Grouped = {
  ...anyPod,
  '': 'affinity# automount_service_account_token dns_policy enable_service_links host_aliases host_ipc host_network host_pid hostname init_container# node_name node_selector priority_class_name restart_policy runtime_class_name scheduler_name service_account_name share_process_namespace subdomain termination_grace_period_seconds',
  dns_config: 'nameservers',
  'dns_config.option': 'name value',
  image_pull_secrets: 'name',
  readiness_gate: 'condition_type',
  security_context: 'fs_group fs_group_change_policy run_as_group run_as_non_root run_as_user supplemental_groups',
  'security_context.se_linux_options': 'level role type user',
  'security_context.seccomp_profile': 'localhost_profile type',
  'security_context.sysctl': 'name value',
  toleration: 'effect key operator toleration_seconds value',
  topology_spread_constraint: 'match_label_keys min_domains node_affinity_policy node_taints_policy',
  'volume.empty_dir': 'medium size_limit',
  ...prefixed('container', container),
  ...prefixed('init_container', container),
};
const podDefaults: Readonly<Record<string, TfValue>> = {
  automount_service_account_token: true,
  dns_policy: 'ClusterFirst',
  enable_service_links: true,
  host_ipc: false,
  host_network: false,
  host_pid: false,
  restart_policy: 'Always',
  'security_context.seccomp_profile.type': 'Unconfined',
  share_process_namespace: false,
  termination_grace_period_seconds: 30,
  'toleration.operator': 'Equal',
  ...prefixed('container', containerDefaults),
  ...prefixed('init_container', containerDefaults),
};

const names = 'generate_name name';
const template = (place: string): Grouped => ({
  [`${place}.metadata`]: `${names} namespace`,
  ...prefixed(`${place}.spec`, anyPod),
});
const claimed = 'access_modes selector storage_class_name volume_mode volume_name';
const jobSpec = 'backoff_limit_per_index completion_mode completions pod_failure_policy# selector';

/** What has a name or place of its own besides `metadata`, by the resource's name without `kubernetes_` and its version. */
const own: Readonly<Record<string, Grouped>> = {
  annotations: { '': 'api_version kind' },
  api_service: { spec: 'service#' },
  certificate_signing_request: { '': 'auto_approve metadata# spec' },
  cluster_role_binding: { '': 'role_ref' },
  cron_job: {
    'spec.job_template.metadata': `${names} namespace`,
    'spec.job_template.spec': `${jobSpec} template#`,
    'spec.job_template.spec.template': 'spec#',
    'spec.job_template.spec.template.metadata': names,
    ...prefixed('spec.job_template.spec.template.spec', anyPod),
  },
  csi_driver: { spec: 'attach_required' },
  daemon_set: { spec: 'selector#', ...template('spec.template') },
  daemonset: { spec: 'selector#', ...template('spec.template') },
  deployment: { spec: 'selector', ...template('spec.template') },
  endpoint_slice: { '': 'address_type' },
  job: {
    spec: `${jobSpec} template#`,
    'spec.template': 'spec#',
    'spec.template.metadata': names,
    ...prefixed('spec.template.spec', fixedPod),
  },
  labels: { '': 'api_version kind' },
  persistent_volume: {
    spec: 'volume_mode',
    'spec.node_affinity.required.node_selector_term': 'match_expressions match_fields',
    'spec.persistent_volume_source.azure_file': 'secret_namespace',
  },
  persistent_volume_claim: { spec: claimed, 'spec.resources': 'limits' },
  pod: prefixed('spec', fixedPod),
  pod_disruption_budget: { '': 'spec' },
  priority_class: { '': 'preemption_policy value' },
  replication_controller: {
    'spec.template.metadata': `${names} namespace`,
    ...prefixed('spec.template.spec', fixedPod),
  },
  resource_quota: { spec: 'scopes' },
  role_binding: { '': 'role_ref' },
  runtime_class: { '': 'handler' },
  secret: { '': 'type' },
  service: { spec: 'cluster_ip cluster_ips health_check_node_port load_balancer_class' },
  stateful_set: {
    spec: 'pod_management_policy revision_history_limit selector service_name volume_claim_template#',
    'spec.volume_claim_template.metadata': `${names} namespace`,
    'spec.volume_claim_template.spec': claimed,
    'spec.volume_claim_template.spec.resources': 'limits',
    ...template('spec.template'),
  },
  storage_class: { '': 'allowed_topologies# mount_options parameters storage_provisioner volume_binding_mode' },
  token_request: { '': 'spec' },
};

const ownDefaults: Readonly<Record<string, Readonly<Record<string, TfValue>>>> = {
  certificate_signing_request: { auto_approve: true },
  cron_job: { 'spec.job_template.spec.completions': 1 },
  job: { 'spec.completions': 1, ...prefixed('spec.template.spec', { ...podDefaults, restart_policy: 'Never' }) },
  persistent_volume: { 'spec.volume_mode': 'Filesystem' },
  pod: prefixed('spec', podDefaults),
  priority_class: { preemption_policy: 'PreemptLowerPriority' },
  replication_controller: prefixed('spec.template.spec', podDefaults),
  secret: { type: 'Opaque' },
  stateful_set: { 'spec.volume_claim_template.metadata.namespace': 'default' },
  storage_class: { volume_binding_mode: 'Immediate' },
};

/** What replaces a resource besides its name and namespace, and what stands there where nothing is written. */
export function replacing(kind: string): Required<Pick<TypeFacts, 'replaces' | 'defaults'>> {
  const replaces = Object.entries(own[kind] ?? {}).flatMap(([place, words]) =>
    words.split(' ').map((word) => [place, word.replace(/#$/, '.#')].filter((part) => part !== '').join('.')),
  );
  return { replaces, defaults: ownDefaults[kind] ?? {} };
}

function prefixed<T>(place: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key === '' ? place : `${place}.${key}`, value]),
  );
}
