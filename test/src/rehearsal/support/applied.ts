import { join } from 'node:path';
import { kubernetesObjects } from '../../../../src/rehearsal/kubernetes-objects';
import type { AppliedResource } from '../../../../src/rehearsal/report';
import { BindingSchemas } from '../../../../src/rehearsal/schema/provider-schema';

const root = join(__dirname, '../../../..');
const types = [
  'kubernetes_config_map_v1',
  'kubernetes_cron_job_v1',
  'kubernetes_daemon_set_v1',
  'kubernetes_deployment_v1',
  'kubernetes_horizontal_pod_autoscaler',
  'kubernetes_horizontal_pod_autoscaler_v1',
  'kubernetes_horizontal_pod_autoscaler_v2',
  'kubernetes_labels',
  'kubernetes_mutating_webhook_configuration_v1',
  'kubernetes_network_policy_v1',
  'kubernetes_node_taint',
  'kubernetes_persistent_volume_v1',
  'kubernetes_pod_disruption_budget_v1',
  'kubernetes_pod_v1',
  'kubernetes_role_v1',
  'kubernetes_secret_v1',
  'kubernetes_service_account_v1',
  'kubernetes_service_v1',
  'kubernetes_stateful_set_v1',
  'kubernetes_storage_class_v1',
];
export const { resources: schemas } = new BindingSchemas(root).of('kubernetes', {
  resources: new Set(types),
  dataSources: new Set(),
});

/** A resource as the state has it. */
export const applied = (type: string, values: Record<string, unknown>): AppliedResource => ({
  stack: 's',
  address: `${type}.x`,
  mode: 'managed',
  type,
  name: 'x',
  provider: 'registry.terraform.io/hashicorp/kubernetes',
  values,
});
/** The object of one resource. */
export const one = (type: string, values: Record<string, unknown>) =>
  kubernetesObjects([applied(type, values)], schemas)[0];
/** Metadata as the provider leaves it in the state. */
export const metadata = [
  { name: 'x', namespace: 'n', labels: null, annotations: {}, uid: 'u', resource_version: '1', generation: 1 },
];
