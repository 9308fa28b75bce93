import { Construct } from 'constructs';
import { HelmComponent, HelmComponentProps } from '../core/helm-component';
import { monitored } from '../core/service-monitor';
import { chart, defineSystem } from '../core/system';

export interface TraefikProps extends HelmComponentProps {
  /**
   * Whether the load balancer is reached from the internet. Default `internal`: what is exposed by mistake is then exposed to
   * the VPC and what is connected to it.
   */
  readonly scheme?: 'internal' | 'internet-facing';
  /** ARN of the certificate at the load balancer. Default the domain's; without one it speaks plain HTTP inside the VPC. */
  readonly certificateArn?: string;
  /** Default 3, or fewer by profile. */
  readonly replicas?: number;
}

/** The IngressClass that Traefik answers to. */
export const ingressClass = 'traefik';

/**
 * Traefik (https://traefik.io) behind a network load balancer that the AWS Load Balancer Controller makes: TLS ends at the
 * load balancer, with the domain's certificate, and names are routed inside.
 */
export class Traefik extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'Traefik',
    categories: ['ingress'],
    licence: 'MIT',
    chart: chart('traefik', '41.3.0', 'https://traefik.github.io/charts'),
    provides: ['ingress'],
    endpoints: { web: { protocol: 'http', port: 80 } },
    requires: [{ role: 'load-balancers', why: 'its Service asks for a network load balancer' }],
  });

  constructor(scope: Construct, id: string, props: TraefikProps = {}) {
    super(
      scope,
      id,
      props,
      // Open at the edge: it is what the load balancer reaches, and it reaches what is exposed.
      { namespace: 'traefik', namespaceProps: { closed: false } },
      ({ platform, profile }) => {
        const replicas = props.replicas ?? profile.replicas(3);
        const certificate = props.certificateArn ?? platform.knownCertificateArn;
        const { scheme = 'internal' } = props;
        return {
          deployment: { replicas },
          podDisruptionBudget: { enabled: replicas > 1, maxUnavailable: 1 },
          ingressClass: { enabled: true, isDefaultClass: false, name: ingressClass },
          ingressRoute: { dashboard: { enabled: false } },
          providers: {
            kubernetesCRD: { enabled: true, allowCrossNamespace: false },
            kubernetesIngress: { enabled: true, publishedService: { enabled: true } },
          },
          global: { checkNewVersion: false, sendAnonymousUsage: false },
          accessLog: { enabled: true, format: 'json' },
          log: { format: 'json' },
          metrics: {
            prometheus: {
              service: { enabled: monitored(platform) },
              serviceMonitor: { enabled: monitored(platform) },
            },
          },
          ports: {
            // TLS has ended at the load balancer: port 443 of the Service leads to the plain entry point.
            web: { expose: { default: true } },
            websecure: {
              expose: { default: true },
              ...(certificate !== undefined && { targetPort: 'web', http: { tls: { enabled: false } } }),
            },
          },
          service: {
            spec: { type: 'LoadBalancer', loadBalancerClass: 'service.k8s.aws/nlb' },
            annotations: {
              'service.beta.kubernetes.io/aws-load-balancer-scheme': scheme,
              'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type': 'ip',
              'service.beta.kubernetes.io/aws-load-balancer-backend-protocol': 'tcp',
              ...(certificate !== undefined && {
                'service.beta.kubernetes.io/aws-load-balancer-ssl-cert': certificate,
                'service.beta.kubernetes.io/aws-load-balancer-ssl-ports': '443',
                'service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy':
                  'ELBSecurityPolicy-TLS13-1-2-2021-06',
              }),
            },
          },
        };
      },
    );
  }
}
