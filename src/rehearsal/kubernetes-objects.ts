import { parse } from 'yaml';
import { defaultOf, fieldName, kindOf, numeric, octal, plurals, singles } from './kubernetes-kinds';
import type { AppliedResource } from './report';
import type { Block } from './schema/types';

/** A plain Kubernetes object, as an API server would take it, and where it comes from. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
  /** Not enumerable: the object's JSON is what Kubernetes takes. `namespace`: that of the Helm release which carries the object. */
  readonly provenance: { readonly stack: string; readonly address: string; readonly namespace?: string };
}

/**
 * The Kubernetes objects among what was applied: resources of the Kubernetes provider, `kubernetes_manifest`, and those that ride in
 * a Helm release of a local chart whose values are `{ objects: [...] }`. What other charts make is not known here.
 * @param schemas schemas of the Kubernetes provider's resources
 */
export function kubernetesObjects(
  resources: readonly AppliedResource[],
  schemas: ReadonlyMap<string, Block>,
): KubernetesObject[] {
  return resources
    .filter(({ mode }) => mode === 'managed')
    .flatMap((resource) => {
      if (resource.type === 'helm_release') return ofRelease(resource);
      if (resource.type === 'kubernetes_manifest') return ofManifest(resource);
      const schema = schemas.get(resource.type);
      const kind = kindOf(resource.type);
      if (schema === undefined || kind === undefined) return [];
      return [
        withProvenance(
          { ...kind, ...mended(resource.type, kind.kind, fields(schema, resource.values, resource.type)) },
          resource,
        ),
      ];
    });
}

type Fields = Record<string, unknown>;

/** A block's values as an object's fields. What only the provider knows, and what was not given, is left out. */
function fields(schema: Block, values: Readonly<Record<string, unknown>>, type: string, around = ''): Fields {
  const result: Fields = {};
  for (const { name, computed, optional, required } of schema.attributes) {
    const value = values[name] ?? defaultOf(type, around, name);
    if (value === null || value === undefined || (computed && !optional && !required) || isTerraforms(name)) continue;
    if (isEmpty(value)) continue;
    result[fieldName(name)] = scalar(name, value);
  }
  for (const { name, maxItems, nesting, block } of schema.blocks) {
    if (name === 'timeouts' || name === 'field_manager') continue;
    const held = values[name];
    const items = (Array.isArray(held) ? held : held === null || held === undefined ? [] : [held]).map((item) =>
      fields(block, (item ?? {}) as Fields, type, name),
    );
    const first = items[0];
    if (first === undefined) continue;
    if (nesting === 'single' || maxItems === 1 || singles.has(name)) result[fieldName(name)] = first;
    else result[plurals[name] ?? fieldName(name)] = (lists[name] ?? ((given) => given))(items);
  }
  return result;
}

/** Arguments that are about Terraform's own doing. */
function isTerraforms(name: string): boolean {
  return name === 'id' || name === 'target_state' || name.startsWith('wait_') || /_wo(_revision)?$/.test(name);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function scalar(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (octal.has(name) && /^[0-7]+$/.test(value)) return parseInt(value, 8);
  return numeric.has(name) && /^-?\d+$/.test(value) ? Number(value) : value;
}

/** Lists whose items Kubernetes has otherwise than Terraform. */
const lists: Readonly<Record<string, (items: readonly Fields[]) => readonly Fields[]>> = {
  sources: (items) => items.flatMap(projectedSources),
  volume: (items) => items.map(podVolume),
};

/** The provider has the sources of a PersistentVolume for pods as well, and hands over what pods have. */
function podVolume({ local: _local, ...volume }: Fields): Fields {
  const ofPod = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const { secretNamespace: _namespace, secretRef, ...source } = value as Fields;
    return secretRef === undefined ? source : { ...source, secretRef: { name: (secretRef as Fields)['name'] } };
  };
  return Object.fromEntries(Object.entries(volume).map(([name, value]) => [name, ofPod(value)]));
}

/** Terraform gathers the sources of a projected volume by kind; Kubernetes has a list in which each holds one. */
function projectedSources(source: Fields): Fields[] {
  return Object.entries(source).flatMap(([kind, held]) => {
    const name = kind === 'secrets' ? 'secret' : kind;
    return (Array.isArray(held) ? held : [held]).map((item: unknown) => ({ [name]: item }));
  });
}

/** What one kind has that the others have not. */
function mended(type: string, kind: string, object: Fields): Fields {
  const spec = object['spec'] as Fields | undefined;
  switch (kind) {
    case 'DaemonSet': {
      // Of a Deployment it is called strategy, and the provider calls it so for both.
      const { strategy, ...rest } = spec ?? {};
      return strategy === undefined ? object : { ...object, spec: { ...rest, updateStrategy: strategy } };
    }
    case 'HorizontalPodAutoscaler': {
      const { targetCPUUtilizationPercentage: share, ...rest } = spec ?? {};
      // autoscaling/v2 has a metric for it, which the provider leaves out of what bears that version in its name.
      if (share === undefined || type.endsWith('_v1')) return object;
      const target = { type: 'Utilization', averageUtilization: share };
      const metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
      return { ...object, spec: type.endsWith('_v2') ? rest : { metrics, ...rest } };
    }
    case 'Service': {
      // An address that the cluster gave is not part of what was asked; only "None" is.
      if (spec !== undefined && spec['clusterIP'] !== 'None') delete spec['clusterIP'];
      const balanced = spec?.['type'] === 'LoadBalancer';
      const given = ['clusterIPs', 'healthCheckNodePort', ...(balanced ? [] : ['allocateLoadBalancerNodePorts'])];
      if (spec !== undefined) for (const name of given) delete spec[name];
      return object;
    }
    case 'Secret': {
      const plain = Object.entries((object['data'] ?? {}) as Record<string, string>);
      const data = {
        ...Object.fromEntries(plain.map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
        ...((object['binaryData'] ?? {}) as Record<string, string>),
      };
      delete object['binaryData'];
      return { ...object, ...(Object.keys(data).length === 0 ? {} : { data }) };
    }
    case 'StorageClass': {
      const { allowedTopologies: one, ...rest } = object;
      return one === undefined ? object : { ...rest, allowedTopologies: [one] };
    }
    case 'PersistentVolume': {
      const { persistentVolumeSource, ...rest } = spec ?? {};
      return { ...object, spec: { ...rest, ...((persistentVolumeSource ?? {}) as Fields) } };
    }
    case 'MutatingWebhookConfiguration':
    case 'ValidatingWebhookConfiguration':
      for (const { clientConfig } of (object['webhooks'] ?? []) as { clientConfig?: Fields }[]) {
        const bundle = clientConfig?.['caBundle'];
        if (typeof bundle === 'string') clientConfig!['caBundle'] = Buffer.from(bundle).toString('base64');
      }
      return object;
    default:
      return object;
  }
}

function ofManifest(resource: AppliedResource): KubernetesObject[] {
  // A value of dynamic type stands in the state with its type beside it.
  const { value } = (resource.values['manifest'] ?? {}) as { value?: Fields };
  return isObjectLike(value) ? [withProvenance(value, resource)] : [];
}

function ofRelease(resource: AppliedResource): KubernetesObject[] {
  const { chart, values, namespace } = resource.values;
  // A chart from a repository renders objects of its own; a folder's renders what its values say.
  if (resource.values['repository'] !== null && resource.values['repository'] !== '') return [];
  if (typeof chart !== 'string' || !/[/\\]/.test(chart) || chart.includes('://') || !Array.isArray(values)) return [];
  return values.flatMap((text: unknown) => {
    const { objects } = (typeof text === 'string' ? ((parse(text) as Fields | null) ?? {}) : {}) as {
      objects?: unknown;
    };
    return Array.isArray(objects)
      ? objects.filter(isObjectLike).map((object) => withProvenance(object, resource, String(namespace)))
      : [];
  });
}

function isObjectLike(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && 'apiVersion' in value && 'kind' in value;
}

/** @param namespace that of the Helm release which carries the object */
export function withProvenance(
  object: object,
  { stack, address }: Pick<AppliedResource, 'stack' | 'address'>,
  namespace?: string,
): KubernetesObject {
  const provenance = { stack, address, ...(namespace === undefined ? {} : { namespace }) };
  return Object.defineProperty({ ...object }, 'provenance', {
    value: provenance,
    enumerable: false,
  }) as unknown as KubernetesObject;
}
