import { all, some, type Answer, type Peer, type Pods, type Port, type Step } from './answer';
import { blockHolds, blockHoldsInternet, blockHoldsPods } from './networks';
import { selects, type LabelSelector } from './selectors';

/** A NetworkPolicy (networking.k8s.io/v1), and where it comes from. */
export interface NetworkPolicy {
  readonly name: string;
  readonly namespace: string;
  /** `stack/type.name`. */
  readonly at: string;
  readonly spec: {
    readonly podSelector?: LabelSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly PolicyRule[];
    readonly egress?: readonly PolicyRule[];
  };
}

export interface PolicyRule {
  readonly from?: readonly PolicyPeer[];
  readonly to?: readonly PolicyPeer[];
  readonly ports?: readonly PolicyPort[];
}

export interface PolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface PolicyPort {
  readonly port?: number | string;
  readonly endPort?: number;
  readonly protocol?: string;
}

export type Direction = 'Ingress' | 'Egress';

/**
 * Whether NetworkPolicies let pods send to (`Egress`) or take from (`Ingress`) a peer. Policies only add: pods that none selects for a
 * direction are open in it; others take what any rule of any of those allows
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
 * @param pods whose policies are asked
 * @param port at the pods that take the connection
 */
export function judgePolicies(
  policies: readonly NetworkPolicy[],
  direction: Direction,
  pods: Pods,
  peer: Peer,
  port: Port,
): Step {
  const what = `${direction.toLowerCase()} of ${pods.title}`;
  const isolating = isolatingOf(policies, direction, pods);
  if (isolating.length === 0) {
    return { holds: 'yes', says: `${what}: allowed, as no NetworkPolicy selects it for ${direction.toLowerCase()}` };
  }
  if (pods.hostNetwork) {
    return {
      holds: 'unknown',
      says: `${what}: it has its node's network, of which each network plugin thinks differently`,
    };
  }
  const rules = isolating.flatMap((policy) =>
    (policy.spec[direction === 'Ingress' ? 'ingress' : 'egress'] ?? []).map((rule, index) => {
      const peers = (direction === 'Ingress' ? rule.from : rule.to) ?? [];
      const peerFits = peers.length === 0 ? 'yes' : some(peers.map((one) => fitsPeer(one, policy.namespace, peer)));
      const portFits = fitsPorts(rule.ports ?? [], port, direction === 'Ingress' ? pods : peer);
      return { policy, index, rule, peerFits, portFits, holds: all([peerFits, portFits]) };
    }),
  );
  const named = ({ policy, index }: { policy: NetworkPolicy; index: number }): string =>
    `NetworkPolicy ${policy.namespace}/${policy.name}, rule ${index + 1} (${policy.at})`;
  const allowing = rules.find(({ holds }) => holds === 'yes');
  if (allowing !== undefined) return { holds: 'yes', says: `${what}: allowed by ${named(allowing)}` };
  const maybe = rules.find(({ holds }) => holds === 'unknown');
  if (maybe !== undefined) {
    return {
      holds: 'unknown',
      says: `${what}: perhaps allowed by ${named(maybe)}, ${whyUnknown(maybe.peerFits, peer)}`,
    };
  }
  const names = isolating.map(({ namespace, name, at }) => `${namespace}/${name} (${at})`);
  const closest = rules.find(({ peerFits }) => peerFits !== 'no');
  const nearly =
    closest === undefined ? '' : `; ${named(closest)} lets it through on ${portsOf(closest.rule.ports ?? [])} only`;
  return {
    holds: 'no',
    says: `${what}: refused, as it is selected by ${names.join(', ')}, and no rule of theirs allows it${nearly}`,
  };
}

/** Policies that select these pods for a direction. */
export function isolatingOf(policies: readonly NetworkPolicy[], direction: Direction, pods: Pods): NetworkPolicy[] {
  return policies.filter(
    ({ namespace, spec }) =>
      namespace === pods.namespace &&
      typesOf(spec).includes(direction) &&
      selects(spec.podSelector ?? {}, pods.labels) === 'yes',
  );
}

/** What a policy is about where it does not say so: ingress, and egress if it has rules for that. */
const typesOf = ({ policyTypes, egress }: NetworkPolicy['spec']): readonly string[] =>
  policyTypes !== undefined && policyTypes.length > 0
    ? policyTypes
    : egress === undefined
      ? ['Ingress']
      : ['Ingress', 'Egress'];

function fitsPeer({ podSelector, namespaceSelector, ipBlock }: PolicyPeer, namespace: string, peer: Peer): Answer {
  if (ipBlock !== undefined) {
    const { cidr, except = [] } = ipBlock;
    if (peer.kind === 'pods') return peer.hostNetwork ? 'unknown' : blockHoldsPods(cidr, except);
    if (peer.kind === 'network' && peer.internet) return blockHoldsInternet(cidr, except);
    return blockHolds(cidr, except, peer.networks);
  }
  if (peer.kind !== 'pods') return 'no';
  const within: Answer =
    namespaceSelector === undefined
      ? peer.namespace === namespace
        ? 'yes'
        : 'no'
      : selects(
          namespaceSelector,
          { ...peer.namespaceLabels, 'kubernetes.io/metadata.name': peer.namespace },
          peer.namespaceLabels === undefined,
        );
  const fits = all([within, selects(podSelector ?? {}, peer.labels)]);
  return fits === 'yes' && peer.hostNetwork ? 'unknown' : fits;
}

/** @param target what takes the connection: it knows what its ports are called */
function fitsPorts(ports: readonly PolicyPort[], { port, protocol }: Port, target: Peer): Answer {
  if (ports.length === 0) return 'yes';
  return some(
    ports.map((one): Answer => {
      if ((one.protocol ?? 'TCP') !== protocol) return 'no';
      if (one.port === undefined) return 'yes';
      if (typeof one.port === 'number') return port >= one.port && port <= (one.endPort ?? one.port) ? 'yes' : 'no';
      if (target.kind !== 'pods') return 'no';
      if (target.ports === undefined) return 'unknown';
      const named = target.ports.some(
        (declared) => declared.name === one.port && declared.port === port && declared.protocol === protocol,
      );
      return named ? 'yes' : 'no';
    }),
  );
}

function whyUnknown(peerFits: Answer, peer: Peer): string {
  if (peerFits !== 'unknown') return 'which names a port, and what the pods call theirs is not known here';
  if (peer.kind === 'network' && peer.internet)
    return 'which holds some of the internet; ask about that network instead';
  if (peer.kind === 'pods' && peer.namespaceLabels === undefined) {
    return `which asks for labels or addresses, and the namespace ${peer.namespace} is not made here`;
  }
  return peer.kind === 'pods'
    ? `as whether ${peer.title} has an address in its block is not known before it runs`
    : `which may hold some of the addresses of ${peer.title}`;
}

const portsOf = (ports: readonly PolicyPort[]): string =>
  ports
    .map(
      ({ port = 'any port', endPort, protocol = 'TCP' }) =>
        `${port}${endPort === undefined ? '' : `-${endPort}`}/${protocol}`,
    )
    .join(', ');

/** First ports of what the rules open: if two rules have a port in common, they have one of these. */
export function portsNamed(policies: readonly NetworkPolicy[]): number[] {
  return policies
    .flatMap(({ spec }) => [...(spec.ingress ?? []), ...(spec.egress ?? [])])
    .flatMap(({ ports = [] }) => ports.map(({ port }) => port))
    .filter((port): port is number => typeof port === 'number');
}
