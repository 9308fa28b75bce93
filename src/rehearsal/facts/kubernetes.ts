import type { FactSheets, Rule, TypeFacts } from './facts';
import type { TfObject } from '../protocol/codec';
import { blocks, told, type Wrong } from './kubernetes-config';
import { wrongPods } from './kubernetes-pods';
import { relations } from './kubernetes-relations';
import { wrongBlocks, wrongValues } from './kubernetes-walk';

type Own = Omit<TypeFacts, 'source' | 'check'> & { readonly metadata?: 'none'; readonly cluster?: true };

/** Immutable in Kubernetes or ForceNew in the provider, by the resource's name without `kubernetes_`. */
const kinds: Readonly<Record<string, Own>> = {
  annotations: { metadata: 'none', replaces: ['api_version', 'kind', 'metadata.name', 'metadata.namespace'] },
  api_service: { cluster: true },
  certificate_signing_request: { cluster: true, replaces: ['spec'] },
  cluster_role: { cluster: true },
  cluster_role_binding: { cluster: true, replaces: ['role_ref'] },
  config_map: {},
  config_map_data: { metadata: 'none', replaces: ['metadata.name', 'metadata.namespace'] },
  cron_job: {},
  csi_driver: { cluster: true, replaces: ['spec.attach_required'] },
  daemon_set: { replaces: ['spec.selector'] },
  daemonset: { replaces: ['spec.selector'] },
  default_service_account: {},
  deployment: { replaces: ['spec.selector'] },
  endpoint_slice: { replaces: ['address_type'] },
  endpoints: {},
  horizontal_pod_autoscaler: {},
  ingress: {},
  ingress_class: { cluster: true },
  job: {
    replaces: [
      'spec.backoff_limit_per_index',
      'spec.completion_mode',
      'spec.completions',
      'spec.pod_failure_policy',
      'spec.selector',
      'spec.template',
    ],
    defaults: { 'spec.completions': 1 },
  },
  labels: { metadata: 'none', replaces: ['api_version', 'kind', 'metadata.name', 'metadata.namespace'] },
  limit_range: {},
  mutating_webhook_configuration: { cluster: true },
  namespace: { cluster: true, stateful: true },
  network_policy: {},
  persistent_volume: {
    cluster: true,
    stateful: true,
    replaces: ['spec.volume_mode'],
    defaults: { 'spec.volume_mode': 'Filesystem' },
  },
  persistent_volume_claim: {
    stateful: true,
    replaces: [
      'spec.access_modes',
      'spec.resources.limits',
      'spec.selector',
      'spec.storage_class_name',
      'spec.volume_mode',
      'spec.volume_name',
    ],
  },
  pod: {
    replaces: [
      'spec.automount_service_account_token',
      'spec.container.args',
      'spec.container.command',
      'spec.container.env',
      'spec.container.resources',
      'spec.dns_policy',
      'spec.host_network',
      'spec.hostname',
      'spec.node_name',
      'spec.node_selector',
      'spec.priority_class_name',
      'spec.restart_policy',
      'spec.service_account_name',
      'spec.volume',
    ],
    defaults: {
      'spec.dns_policy': 'ClusterFirst',
      'spec.restart_policy': 'Always',
      'spec.automount_service_account_token': true,
    },
  },
  pod_disruption_budget: { replaces: ['spec'] },
  priority_class: {
    cluster: true,
    replaces: ['preemption_policy', 'value'],
    defaults: { preemption_policy: 'PreemptLowerPriority' },
  },
  replication_controller: {},
  resource_quota: {},
  role: {},
  role_binding: { replaces: ['role_ref'] },
  runtime_class: { cluster: true, replaces: ['handler'] },
  secret: {
    // What it holds stands in the configuration as well, except what other controllers wrote into it.
    replaces: ['type'],
    sensitive: ['binary_data', 'data'],
    writeOnly: ['binary_data_wo', 'data_wo'],
    atMostOneOf: [
      ['data', 'data_wo'],
      ['binary_data', 'binary_data_wo'],
    ],
    defaults: { type: 'Opaque' },
  },
  secret_data: { metadata: 'none', replaces: ['metadata.name', 'metadata.namespace'], sensitive: ['data'] },
  service: {
    replaces: ['spec.cluster_ip', 'spec.cluster_ips', 'spec.health_check_node_port', 'spec.load_balancer_class'],
  },
  service_account: {},
  stateful_set: {
    stateful: true,
    replaces: [
      'spec.pod_management_policy',
      'spec.revision_history_limit',
      'spec.selector',
      'spec.service_name',
      'spec.volume_claim_template',
    ],
  },
  storage_class: {
    cluster: true,
    replaces: ['allowed_topologies', 'mount_options', 'parameters', 'storage_provisioner', 'volume_binding_mode'],
    defaults: { volume_binding_mode: 'Immediate' },
  },
  token_request: {},
  validating_webhook_configuration: { cluster: true },
};

/** Names of resources of the provider that end in the version of their API; without one, they are the older name for the same. */
const versions = ['', '_v1', '_v2', '_v2beta2'];

function sheet(kind: string, { metadata, cluster, ...own }: Own): TypeFacts {
  const named = metadata === undefined;
  const place = cluster === true ? [] : ['metadata.namespace'];
  const timed: Record<string, Rule> = Object.fromEntries(
    ['create', 'update', 'delete', 'read'].map((step) => [`timeouts.${step}`, { format: 'duration' }]),
  );
  return {
    source: `https://github.com/hashicorp/terraform-provider-kubernetes/blob/main/kubernetes/resource_kubernetes_${kind}_v1.go`,
    ...own,
    rules: { ...timed, ...own.rules },
    replaces: [...(named ? ['metadata.name', 'metadata.generate_name', ...place] : []), ...(own.replaces ?? [])],
    defaults: { ...(cluster !== true && { 'metadata.namespace': 'default' }), ...own.defaults },
    ...(named && { atMostOneOf: [['metadata.name', 'metadata.generate_name'], ...(own.atMostOneOf ?? [])] }),
  };
}

/**
 * Facts of the provider for Kubernetes 2.38, and what Kubernetes itself refuses, which the provider hands on at apply.
 * Single values are in `kubernetes-values.ts`, single blocks in `kubernetes-blocks.ts`, relations in `kubernetes-pods.ts` and `kubernetes-relations.ts`.
 */
export const kubernetes: FactSheets = Object.fromEntries(
  Object.entries(kinds).flatMap(([kind, own]) =>
    versions.map((version): [string, TypeFacts] => {
      const type = typeOf(kind, version);
      const check: TypeFacts['check'] = (config) =>
        [
          ...(own.metadata === undefined && kind !== 'default_service_account' ? unnamed(config) : []),
          ...wrongValues(kind, config),
          ...wrongBlocks(config),
          ...wrongPods(kind, config),
          ...(relations[kind]?.(config) ?? []),
        ].map((wrong) => told(type, wrong));
      return [type, { ...sheet(kind, own), check }];
    }),
  ),
);

function unnamed(config: TfObject): Wrong[] {
  const [metadata] = blocks(config['metadata']);
  if (metadata === undefined) return [];
  const names = ['name', 'generate_name'].map((name) => metadata[name] ?? null);
  return names.every((name) => name === null || name === '')
    ? [
        {
          path: ['metadata', 0],
          clause: 'it has no name; write name, or generate_name for one that Kubernetes completes',
        },
      ]
    : [];
}

/** `kubernetes_config_map_v1_data` has its version inside. */
function typeOf(kind: string, version: string): string {
  return kind.endsWith('_data')
    ? `kubernetes_${kind.slice(0, -'_data'.length)}${version}_data`
    : `kubernetes_${kind}${version}`;
}
