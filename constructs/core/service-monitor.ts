import { Construct } from 'constructs';
import { KubernetesObjects } from './kubernetes-objects';
import { Peer } from './network-policy';
import { IPlatform } from './platform';

export interface ServiceMonitorProps {
  readonly platform: IPlatform;
  /** Its own name, and its release's. */
  readonly name: string;
  readonly namespace: string;
  /** Labels of the Service. */
  readonly service: Readonly<Record<string, string>>;
  /** Name of the Service's port. */
  readonly port: string;
  /** Default `/metrics`. */
  readonly path?: string;
}

/** Tells Prometheus what to scrape. Makes nothing on a platform without metrics, whose cluster does not know the kind. */
export class ServiceMonitor extends Construct {
  constructor(scope: Construct, id: string, props: ServiceMonitorProps) {
    super(scope, id);
    const { platform, name, namespace, service, port, path = '/metrics' } = props;
    if (!monitored(platform)) return;
    new KubernetesObjects(this, 'objects', {
      name: `${name}-metrics`,
      namespace,
      objects: [
        {
          apiVersion: 'monitoring.coreos.com/v1',
          kind: 'ServiceMonitor',
          metadata: { name, namespace, labels: { 'app.kubernetes.io/name': name } },
          spec: { selector: { matchLabels: { ...service } }, endpoints: [{ port, path, interval: '30s' }] },
        },
      ],
    });
  }
}

/**
 * Whether the cluster knows the kinds of the Prometheus operator: what is installed before Prometheus itself may bring its
 * ServiceMonitor along already.
 */
export function monitored(platform: IPlatform): boolean {
  return platform.has('metrics') || platform.has('metrics-definitions');
}

/** Prometheus, as the network policies of what it scrapes let it in. */
export function scraper(platform: IPlatform, ports: readonly number[]): Peer {
  return { namespace: platform.find('metrics')?.namespace ?? 'monitoring', ports };
}
