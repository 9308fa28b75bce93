import type { KubernetesObject } from '../../../src/rehearsal/kubernetes-objects';
import { withProvenance } from '../../../src/rehearsal/kubernetes-objects';
import type { AppliedResource } from '../../../src/rehearsal/report';
import type { Rehearsal } from '../../../src/rehearsal/rehearse';

/** A rehearsal that has been, as far as the cluster is concerned. */
export function rehearsed(objects: readonly KubernetesObject[], resources: readonly AppliedResource[] = []): Rehearsal {
  // As far as the program has them, each after what it depends on.
  const stacks = ['base', 'ml'];
  return {
    report: { stacks: stacks.map((name) => ({ name })) },
    resources: () => resources,
    objects: () => objects,
  } as unknown as Rehearsal;
}

/** An object of a stack. */
export function object(
  apiVersion: string,
  kind: string,
  metadata: object,
  rest: object = {},
  stack = 'base',
): KubernetesObject {
  const name = (metadata as { name: string }).name;
  return withProvenance(
    { apiVersion, kind, metadata, ...rest },
    { stack, address: `kubernetes_${kind.toLowerCase()}.${name}` },
  );
}
