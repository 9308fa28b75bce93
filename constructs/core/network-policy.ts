import { NetworkPolicyV1 } from '@cdktf/provider-kubernetes/lib/network-policy-v1';
import { labels } from '@plinth/contract';
import { Construct } from 'constructs';

/** Who is at the other end, and on which ports. */
export type Peer = {
  /** Ports, TCP. Empty for all ports and protocols. */
  readonly ports: readonly number[];
} & (
  | {
      /** Pods of this namespace, all of them or those with the labels. */ readonly namespace: string;
      readonly pods?: Readonly<Record<string, string>>;
    }
  | {
      /** Pods of every namespace of the platform of this name, all of them or those with the labels. */
      readonly platform: string;
      readonly pods?: Readonly<Record<string, string>>;
    }
  | { /** Pods with these labels in the same namespace. */ readonly pods: Readonly<Record<string, string>> }
  | {
      /** Addresses. */ readonly cidr: string;
      /** Addresses within that are left out. */ readonly except?: readonly string[];
    }
);

/**
 * Whoever reaches these ports of a pod, for webhooks: the control plane calls them from addresses of its own in the VPC, which
 * nothing in the cluster can name.
 */
export function controlPlane(ports: readonly number[]): Peer {
  return { cidr: '0.0.0.0/0', ports };
}

/** Everything but the instance's metadata: for what is told by its users whom to call. */
export const anywhere: Peer = { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'], ports: [] };

/** HTTPS to AWS and, through the egress gateway, to hosts that are allowed there; never to the instance's metadata. */
export const httpsOut: Peer = { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'], ports: [443] };

export interface NetworkPolicyProps {
  readonly name: string;
  readonly namespace: string;
  /** Labels of the pods it is about. */
  readonly pods: Readonly<Record<string, string>>;
  readonly ingressFrom: readonly Peer[];
  readonly egressTo: readonly Peer[];
}

/** Opens for some pods what the closed namespace keeps shut. */
export class NetworkPolicy extends Construct {
  constructor(scope: Construct, id: string, props: NetworkPolicyProps) {
    super(scope, id);
    new NetworkPolicyV1(this, 'policy', {
      metadata: { name: props.name, namespace: props.namespace },
      spec: {
        podSelector: { matchLabels: props.pods },
        policyTypes: ['Ingress', 'Egress'],
        ingress: props.ingressFrom.map((peer) => ({ from: [selector(peer)], ports: portsOf(peer) })),
        egress: props.egressTo.map((peer) => ({ to: [selector(peer)], ports: portsOf(peer) })),
      },
    });
  }
}

function portsOf({ ports }: Peer) {
  return ports.map((port) => ({ port: String(port), protocol: 'TCP' }));
}

function selector(peer: Peer) {
  if ('cidr' in peer) return { ipBlock: { cidr: peer.cidr, except: peer.except && [...peer.except] } };
  const namespaces = namespacesOf(peer);
  return {
    ...(namespaces && { namespaceSelector: { matchLabels: namespaces } }),
    ...(peer.pods && { podSelector: { matchLabels: peer.pods } }),
  };
}

function namespacesOf(peer: Peer): Record<string, string> | undefined {
  if ('namespace' in peer) return { 'kubernetes.io/metadata.name': peer.namespace };
  return 'platform' in peer ? { [labels.platform]: peer.platform } : undefined;
}
