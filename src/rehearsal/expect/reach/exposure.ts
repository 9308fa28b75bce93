import type { KubernetesObject } from '../../kubernetes-objects';
import { internetFacing } from '../public/kubernetes-exposure';
import type { Applied } from '../verdict';
import type { Pods, Step } from './answer';
import { selects } from './selectors';

/** What brings requests from a controller to a Service; whether the controller faces the internet is its own matter. */
const routes = new Set(['Ingress', 'HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'IngressRoute', 'VirtualService']);

/**
 * Whether a way leads from the internet to pods: a Service or an Ingress that faces it. NetworkPolicies are not asked, as the
 * load balancer, not the internet, is what they see; whether it may pass is what `toReach` of a network tells.
 */
export function exposing(applied: Applied, pods: Pods): Step {
  const objects = applied.objects();
  const services = objects.filter(
    ({ kind, metadata, provenance, spec }) =>
      kind === 'Service' &&
      (metadata.namespace ?? provenance.namespace ?? 'default') === pods.namespace &&
      chosen(spec, pods.labels),
  );
  const names = new Set(services.map(({ metadata }) => metadata.name));
  const ways = objects.filter((object) => {
    if (!internetFacing(object)) return false;
    if (object.kind === 'Service') return services.includes(object);
    return (
      (object.metadata.namespace ?? object.provenance.namespace ?? 'default') === pods.namespace &&
      backends(object['spec']).some((name) => names.has(name))
    );
  });
  const [way] = ways;
  if (way !== undefined) {
    return { holds: 'yes', says: `${named(way)} faces the internet, and leads to ${pods.title}` };
  }
  const route = objects.find(
    ({ kind, spec }) => routes.has(kind) && backends(spec).some((name) => names.has(name.split('.')[0])),
  );
  return route === undefined
    ? { holds: 'no', says: `no Service or Ingress of ${pods.title} faces the internet` }
    : {
        holds: 'unknown',
        says: `${named(route)} leads to ${pods.title}; whether its controller faces the internet is not known here`,
      };
}

const named = ({ kind, metadata, provenance }: KubernetesObject): string =>
  `${kind} ${metadata.name} (${provenance.stack}/${provenance.address})`;

function chosen(spec: unknown, labels: Readonly<Record<string, string>>): boolean {
  const { selector = {} } = (spec ?? {}) as { selector?: Readonly<Record<string, string>> };
  return Object.keys(selector).length > 0 && selects({ matchLabels: selector }, labels) === 'yes';
}

/** Names of the Services that an Ingress or a route leads to. */
function backends(spec: unknown): string[] {
  if (typeof spec !== 'object' || spec === null) return [];
  return Object.entries(spec).flatMap(([key, held]: [string, unknown]) => {
    if (!['service', 'services', 'backendRefs', 'destination'].includes(key)) return backends(held);
    const targets = [held].flat() as readonly { name?: string; host?: string }[];
    return targets.flatMap(({ name, host }) => name ?? host ?? []);
  });
}
