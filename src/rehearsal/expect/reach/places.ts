import { nearest, PlinthError } from '@plinth/contract';
import type { KubernetesObject } from '../../kubernetes-objects';
import type { AppliedResource } from '../../report';
import type { Applied } from '../verdict';
import type { Peer, Pods, Port, Protocol, ServicePort } from './answer';
import { gathered, machineOf, networksOf } from './machines';
import { everywhere, isNetwork } from './networks';
import { selects } from './selectors';

/** Pods that a chart makes, or anything else that is not among what was applied. */
export interface PodsPlace {
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * `namespace/name` of a workload, `service/namespace/name`, an address (`stack/type.name`, or `type.name` where no other stack has it),
 * the path of a component of Plinth's graph, `internet`, a network, or pods by their labels.
 */
export type Place = string | PodsPlace;

const internet: Peer = { kind: 'network', title: 'the internet', networks: everywhere, internet: true };

/** What a place stands for: one peer, or several where a component or Service has several. @throws PlinthError `unknown-place` */
export function peersOf(applied: Applied, place: Place): Peer[] {
  const objects = applied.objects();
  const resources = applied.resources();
  const workloads = objects.flatMap((object) => workloadOf(object, objects, resources));
  if (typeof place !== 'string') return [givenPods(place, objects, resources)];
  if (place === 'internet') return [internet];
  if (isNetwork(place)) return [{ kind: 'network', title: place, networks: [place], internet: false }];

  const services = objects.filter(({ kind }) => kind === 'Service');
  const byName = workloads.filter(({ pods }) => pods.title === place).map(({ pods }) => pods);
  if (byName.length > 0) return byName;
  const service = services.find((one) => [`service/${titleOf(one)}`, titleOf(one)].includes(place));
  if (service !== undefined) return behind(service, workloads);

  const at = (one: { stack: string; address: string }): boolean =>
    [one.address, `${one.stack}/${one.address}`].includes(place);
  const found = resources.filter((one) => one.mode === 'managed' && at(one));
  if (found.length > 1) {
    const stacks = found.map(({ stack, address }) => `${stack}/${address}`);
    throw unknownPlace(place, `${stacks.join(' and ')} both have that address`, 'put the stack in front');
  }
  const made = found[0] !== undefined ? found : ofComponent(applied, place, resources);
  const peers = made.flatMap((resource): Peer[] => {
    const here = ({ provenance }: KubernetesObject): boolean =>
      provenance.stack === resource.stack && provenance.address === resource.address;
    const pods = workloads.filter(({ object }) => here(object)).map((one) => one.pods);
    if (pods.length > 0) return pods;
    const given = services.find(here);
    if (given !== undefined) return found.length > 0 ? behind(given, workloads) : [];
    if (!resource.type.startsWith('aws_')) return [];
    const machine = machineOf(resource, resources);
    // Of a component, only what has security groups is meant; one that is named is meant in any case.
    return found.length > 0 || (machine.groups.length > 0 && !resource.type.startsWith('aws_security_group'))
      ? [machine]
      : [];
  });
  if (peers.length > 0) return peers;
  if (made.length > 0)
    throw unknownPlace(place, 'nothing there opens or takes connections that is known here', pointer);
  const names = [
    ...workloads.map(({ pods }) => pods.title),
    ...services.map(titleOf),
    ...resources
      .filter(({ mode }) => mode === 'managed')
      .flatMap(({ stack, address }) => [address, `${stack}/${address}`]),
    ...components(applied).map(({ path }) => path),
  ];
  const near = names.find((name) => name.endsWith(`/${place}`)) ?? nearest(place, names);
  const known = workloads.map(({ pods }) => pods.title).join(', ');
  throw unknownPlace(
    place,
    known === '' ? 'no workload of Kubernetes was applied' : `the workloads are ${known}`,
    near === undefined ? pointer : `did you mean ${near}`,
  );
}

const pointer =
  'name a workload as namespace/name, a resource by its address, or the pods of a chart as { namespace, labels }';

function unknownPlace(place: string, why: string, cure: string): PlinthError {
  return new PlinthError({
    code: 'unknown-place',
    what: `"${place}" is no place to reach`,
    where: 'toReach',
    why,
    cure,
  });
}

interface PodTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly hostNetwork?: boolean;
    readonly containers?: readonly {
      readonly ports?: readonly {
        readonly name?: string;
        readonly containerPort: number;
        readonly protocol?: string;
      }[];
    }[];
  };
}

const titleOf = ({ metadata, provenance }: KubernetesObject): string =>
  `${metadata.namespace ?? provenance.namespace ?? 'default'}/${metadata.name}`;

/** The pods of a workload, of whatever kind. */
function workloadOf(
  object: KubernetesObject,
  objects: readonly KubernetesObject[],
  resources: readonly AppliedResource[],
): { object: KubernetesObject; pods: Pods }[] {
  const template = templateOf(object);
  if (template?.spec?.containers === undefined) return [];
  const { metadata, spec } = template;
  const title = titleOf(object);
  const ports = (spec.containers ?? []).flatMap(({ ports: declared = [] }) =>
    declared.map(({ name, containerPort, protocol = 'TCP' }) => ({
      ...(name !== undefined && { name }),
      port: containerPort,
      protocol: protocol as Protocol,
    })),
  );
  const namespace = title.split('/')[0] ?? 'default';
  const pods: Pods = {
    ...podsIn(namespace, metadata?.labels ?? {}, objects, resources),
    title,
    ports,
    hostNetwork: spec.hostNetwork === true,
  };
  return [{ object, pods }];
}

function templateOf({ kind, spec, metadata }: KubernetesObject): PodTemplate | undefined {
  const held = spec as { template?: PodTemplate; jobTemplate?: { spec?: { template?: PodTemplate } } } | undefined;
  if (kind === 'CronJob') return held?.jobTemplate?.spec?.template;
  return kind === 'Pod' ? ({ metadata, spec } as PodTemplate) : held?.template;
}

function givenPods(
  { namespace, labels = {} }: PodsPlace,
  objects: readonly KubernetesObject[],
  resources: readonly AppliedResource[],
): Pods {
  const words = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const title = words.length === 0 ? `pods in ${namespace}` : `pods in ${namespace} with ${words.join(', ')}`;
  return { ...podsIn(namespace, labels, objects, resources), title, ports: undefined, hostNetwork: false };
}

function podsIn(
  namespace: string,
  labels: Readonly<Record<string, string>>,
  objects: readonly KubernetesObject[],
  resources: readonly AppliedResource[],
): Omit<Pods, 'title' | 'ports' | 'hostNetwork'> {
  const made = objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace);
  const clusters = resources.filter(({ type, mode }) => type === 'aws_eks_cluster' && mode === 'managed');
  const configs = clusters.map(({ values }) => values);
  return {
    kind: 'pods',
    namespace,
    labels,
    namespaceLabels: made === undefined ? undefined : (made.metadata.labels ?? {}),
    groups: configs.flatMap((values) => gathered(values, new Set(['cluster_security_group_id']))),
    networks: networksOf(configs, resources),
  };
}

/** The pods that a Service selects, and by which of its ports. */
function behind(service: KubernetesObject, workloads: readonly { pods: Pods }[]): Pods[] {
  const { selector = {}, ports = [] } = (service['spec'] ?? {}) as {
    selector?: Readonly<Record<string, string>>;
    ports?: readonly { port: number; targetPort?: number | string; protocol?: string }[];
  };
  const title = titleOf(service);
  const [namespace] = title.split('/');
  const selected = workloads
    .map(({ pods }) => pods)
    .filter((pods) => pods.namespace === namespace && selects({ matchLabels: selector }, pods.labels) === 'yes');
  if (Object.keys(selector).length === 0 || selected.length === 0) {
    const cure = 'name the pods as { namespace, labels }';
    throw unknownPlace(title, 'this Service selects no workload that was applied', cure);
  }
  const taken = ports.map(({ port, targetPort, protocol = 'TCP' }): ServicePort => ({
    port,
    protocol: protocol as Protocol,
    target: targetPort === undefined || targetPort === 0 ? port : targetPort,
  }));
  return selected.map((pods) => ({
    ...pods,
    title: `${pods.title} (by Service ${title})`,
    service: { title, ports: taken },
  }));
}

/** The port of the pods behind a Service's port; undefined where the Service has no such port. */
export function podPort({ service, ports }: Pods, { port, protocol }: Port): Port | undefined {
  if (service === undefined) return { port, protocol };
  const taken = service.ports.find((one) => one.port === port && one.protocol === protocol);
  if (taken === undefined) return undefined;
  const target =
    typeof taken.target === 'number' ? taken.target : ports?.find(({ name }) => name === taken.target)?.port;
  return target === undefined ? undefined : { port: target, protocol };
}

interface GraphComponent {
  /** Path of the construct, with the stack's name in front. */
  readonly path: string;
  readonly stack: string;
  readonly resources: readonly string[];
}

/** Components of Plinth's graph, which stands in the JSON of each stack. */
function components({ stacks = [] }: Applied): GraphComponent[] {
  return stacks.flatMap(({ name: stack, json }) => {
    const { '//': said } = json as { '//'?: { plinth?: { components?: readonly GraphComponent[] } } };
    return (said?.plinth?.components ?? []).map(({ path, resources }) => ({ path, stack, resources }));
  });
}

function ofComponent(applied: Applied, place: string, resources: readonly AppliedResource[]): AppliedResource[] {
  const found = components(applied).filter(({ path, stack }) => [path, `${stack}/${path}`].includes(place));
  return found.flatMap(({ stack, resources: held }) =>
    resources.filter(
      (one) => one.mode === 'managed' && one.stack === stack && held.includes(one.address.replace(/\[.*\]$/, '')),
    ),
  );
}
