import type { ApiClient } from './api-client';

type Fields = Readonly<Record<string, unknown>>;

interface Workload {
  readonly kind?: string;
  readonly metadata?: { readonly generation?: number; readonly name?: string; readonly namespace?: string };
  readonly spec?: { readonly replicas?: number; readonly completions?: number; readonly selector?: Fields };
  readonly status?: Readonly<Record<string, number | undefined>> & {
    readonly conditions?: readonly { type: string; status: string; message?: string }[];
  };
}

/** Kinds that become ready some time after they are accepted. */
export const workloads: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Pod']);

/** Whether a workload is as ready as its spec asks for, read from its status as `kubectl rollout status` does. */
export function isReady(kind: string, object: object): boolean {
  const { metadata, spec, status = {} } = object as Workload;
  const condition = (type: string): boolean =>
    (status as Workload['status'])?.conditions?.some((one) => one.type === type && one.status === 'True') === true;
  if (kind === 'Pod') return condition('Ready') || String(status['phase']) === 'Succeeded';
  if (kind === 'Job') return condition('Complete');
  if ((status['observedGeneration'] ?? 0) < (metadata?.generation ?? 0)) return false;
  if (kind === 'DaemonSet') return status['desiredNumberScheduled'] === status['numberReady'];
  const wanted = spec?.replicas ?? 1;
  const ready = kind === 'Deployment' ? status['availableReplicas'] : status['readyReplicas'];
  return (status['updatedReplicas'] ?? 0) >= wanted && (ready ?? 0) >= wanted;
}

/** Why a workload is not ready, in the words of the cluster: its own conditions, else those of its first pod that is not. */
export async function whyNotReady(client: ApiClient, path: string): Promise<string> {
  const { body } = await client.call('GET', path);
  const { kind, metadata, spec, status } = body as unknown as Workload;
  const own = status?.conditions?.find(({ type, status: held }) => /Failure|Failed/.test(type) && held === 'True');
  if (own?.message !== undefined) return own.message;
  const labels = (kind === 'Pod' ? {} : ((spec?.selector?.['matchLabels'] ?? {}) as Record<string, string>)) ?? {};
  const labelSelector = Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
  const answer = await client.call('GET', `/api/v1/namespaces/${metadata?.namespace}/pods`, {
    query: { labelSelector },
  });
  const pods = (answer.body['items'] ?? []) as readonly Workload[];
  for (const pod of pods.filter((one) => !isReady('Pod', one))) {
    const told = pod.status?.conditions?.find(({ status: held, message }) => held === 'False' && message !== undefined);
    if (told?.message !== undefined) return `its pod ${pod.metadata?.name} says: ${told.message}`;
  }
  return pods.length === 0 ? 'it has no pods' : `${pods.length} pods stand, and are not ready`;
}
