/** `[apiVersion, kind]` by the type of the Terraform resource, without its version suffix where that makes no difference. */
const kinds: Readonly<Record<string, readonly [apiVersion: string, kind: string]>> = {
  api_service: ['apiregistration.k8s.io/v1', 'APIService'],
  cluster_role: ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  cluster_role_binding: ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
  config_map: ['v1', 'ConfigMap'],
  cron_job: ['batch/v1', 'CronJob'],
  csi_driver: ['storage.k8s.io/v1', 'CSIDriver'],
  daemon_set: ['apps/v1', 'DaemonSet'],
  daemonset: ['apps/v1', 'DaemonSet'],
  deployment: ['apps/v1', 'Deployment'],
  endpoint_slice: ['discovery.k8s.io/v1', 'EndpointSlice'],
  endpoints: ['v1', 'Endpoints'],
  horizontal_pod_autoscaler: ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ingress: ['networking.k8s.io/v1', 'Ingress'],
  ingress_class: ['networking.k8s.io/v1', 'IngressClass'],
  job: ['batch/v1', 'Job'],
  limit_range: ['v1', 'LimitRange'],
  mutating_webhook_configuration: ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
  namespace: ['v1', 'Namespace'],
  network_policy: ['networking.k8s.io/v1', 'NetworkPolicy'],
  persistent_volume: ['v1', 'PersistentVolume'],
  persistent_volume_claim: ['v1', 'PersistentVolumeClaim'],
  pod: ['v1', 'Pod'],
  pod_disruption_budget: ['policy/v1', 'PodDisruptionBudget'],
  priority_class: ['scheduling.k8s.io/v1', 'PriorityClass'],
  replication_controller: ['v1', 'ReplicationController'],
  resource_quota: ['v1', 'ResourceQuota'],
  role: ['rbac.authorization.k8s.io/v1', 'Role'],
  role_binding: ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
  runtime_class: ['node.k8s.io/v1', 'RuntimeClass'],
  secret: ['v1', 'Secret'],
  service: ['v1', 'Service'],
  service_account: ['v1', 'ServiceAccount'],
  stateful_set: ['apps/v1', 'StatefulSet'],
  storage_class: ['storage.k8s.io/v1', 'StorageClass'],
  validating_webhook_configuration: ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
};

/** Kind of a `kubernetes_*` resource; undefined for those that are no object of their own (labels, annotations, taints, data of another's). */
export function kindOf(type: string): { readonly apiVersion: string; readonly kind: string } | undefined {
  const name = type.replace(/^kubernetes_/, '');
  if (name === 'horizontal_pod_autoscaler_v1') return { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler' };
  // The old, unversioned ingress has the shape of extensions/v1beta1, which no cluster serves any more.
  if (name === 'ingress') return undefined;
  const found = kinds[name.replace(/_v\d+$/, '')];
  return found === undefined ? undefined : { apiVersion: found[0], kind: found[1] };
}

/** Blocks that may be repeated have a name in the singular; Kubernetes calls the list so. The others keep their name. */
export const plurals: Readonly<Record<string, string>> = {
  address: 'addresses',
  container: 'containers',
  endpoint: 'endpoints',
  http_header: 'httpHeaders',
  image_pull_secret: 'imagePullSecrets',
  init_container: 'initContainers',
  limit: 'limits',
  match_expression: 'matchExpressions',
  metric: 'metrics',
  node_selector_term: 'nodeSelectorTerms',
  not_ready_address: 'notReadyAddresses',
  on_pod_condition: 'onPodConditions',
  option: 'options',
  path: 'paths',
  policy: 'policies',
  port: 'ports',
  readiness_gate: 'readinessGates',
  rule: 'rules',
  secret: 'secrets',
  subject: 'subjects',
  subset: 'subsets',
  sysctl: 'sysctls',
  toleration: 'tolerations',
  topology_spread_constraint: 'topologySpreadConstraints',
  volume: 'volumes',
  volume_claim_template: 'volumeClaimTemplates',
  volume_device: 'volumeDevices',
  volume_mount: 'volumeMounts',
  webhook: 'webhooks',
};

/** Blocks that the provider's schema lets repeat, though the object holds one. */
export const singles: ReadonlySet<string> = new Set([
  'grpc',
  'label_selector',
  'namespace_selector',
  'parameters',
  'persistent_volume_claim_retention_policy',
  'post_start',
  'pre_stop',
  'projected',
  'rolling_update',
  'scale_down',
  'scale_up',
  'se_linux_options',
  'selector',
  'spec',
  'tcp_socket',
  'update_strategy',
]);

/** Texts in Terraform that are numbers in Kubernetes, or numbers where they look like one (ports may be names, bounds percentages). */
export const numeric: ReadonlySet<string> = new Set([
  'fs_group',
  'max_surge',
  'max_unavailable',
  'min_available',
  'port',
  'replicas',
  'run_as_group',
  'run_as_user',
  'target_port',
  'toleration_seconds',
  'ttl_seconds_after_finished',
]);

/** File modes, written in octal digits in Terraform. */
export const octal: ReadonlySet<string> = new Set(['default_mode', 'mode']);

const names: Readonly<Record<string, string>> = {
  ceph_fs: 'cephfs',
  ceph_monitors: 'monitors',
  client_ip: 'clientIP',
  cluster_ip: 'clusterIP',
  cluster_ips: 'clusterIPs',
  condition: 'conditions',
  data_disk_uri: 'diskURI',
  dataset_uuid: 'datasetUUID',
  downward_api: 'downwardAPI',
  endpoints_name: 'endpoints',
  external_ips: 'externalIPs',
  host_ip: 'hostIP',
  host_ipc: 'hostIPC',
  host_pid: 'hostPID',
  insecure_skip_tls_verify: 'insecureSkipTLSVerify',
  load_balancer_ip: 'loadBalancerIP',
  non_resource_urls: 'nonResourceURLs',
  pd_id: 'pdID',
  pod_cidr: 'podCIDR',
  pod_cidrs: 'podCIDRs',
  rados_user: 'user',
  rbd_image: 'image',
  rbd_pool: 'pool',
  run_as_username: 'runAsUserName',
  set_hostname_as_fqdn: 'setHostnameAsFQDN',
  storage_provisioner: 'provisioner',
  target_cpu_utilization_percentage: 'targetCPUUtilizationPercentage',
  target_ww_ns: 'targetWWNs',
  timezone: 'timeZone',
  volume_id: 'volumeID',
};

/** `mount_path` as `mountPath`, and the few that Kubernetes spells with capitals. */
export function fieldName(name: string): string {
  return names[name] ?? name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
}

/**
 * What the provider writes where a program says nothing, and an API server would write something else or refuse, by the names
 * of the block and the attribute. Source: `Default` in the schemas of hashicorp/terraform-provider-kubernetes
 * (kubernetes/schema_*.go, kubernetes/resource_kubernetes_*.go).
 */
const defaults: Readonly<Record<string, unknown>> = {
  '.allow_volume_expansion': true,
  'claim_ref.namespace': 'default',
  'path.path_type': 'ImplementationSpecific',
  'seccomp_profile.type': 'Unconfined',
  'spec.automount_service_account_token': true,
  'subject.namespace': 'default',
  'topology_spread_constraint.max_skew': 1,
  'topology_spread_constraint.when_unsatisfiable': 'DoNotSchedule',
};

/** What the provider writes for an attribute that is not given; undefined where an API server does the same. */
export function defaultOf(type: string, block: string, attribute: string): unknown {
  const ofJob = /^kubernetes_(cron_)?job(_v\d+)?$/.test(type) && `${block}.${attribute}` === 'spec.restart_policy';
  return ofJob ? 'Never' : defaults[`${block}.${attribute}`];
}
