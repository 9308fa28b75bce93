import type { KubernetesObject } from '../kubernetes-objects';

type Fields = Readonly<Record<string, unknown>>;

/** What a workload makes pods of. */
export interface PodTemplate {
  readonly metadata?: Fields;
  readonly spec: Fields;
}

/** The template of a workload; of a pod, itself. */
export function podTemplate(object: KubernetesObject): PodTemplate | undefined {
  const spec = object['spec'] as { template?: PodTemplate; jobTemplate?: { spec?: { template?: PodTemplate } } };
  switch (object.kind) {
    case 'Pod':
      return { metadata: object.metadata, spec: (object['spec'] ?? {}) as Fields };
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'Job':
      return spec?.template?.spec === undefined ? undefined : spec.template;
    case 'CronJob':
      return spec?.jobTemplate?.spec?.template?.spec === undefined ? undefined : spec.jobTemplate.spec.template;
    default:
      return undefined;
  }
}

/**
 * The pod that a workload would make: admission (Pod Security, quotas, accounts) is enforced on pods, not on their templates.
 * A dry run leaves nothing standing, so the account and the classes that the program itself makes are left out: the server has not got them.
 * @param made whether the program makes an object of this kind and name
 */
export function podOf(
  object: KubernetesObject,
  namespace: string,
  made: (kind: string, name: string) => boolean,
): Fields | undefined {
  if (object.kind === 'Pod') return undefined;
  const template = podTemplate(object);
  if (template === undefined) return undefined;
  const spec: Record<string, unknown> = { ...template.spec };
  for (const [field, kind] of [
    ['serviceAccountName', 'ServiceAccount'],
    ['serviceAccount', 'ServiceAccount'],
    ['priorityClassName', 'PriorityClass'],
    ['runtimeClassName', 'RuntimeClass'],
  ] as const) {
    const name = spec[field];
    if (typeof name === 'string' && made(kind, name)) delete spec[field];
  }
  // The claims of a StatefulSet are volumes of its pods.
  const claims = (object['spec'] as { volumeClaimTemplates?: readonly { metadata?: { name?: string } }[] })
    .volumeClaimTemplates;
  if (object.kind === 'StatefulSet' && claims !== undefined) {
    const volumes = claims.map(({ metadata }) => ({
      name: metadata?.name,
      persistentVolumeClaim: { claimName: `${metadata?.name}-${object.metadata.name}-0` },
    }));
    spec['volumes'] = [...((spec['volumes'] ?? []) as unknown[]), ...volumes];
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: `${object.metadata.name}-rehearsal`, namespace },
    spec: { restartPolicy: object.kind.endsWith('Job') ? 'Never' : 'Always', ...spec },
  };
}
