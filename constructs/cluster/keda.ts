import { Construct } from 'constructs';
import { HelmComponent, HelmComponentProps } from '../core/helm-component';
import { anywhere, controlPlane, NetworkPolicy } from '../core/network-policy';
import { monitored, scraper } from '../core/service-monitor';
import { chart, defineSystem } from '../core/system';

export interface KedaProps extends HelmComponentProps {
  /** Of the operator and of its metrics server. Default 2, or fewer by profile. */
  readonly replicas?: number;
}

/** KEDA, autoscaling by what happens and not by what it costs (https://keda.sh). It owns the cluster's external metrics API. */
export class Keda extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'KEDA',
    categories: ['autoscaling'],
    licence: 'Apache-2.0',
    chart: chart('keda', '2.20.2', 'https://kedacore.github.io/charts'),
    provides: ['autoscaling'],
    conflicts: [{ system: 'Prometheus Adapter', why: 'both serve the external metrics API, which can have one owner' }],
  });

  constructor(scope: Construct, id: string, props: KedaProps = {}) {
    super(scope, id, props, { namespace: 'keda', namespaceProps: {} }, ({ platform, profile }) => {
      const replicaCount = props.replicas ?? profile.replicas(2);
      const metrics = { enabled: true, serviceMonitor: { enabled: monitored(platform) } };
      const disruption = replicaCount > 1 ? { maxUnavailable: 1 } : {};
      return {
        clusterName: platform.cluster.clusterName,
        operator: { replicaCount },
        metricsServer: { replicaCount },
        webhooks: { replicaCount },
        podDisruptionBudget: { operator: disruption, metricServer: disruption, webhooks: disruption },
        prometheus: { operator: metrics, metricServer: metrics, webhooks: metrics },
      };
    });
    new NetworkPolicy(this, 'network', {
      ...{ name: id, namespace: this.namespace, pods: {} },
      // Webhook and metrics API; the operator answers the metrics API on 9666.
      ingressFrom: [controlPlane([9443, 6443]), { pods: {}, ports: [9666] }, scraper(this.platform, [8080])],
      // Triggers name queues, databases and servers of any kind.
      egressTo: [anywhere],
    });
  }
}
