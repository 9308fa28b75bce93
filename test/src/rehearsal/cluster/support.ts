import { withProvenance, type KubernetesObject } from '../../../../src/rehearsal/kubernetes-objects';

/** An object of a stack, of which nothing matters but what is given. */
export function object(
  kind: string,
  name: string,
  rest: object = {},
  { apiVersion = 'v1', namespace = 'ml' as string | null, stack = 's', release = undefined as string | undefined } = {},
): KubernetesObject {
  const metadata = { name, ...(namespace !== null && { namespace }) };
  return withProvenance({ apiVersion, kind, metadata, ...rest }, { stack, address: `${kind}.${name}` }, release);
}

/** A workload whose pods have this spec. */
export const deployment = (name: string, pod: object, spec: object = {}): KubernetesObject =>
  object('Deployment', name, { spec: { template: { spec: pod }, ...spec } }, { apiVersion: 'apps/v1' });
