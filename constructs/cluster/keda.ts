import { Construct } from 'constructs';
import { HelmComponent, HelmComponentProps } from '../core/helm-component';
import { monitored } from '../core/service-monitor';
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
    super(
      scope,
      id,
      props,
      // Its admission webhook and its metrics API are called by the control plane, from addresses that no policy can name.
      { namespace: 'keda', namespaceProps: { closed: false } },
      ({ platform, profile }) => ({
        clusterName: platform.cluster.clusterName,
        operator: { replicaCount: props.replicas ?? profile.replicas(2) },
        metricsServer: { replicaCount: props.replicas ?? profile.replicas(2) },
        prometheus: {
          operator: { enabled: true, serviceMonitor: { enabled: monitored(platform) } },
        },
      }),
    );
  }
}
