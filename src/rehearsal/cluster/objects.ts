import type { KubernetesObject } from '../kubernetes-objects';

/** Anything that has the shape of a Kubernetes object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

/** Kinds of Kubernetes itself that stand in no namespace; those of others say so in their definitions. */
const clusterWide: ReadonlySet<string> = new Set([
  'APIService',
  'CSIDriver',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'VolumeAttributesClass',
]);

/** The namespace an object goes to: its own, else that of its Helm release, else `default`. Undefined for what stands in none. */
export function namespaceOf(object: KubernetesObject): string | undefined {
  if (isOfKubernetes(object.apiVersion) && clusterWide.has(object.kind)) return undefined;
  return object.metadata.namespace ?? object.provenance.namespace ?? 'default';
}

function isOfKubernetes(apiVersion: string): boolean {
  const [group = ''] = apiVersion.split('/');
  return !apiVersion.includes('/') || !group.includes('.') || group.endsWith('.k8s.io');
}

/** `Deployment ml/server`. */
export function named({ kind, metadata }: Manifest, namespace?: string): string {
  const name = metadata.name ?? `${metadata.generateName ?? ''}*`;
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** `stack S, address: Deployment ml/server on CONTEXT`. */
export function placeOf(object: KubernetesObject, namespace: string | undefined, context: string): string {
  const { stack, address } = object.provenance;
  return `stack ${stack}, ${address}: ${named(object, namespace)} on ${context}`;
}
