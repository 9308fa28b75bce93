import { KubernetesManifest } from '../core/kubernetes-objects';
import { gpuForLabel, gpuTaint } from '../core/pod';
import { IPlatform } from '../core/platform';

export interface NodePoolOptions {
  /** Cores that all nodes without GPUs may have together. Default 200. */
  readonly cpuLimit?: number;
  /** GPUs that the nodes for each purpose may have together. Default 8. */
  readonly gpuLimit?: number;
  /** Whether nodes may be spot instances. Default by profile. */
  readonly spot?: boolean;
  /** Instance categories of nodes without GPUs. Default `c`, `m` and `r`, from the fifth generation on. */
  readonly categories?: readonly string[];
  /** Image of nodes, as `amiSelectorTerms` spells an alias. Default `al2023@latest`; name a version to move by hand. */
  readonly ami?: string;
  /** How long a node lives before it is replaced by one with a newer image. Default `720h`. */
  readonly expireAfter?: string;
}

/** Above the node groups: nodes that come when pods wait and go when they are done. */
export function nodePools(platform: IPlatform, nodeRole: string, options: NodePoolOptions): KubernetesManifest[] {
  const families = new Map<string, Set<string>>();
  for (const { for: purpose, family } of platform.cluster.gpuPools) {
    families.set(purpose, (families.get(purpose) ?? new Set()).add(family));
  }
  return [
    nodeClass('cpu', platform, nodeRole, options, '80Gi'),
    nodePool('cpu', platform, options, {
      requirements: [
        among('karpenter.k8s.aws/instance-category', options.categories ?? ['c', 'm', 'r']),
        { key: 'karpenter.k8s.aws/instance-generation', operator: 'Gt', values: ['4'] },
      ],
      limits: { cpu: String(options.cpuLimit ?? 200) },
      disruption: { consolidationPolicy: 'WhenEmptyOrUnderutilized', consolidateAfter: '5m' },
    }),
    // Images with CUDA and models are large.
    ...(families.size > 0 ? [nodeClass('gpu', platform, nodeRole, options, '200Gi')] : []),
    ...[...families].map(([purpose, kinds]) =>
      nodePool(`gpu-${purpose}`, platform, options, {
        nodeClass: 'gpu',
        labels: { [gpuForLabel]: purpose },
        taints: [{ ...gpuTaint }],
        requirements: [among('karpenter.k8s.aws/instance-family', [...kinds])],
        limits: { 'nvidia.com/gpu': String(options.gpuLimit ?? 8) },
        // A model that moves must be loaded again: only nodes that nothing uses are taken away.
        disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: '10m' },
      }),
    ),
  ];
}

function among(key: string, values: readonly string[]) {
  return { key, operator: 'In', values: [...values] };
}

function nodeClass(
  name: string,
  platform: IPlatform,
  role: string,
  { ami = 'al2023@latest' }: NodePoolOptions,
  volumeSize: string,
): KubernetesManifest {
  const { securityGroupId } = platform.cluster;
  return {
    apiVersion: 'karpenter.k8s.aws/v1',
    kind: 'EC2NodeClass',
    metadata: { name },
    spec: {
      amiSelectorTerms: [{ alias: ami }],
      role,
      subnetSelectorTerms: platform.network.privateSubnetIds.map((id) => ({ id })),
      securityGroupSelectorTerms: [
        securityGroupId === undefined ? { tags: { 'karpenter.sh/discovery': platform.name } } : { id: securityGroupId },
      ],
      // As on the node groups: pods do not reach the instance's metadata.
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: { volumeType: 'gp3', volumeSize, encrypted: true, deleteOnTermination: true },
        },
      ],
      tags: { ...platform.tags, Name: platform.names.of(['karpenter', name]) },
    },
  };
}

interface Pool {
  /** Default the pool's own name. */
  readonly nodeClass?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Readonly<Record<string, string>>[];
  readonly requirements: readonly Readonly<Record<string, unknown>>[];
  readonly limits: Readonly<Record<string, string>>;
  readonly disruption: Readonly<Record<string, unknown>>;
}

function nodePool(
  name: string,
  { profile }: IPlatform,
  options: NodePoolOptions,
  { nodeClass = name, labels, taints, requirements, limits, disruption }: Pool,
): KubernetesManifest {
  const spot = options.spot ?? profile.spot;
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name },
    spec: {
      template: {
        metadata: { labels: { ...labels } },
        spec: {
          nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: nodeClass },
          expireAfter: options.expireAfter ?? '720h',
          taints: [...(taints ?? [])],
          requirements: [
            among('kubernetes.io/arch', ['amd64']),
            among('kubernetes.io/os', ['linux']),
            among('karpenter.sh/capacity-type', spot ? ['spot', 'on-demand'] : ['on-demand']),
            ...requirements,
          ],
        },
      },
      limits,
      // One node in ten at a time.
      disruption: { ...disruption, budgets: [{ nodes: '10%' }] },
    },
  };
}
