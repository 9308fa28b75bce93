import { Construct } from 'constructs';
import { secretStore } from '../core/external-secret';
import { HelmComponent, HelmComponentProps } from '../core/helm-component';
import { KubernetesObjects } from '../core/kubernetes-objects';
import { controlPlane, httpsOut, NetworkPolicy } from '../core/network-policy';
import { monitored, scraper } from '../core/service-monitor';
import { chart, defineSystem } from '../core/system';

export interface ExternalSecretsProps extends HelmComponentProps {
  /** Of controller and webhook. Default 2, or fewer by profile. */
  readonly replicas?: number;
}

/**
 * External Secrets (https://external-secrets.io): secrets of AWS Secrets Manager in the cluster, and passwords that are
 * born there. Its role may read nothing by itself; each `ExternalSecret` lets it read the one that it names.
 */
export class ExternalSecrets extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'External Secrets',
    categories: ['security'],
    licence: 'Apache-2.0',
    chart: chart('external-secrets', '2.9.0', 'https://charts.external-secrets.io'),
    provides: ['external-secrets'],
  });

  constructor(scope: Construct, id: string, props: ExternalSecretsProps = {}) {
    super(
      scope,
      id,
      props,
      { namespace: 'external-secrets', namespaceProps: {}, serviceAccount: 'external-secrets' },
      ({ platform, profile }) => {
        const replicaCount = props.replicas ?? profile.replicas(2);
        const podDisruptionBudget = { enabled: replicaCount > 1, minAvailable: 1 };
        return {
          installCRDs: true,
          replicaCount,
          leaderElect: replicaCount > 1,
          podDisruptionBudget,
          serviceAccount: { create: true, name: 'external-secrets' },
          webhook: { replicaCount, podDisruptionBudget },
          serviceMonitor: { enabled: monitored(platform) },
        };
      },
    );
    new NetworkPolicy(this, 'network', {
      ...{ name: id, namespace: this.namespace, pods: {} },
      ingressFrom: [controlPlane([10250]), scraper(this.platform, [8080])],
      egressTo: [httpsOut],
    });
    const store = new KubernetesObjects(this, 'stores', {
      name: `${id}-stores`,
      namespace: this.namespace,
      objects: [
        {
          apiVersion: 'external-secrets.io/v1',
          kind: 'ClusterSecretStore',
          metadata: { name: secretStore },
          // Without `auth` it acts under the controller's own role.
          spec: { provider: { aws: { service: 'SecretsManager', region: this.platform.region } } },
        },
      ],
    });
    store.node.addDependency(this.release);
  }
}
