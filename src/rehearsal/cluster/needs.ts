import type { KubernetesObject } from '../kubernetes-objects';
import { namespaceOf } from './objects';
import { podTemplate } from './pods';

type Fields = Readonly<Record<string, unknown>>;

/** Kinds in the order in which they are sent where nothing else decides; the rest comes between configuration and workloads. */
const ranks: readonly (readonly string[])[] = [
  ['Namespace'],
  ['CustomResourceDefinition'],
  ['PriorityClass', 'RuntimeClass', 'StorageClass', 'IngressClass', 'CSIDriver'],
  ['ServiceAccount', 'ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding'],
  ['ResourceQuota', 'LimitRange', 'NetworkPolicy', 'ConfigMap', 'Secret', 'PersistentVolume', 'PersistentVolumeClaim'],
  [],
  ['Service', 'PodDisruptionBudget'],
  ['Pod', 'ReplicaSet', 'DaemonSet', 'Deployment', 'StatefulSet', 'Job', 'CronJob'],
  [
    'HorizontalPodAutoscaler',
    'Ingress',
    'APIService',
    'MutatingWebhookConfiguration',
    'ValidatingWebhookConfiguration',
  ],
];
const rest = ranks.findIndex((kinds) => kinds.length === 0);

function rankOf(kind: string): number {
  const rank = ranks.findIndex((kinds) => kinds.includes(kind));
  return rank === -1 ? rest : rank;
}

/**
 * What objects need of each other, as they say themselves: their namespace, their definition, and for pods the account, configuration,
 * secrets, claims and classes they name; bindings need roles and accounts, autoscalers and ingresses what they point to.
 * @returns for each object those among `objects` that it needs
 */
export function needsOf(objects: readonly KubernetesObject[]): Map<KubernetesObject, KubernetesObject[]> {
  const byKey = new Map(objects.map((object) => [key(object.kind, object.metadata.name, namespaceOf(object)), object]));
  const definitions = new Map(
    objects.flatMap((object) => {
      if (object.kind !== 'CustomResourceDefinition') return [];
      const spec = object['spec'] as { group: string; names: { kind: string } };
      return [[`${spec.group}/${spec.names.kind}`, object] as const];
    }),
  );
  return new Map(
    objects.map((object) => {
      const namespace = namespaceOf(object);
      const found = [
        namespace === undefined ? undefined : byKey.get(key('Namespace', namespace)),
        definitions.get(`${object.apiVersion.split('/')[0]}/${object.kind}`),
        ...named(object, namespace).map(([kind, name, there]) => byKey.get(key(kind, name, there))),
      ];
      const needed = new Set(found.filter((one) => one !== undefined && one !== object));
      return [object, [...needed] as KubernetesObject[]];
    }),
  );
}

type Reference = readonly [kind: string, name: string | undefined, namespace?: string];

/** Whatever an object names, by kind. */
function named(object: KubernetesObject, namespace: string | undefined): Reference[] {
  const spec = (object['spec'] ?? {}) as Fields;
  const pod = podTemplate(object)?.spec;
  if (pod !== undefined) return namedByPod(pod, namespace);
  const there = (reference: unknown): Reference[] => {
    const { kind, name, namespace: elsewhere } = (reference ?? {}) as Record<string, string | undefined>;
    return kind === undefined ? [] : [[kind, name, clusterRole(kind) ? undefined : (elsewhere ?? namespace)]];
  };
  switch (object.kind) {
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return [...there(object['roleRef']), ...((object['subjects'] ?? []) as unknown[]).flatMap(there)];
    case 'Ingress':
      return [...JSON.stringify(spec).matchAll(/"service":\{"name":"([^"]+)"/g)].map(([, name]) => [
        'Service',
        name,
        namespace,
      ]);
    default:
      return there(spec['scaleTargetRef']);
  }
}

function clusterRole(kind: string): boolean {
  return kind === 'ClusterRole';
}

/** What a pod names: it does not start, or is not even accepted, without it. */
export function namedByPod(spec: Fields, namespace: string | undefined): Reference[] {
  const references: Reference[] = [];
  const add = (kind: string, name: unknown, there = namespace): void => {
    if (typeof name === 'string') references.push([kind, name, there]);
  };
  add('ServiceAccount', spec['serviceAccountName']);
  for (const [kind, name] of [
    ['PriorityClass', spec['priorityClassName']],
    ['RuntimeClass', spec['runtimeClassName']],
  ]) {
    if (typeof name === 'string') references.push([String(kind), name]);
  }
  const look = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(look);
    if (typeof value !== 'object' || value === null) return;
    for (const [name, held] of Object.entries(value)) {
      const { name: named, secretName, claimName } = (held ?? {}) as Fields;
      if (['configMap', 'configMapRef', 'configMapKeyRef'].includes(name)) add('ConfigMap', named);
      else if (['secret', 'secretRef', 'secretKeyRef'].includes(name)) add('Secret', secretName ?? named);
      else if (name === 'persistentVolumeClaim') add('PersistentVolumeClaim', claimName);
      look(held);
    }
  };
  look(spec['volumes']);
  look(spec['containers']);
  look(spec['initContainers']);
  return references;
}

/**
 * Objects in the order in which they can be sent: stack by stack as they depend on each other, needs first, else by kind; what is equal
 * keeps its order. Reversed, it is the order in which they can be destroyed.
 * @param stacks names of the stacks, each after those that it depends on
 */
export function inOrder(objects: readonly KubernetesObject[], stacks: readonly string[]): KubernetesObject[] {
  const needs = needsOf(objects);
  const sorted = objects
    .map((object, index) => ({
      object,
      index,
      stack: stacks.indexOf(object.provenance.stack),
      rank: rankOf(object.kind),
    }))
    .sort((a, b) => a.stack - b.stack || a.rank - b.rank || a.index - b.index);
  const done = new Set<KubernetesObject>();
  // A circle (two objects that name each other) is cut where it was entered: the server takes names of what is not there yet.
  const entered = new Set<KubernetesObject>();
  const put = (object: KubernetesObject): void => {
    if (entered.has(object)) return;
    entered.add(object);
    needs.get(object)?.forEach((needed) => {
      // What a later stack makes comes later all the same: that is how it will be.
      if (stacks.indexOf(needed.provenance.stack) <= stacks.indexOf(object.provenance.stack)) put(needed);
    });
    done.add(object);
  };
  for (const { object } of sorted) put(object);
  return [...done];
}

function key(kind: string, name: string | undefined, namespace?: string): string {
  return `${kind} ${namespace ?? ''}/${name ?? ''}`;
}
