import type { FactSheets, Rule, TypeFacts } from './facts';
import type { TfObject } from '../protocol/codec';
import { blocks, told, type Wrong } from './kubernetes-config';
import { unchangeable } from './kubernetes-fixed';
import { wrongPods } from './kubernetes-pods';
import { relations } from './kubernetes-relations';
import { replacing } from './kubernetes-replaces';
import { wrongBlocks, wrongValues } from './kubernetes-walk';

type Own = Pick<TypeFacts, 'stateful' | 'sensitive' | 'writeOnly' | 'atMostOneOf'> & {
  readonly metadata?: 'none';
  readonly cluster?: true;
};

/** What is special of a kind, by the resource's name without `kubernetes_`; what replaces it is in `kubernetes-replaces.ts`. */
const kinds: Readonly<Record<string, Own>> = {
  annotations: { metadata: 'none' },
  api_service: { cluster: true },
  certificate_signing_request: { cluster: true },
  cluster_role: { cluster: true },
  cluster_role_binding: { cluster: true },
  config_map: {},
  config_map_data: { metadata: 'none' },
  cron_job: {},
  csi_driver: { cluster: true },
  daemon_set: {},
  daemonset: {},
  default_service_account: {},
  deployment: {},
  endpoint_slice: {},
  endpoints: {},
  env: { metadata: 'none' },
  horizontal_pod_autoscaler: {},
  ingress: {},
  ingress_class: { cluster: true },
  job: {},
  labels: { metadata: 'none' },
  limit_range: {},
  mutating_webhook_configuration: { cluster: true },
  namespace: { cluster: true, stateful: true },
  network_policy: {},
  node_taint: { metadata: 'none' },
  persistent_volume: { cluster: true, stateful: true },
  persistent_volume_claim: { stateful: true },
  pod: {},
  pod_disruption_budget: {},
  priority_class: { cluster: true },
  replication_controller: {},
  resource_quota: {},
  role: {},
  role_binding: {},
  runtime_class: { cluster: true },
  secret: {
    // What it holds stands in the configuration as well, except what other controllers wrote into it.
    sensitive: ['binary_data', 'data'],
    writeOnly: ['binary_data_wo', 'data_wo'],
    atMostOneOf: [
      ['data', 'data_wo'],
      ['binary_data', 'binary_data_wo'],
    ],
  },
  secret_data: { metadata: 'none', sensitive: ['data'] },
  service: {},
  service_account: {},
  stateful_set: { stateful: true },
  storage_class: { cluster: true },
  token_request: { sensitive: ['token'] },
  validating_webhook_configuration: { cluster: true },
};

/** Names of resources of the provider that end in the version of their API; without one, they are the older name for the same. */
const versions = ['', '_v1', '_v2', '_v2beta2'];

function sheet(kind: string, { metadata, cluster, ...own }: Own): TypeFacts {
  const named = metadata === undefined;
  const { replaces, defaults } = replacing(kind);
  const timed: Record<string, Rule> = Object.fromEntries(
    ['create', 'update', 'delete', 'read'].map((step) => [`timeouts.${step}`, { format: 'duration' }]),
  );
  return {
    source: `https://github.com/hashicorp/terraform-provider-kubernetes/blob/v2.38.0/kubernetes/resource_kubernetes_${kind}_v1.go`,
    ...own,
    rules: timed,
    replaces: [
      ...(named ? ['metadata.generate_name'] : []),
      'metadata.name',
      ...(cluster === true ? [] : ['metadata.namespace']),
      ...replaces,
    ],
    defaults: { ...(cluster !== true && { 'metadata.namespace': 'default' }), ...defaults },
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
      const change: TypeFacts['change'] = (prior, planned) =>
        unchangeable(kind, prior, planned).map((wrong) => told(type, wrong, 'cannot be changed like this'));
      return [type, { ...sheet(kind, own), check, change }];
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
