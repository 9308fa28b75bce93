import type { Applied } from '../../../../src/rehearsal/expect/verdict';
import { withProvenance, type KubernetesObject } from '../../../../src/rehearsal/kubernetes-objects';
import type { AppliedResource } from '../../../../src/rehearsal/report';

/** A resource as the state of the stack `s` has it. */
export function made(type: string, values: Readonly<Record<string, unknown>> = {}, name = 'x'): AppliedResource {
  const provider = 'registry.terraform.io/hashicorp/aws';
  return { stack: 's', address: `${type}.${name}`, mode: 'managed', type, name, provider, values };
}

/** An object of Kubernetes from the resource `s/kubernetes_x.NAME`. */
export function object(
  kind: string,
  metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown },
  more: object = {},
): KubernetesObject {
  const apiVersion = kind === 'NetworkPolicy' ? 'networking.k8s.io/v1' : 'v1';
  const address = `kubernetes_${kind.toLowerCase()}.${metadata.name}`;
  return withProvenance({ apiVersion, kind, metadata, ...more }, { stack: 's', address });
}

/** What was applied without a finding. */
export const applied = (
  resources: readonly AppliedResource[],
  objects: readonly KubernetesObject[] = [],
  more: Partial<Applied> = {},
): Applied => ({
  report: { ok: true, stacks: [], resources: resources.length, findings: [] },
  resources: () => [...resources],
  objects: () => [...objects],
  ...more,
});
