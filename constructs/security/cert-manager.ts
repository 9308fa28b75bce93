import { Construct } from 'constructs';
import { HelmComponent, HelmComponentProps } from '../core/helm-component';
import { KubernetesObjects } from '../core/kubernetes-objects';
import { controlPlane, httpsOut, NetworkPolicy } from '../core/network-policy';
import { monitored, scraper } from '../core/service-monitor';
import { chart, defineSystem } from '../core/system';

export interface CertManagerProps extends HelmComponentProps {
  /** Of controller, webhook and CA injector. Default 2, or fewer by profile. */
  readonly replicas?: number;
}

/** The ClusterIssuer that signs with the platform's own authority, for names that never leave the cluster. */
export const internalIssuer = 'plinth-internal';

/** cert-manager, certificates inside the cluster (https://cert-manager.io), with an issuer for names that never leave it. */
export class CertManager extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'cert-manager',
    categories: ['security'],
    licence: 'Apache-2.0',
    chart: chart('cert-manager', 'v1.21.1', 'oci://quay.io/jetstack/charts'),
    provides: ['certificates'],
  });

  /** What has to be there before a Certificate can be asked for. */
  readonly ready: Construct;

  constructor(scope: Construct, id: string, props: CertManagerProps = {}) {
    super(scope, id, props, { namespace: 'cert-manager', namespaceProps: {} }, ({ platform, profile }) => {
      const replicaCount = props.replicas ?? profile.replicas(2);
      const podDisruptionBudget = { enabled: replicaCount > 1 };
      return {
        // Kept when the chart goes: with the definitions every certificate in the cluster would go too.
        crds: { enabled: true, keep: true },
        replicaCount,
        podDisruptionBudget,
        webhook: { replicaCount, podDisruptionBudget },
        cainjector: { replicaCount, podDisruptionBudget },
        prometheus: { servicemonitor: { enabled: monitored(platform) } },
      };
    });
    const { namespace } = this;
    new NetworkPolicy(this, 'network', {
      ...{ name: id, namespace, pods: {} },
      ingressFrom: [controlPlane([10250]), scraper(this.platform, [9402])],
      egressTo: [httpsOut],
    });
    const issuer = new KubernetesObjects(this, 'issuers', {
      name: `${id}-issuers`,
      namespace,
      objects: [
        {
          apiVersion: 'cert-manager.io/v1',
          kind: 'ClusterIssuer',
          metadata: { name: 'plinth-self-signed' },
          spec: { selfSigned: {} },
        },
        {
          apiVersion: 'cert-manager.io/v1',
          kind: 'Certificate',
          metadata: { name: 'plinth-authority', namespace },
          spec: {
            isCA: true,
            commonName: `plinth ${this.platform.name}`,
            secretName: 'plinth-authority',
            duration: '87600h',
            privateKey: { algorithm: 'ECDSA', size: 256 },
            issuerRef: { name: 'plinth-self-signed', kind: 'ClusterIssuer', group: 'cert-manager.io' },
          },
        },
        {
          apiVersion: 'cert-manager.io/v1',
          kind: 'ClusterIssuer',
          metadata: { name: internalIssuer },
          spec: { ca: { secretName: 'plinth-authority' } },
        },
      ],
    });
    issuer.node.addDependency(this.release);
    this.ready = issuer;
  }
}
