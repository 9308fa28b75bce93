import { Construct } from 'constructs';
import { Account } from '../core/account';
import { fail } from '../core/findings';
import { grant } from '../core/grants';
import { HelmComponent, HelmComponentProps } from '../core/helm-component';
import { KubernetesObjects } from '../core/kubernetes-objects';
import { httpsOut, NetworkPolicy } from '../core/network-policy';
import { Platform } from '../core/platform';
import { monitored, scraper } from '../core/service-monitor';
import { chart, defineSystem } from '../core/system';
import { InterruptionQueue } from './interruption-queue';
import { karpenterPermissions } from './karpenter-permissions';
import { NodePoolOptions, nodePools } from './karpenter-pools';

const registry = 'oci://public.ecr.aws/karpenter';
const version = '1.14.1';

/** The kinds of Karpenter, in a release of their own: Helm upgrades no definitions that lie in a chart's `crds` folder. */
export class KarpenterCrds extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'Karpenter definitions',
    categories: ['node autoscaling'],
    licence: 'Apache-2.0',
    chart: chart('karpenter-crd', version, registry),
  });

  constructor(scope: Construct, id: string, props: HelmComponentProps = {}) {
    super(scope, id, props, { namespace: 'karpenter', namespaceProps: {} }, () => ({}));
  }
}

export interface KarpenterProps extends HelmComponentProps {
  /** Default 2, or fewer by profile. */
  readonly replicas?: number;
  readonly pools?: NodePoolOptions;
}

/**
 * Karpenter (https://karpenter.sh) makes nodes for pods that wait, and takes them away again. It runs on the cluster's own
 * node groups, never on nodes that it made itself. There is a pool for ordinary work, and one for each purpose of the
 * cluster's GPU pools.
 * @throws PlinthError `no-node-role` where the cluster was described without the role of its nodes
 */
export class Karpenter extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'Karpenter',
    categories: ['node autoscaling'],
    licence: 'Apache-2.0',
    chart: chart('karpenter', version, registry),
    provides: ['node-autoscaling'],
    endpoints: { metrics: { protocol: 'http', port: 8080, path: '/metrics' } },
  });

  constructor(scope: Construct, id: string, props: KarpenterProps = {}) {
    const given = props.platform ?? Platform.of(scope);
    const queueName = given.names.of(['interruptions'], 80);
    super(
      scope,
      id,
      props,
      { namespace: 'karpenter', namespaceProps: {}, serviceAccount: 'karpenter' },
      ({ platform, profile, name }) => ({
        fullnameOverride: name,
        replicas: props.replicas ?? profile.replicas(2),
        serviceAccount: { create: true, name: 'karpenter' },
        settings: { clusterName: platform.cluster.clusterName, interruptionQueue: queueName },
        controller: {
          env: [{ name: 'AWS_REGION', value: platform.region }],
          resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '1Gi' } },
        },
        serviceMonitor: { enabled: monitored(platform) },
      }),
    );
    const { platform, namespace } = this;
    const { cluster } = platform;
    // Its entry into the cluster is the one that EKS made for the node groups: nodes act under the same role.
    if (cluster.nodeRole === undefined) {
      fail(this, {
        code: 'no-node-role',
        what: 'Karpenter does not know which role its nodes act under',
        why: `the cluster '${platform.name}' was described without 'nodeRole'`,
        cure: "give EksCluster.fromAttributes 'nodeRole: { name, arn }', or leave Karpenter out",
      });
    }
    const queue = new InterruptionQueue(this, 'interruptions', platform);
    const { id: account, partition } = Account.of(this);
    const place = { partition, account, region: platform.region, clusterName: cluster.clusterName };
    const permissions = { ...place, nodeRoleArn: cluster.nodeRole.arn, queueArn: queue.queueArn };
    grant(this, this, 'nodes', karpenterPermissions(permissions));
    this.release.node.addDependency(queue, new KarpenterCrds(this, `${id}-crd`, { platform, namespace }));
    new NetworkPolicy(this, 'network', {
      name: id,
      namespace,
      pods: { 'app.kubernetes.io/instance': id },
      ingressFrom: [scraper(platform, [8080])],
      egressTo: [httpsOut],
    });
    const pools = new KubernetesObjects(this, 'pools', {
      name: `${id}-pools`,
      namespace,
      objects: nodePools(platform, cluster.nodeRole.name, props.pools ?? {}),
    });
    pools.node.addDependency(this.release);
  }
}
