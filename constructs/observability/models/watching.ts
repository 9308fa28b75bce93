import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1';
import { Construct } from 'constructs';
import { Encodable, encode } from '../../core/encode';
import { KubernetesObjects } from '../../core/kubernetes-objects';
import { IPlatform } from '../../core/platform';
import { ServiceMonitor } from '../../core/service-monitor';
import { AlertRule } from './alerts';

export interface WatchingProps {
  readonly platform: IPlatform;
  readonly name: string;
  readonly namespace: string;
  /** Labels of the Service. */
  readonly service: Readonly<Record<string, string>>;
  readonly alerts: readonly AlertRule[];
  readonly dashboard: { readonly [key: string]: Encodable };
}

/** Has a runtime pod scraped, its alerts judged and its dashboard shown, where the platform has somebody to do so. */
export class Watching extends Construct {
  constructor(scope: Construct, id: string, props: WatchingProps) {
    super(scope, id);
    const { platform, name, namespace, service, alerts } = props;
    const labels = { 'app.kubernetes.io/name': name };
    new ServiceMonitor(this, 'metrics', { platform, name, namespace, service, port: 'metrics' });
    if (platform.has('metrics')) {
      new KubernetesObjects(this, 'alerts', {
        name: `${name}-alerts`,
        namespace,
        objects: [
          {
            apiVersion: 'monitoring.coreos.com/v1',
            kind: 'PrometheusRule',
            metadata: { name, namespace, labels },
            spec: { groups: [{ name, rules: alerts }] },
          },
        ],
      });
    }
    if (platform.has('dashboards')) {
      new ConfigMapV1(this, 'dashboard', {
        // The label by which Grafana's sidecar finds dashboards in every namespace.
        metadata: { name: `${name}-dashboard`, namespace, labels: { ...labels, grafana_dashboard: '1' } },
        data: { [`${name}.json`]: encode.json(props.dashboard) },
      });
    }
  }
}
