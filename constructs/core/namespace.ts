import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1';
import { NetworkPolicyV1 } from '@cdktf/provider-kubernetes/lib/network-policy-v1';
import { ResourceQuotaV1 } from '@cdktf/provider-kubernetes/lib/resource-quota-v1';
import { labels } from '@plinth/contract';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { mend } from './mends';
import { checkKubernetesName } from './names';
import { IPlatform } from './platform';

export interface NamespaceProps {
  readonly platform: IPlatform;
  /**
   * Pod Security Standard that is enforced (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
   * Default `restricted`; charts whose pods need more say so.
   */
  readonly podSecurity?: 'restricted' | 'baseline' | 'privileged';
  /** Whether pods may be reached, and may reach others, only where a policy says so. Default true. */
  readonly closed?: boolean;
  /** What all pods together may ask for, such as `{ 'requests.cpu': '64', 'requests.nvidia.com/gpu': '4' }`. Default no limit. */
  readonly quota?: Readonly<Record<string, string>>;
}

/** A namespace with its Pod Security level, closed to the network unless its props say otherwise. */
export class Namespace extends Construct {
  /** The namespace of that name in the scope's stack, made with these props if it is not there yet. */
  static in(scope: Construct, name: string, props: NamespaceProps): Namespace {
    const stack = TerraformStack.of(scope);
    const id = `namespace-${name}`;
    return (stack.node.tryFindChild(id) as Namespace | undefined) ?? new Namespace(stack, id, name, props);
  }

  /** As a string that depends on the namespace's being there. */
  readonly name: string;

  private constructor(scope: Construct, id: string, name: string, props: NamespaceProps) {
    super(scope, id);
    mend(this);
    checkKubernetesName(this.node.path, name);
    const level = props.podSecurity ?? 'restricted';
    const namespace = new NamespaceV1(this, 'namespace', {
      metadata: {
        name,
        labels: {
          [labels.platform]: props.platform.name,
          'pod-security.kubernetes.io/enforce': level,
          'pod-security.kubernetes.io/warn': level,
        },
      },
    });
    // Not the resource's own attribute, so that the name is known when planning; the edge is made by hand.
    this.name = name;
    if (props.closed ?? true) {
      new NetworkPolicyV1(this, 'closed', {
        metadata: { name: 'closed', namespace: namespace.metadata.name },
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
      });
      new NetworkPolicyV1(this, 'dns', {
        metadata: { name: 'dns-and-identity', namespace: namespace.metadata.name },
        spec: {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [
            {
              to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
              ports: [
                { port: '53', protocol: 'UDP' },
                { port: '53', protocol: 'TCP' },
              ],
            },
            // The EKS Pod Identity agent: without it no pod gets its role's credentials.
            { to: [{ ipBlock: { cidr: '169.254.170.23/32' } }], ports: [{ port: '80', protocol: 'TCP' }] },
          ],
        },
      });
    }
    if (props.quota !== undefined) {
      new ResourceQuotaV1(this, 'quota', {
        metadata: { name: 'quota', namespace: namespace.metadata.name },
        spec: { hard: props.quota },
      });
    }
  }
}
