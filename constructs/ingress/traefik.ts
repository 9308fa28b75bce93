import { DataAwsLb } from '@cdktf/provider-aws/lib/data-aws-lb';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Construct } from 'constructs';
import { fail } from '../core/findings';
import { HelmComponent, HelmComponentProps, HelmValues } from '../core/helm-component';
import { KubernetesObjects } from '../core/kubernetes-objects';
import { httpsOut, NetworkPolicy } from '../core/network-policy';
import { IPlatform, Platform } from '../core/platform';
import { monitored, scraper } from '../core/service-monitor';
import { chart, defineSystem } from '../core/system';

export interface TraefikProps extends HelmComponentProps {
  /**
   * Whether the load balancer has addresses in the internet. Default `internal`: what is exposed by mistake is then exposed to
   * the VPC and what is connected to it.
   */
  readonly scheme?: 'internal' | 'internet-facing';
  /** Address ranges that may reach it. Default the private ones; in the internet they must be named. */
  readonly sources?: readonly string[];
  /** ARN of the certificate at the load balancer. Default the domain's; without one it speaks plain HTTP. */
  readonly certificateArn?: string;
  /** Default 3, or fewer by profile. */
  readonly replicas?: number;
}

/** The IngressClass that Traefik answers to. */
export const ingressClass = 'traefik';
/** https://www.rfc-editor.org/rfc/rfc1918, and https://www.rfc-editor.org/rfc/rfc6598 */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/**
 * Traefik (https://traefik.io) behind a network load balancer that the AWS Load Balancer Controller makes: TLS ends at the
 * load balancer, with the domain's certificate, and names are routed inside. Where the domain has a zone, every name
 * directly below it leads here.
 * @throws PlinthError `open-ingress` for a load balancer in the internet without `sources`
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
    const given = props.platform ?? Platform.of(scope);
    const certificate = props.certificateArn ?? given.domainIfAny?.certificateArn;
    const balancer = given.names.of([id], 32);
    super(scope, id, props, { namespace: 'traefik', namespaceProps: {} }, ({ platform, profile, name, namespace }) => {
      const replicas = props.replicas ?? profile.replicas(3);
      return {
        fullnameOverride: name,
        deployment: { replicas },
        podDisruptionBudget: { enabled: replicas > 1, maxUnavailable: 1 },
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'topology.kubernetes.io/zone',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: { 'app.kubernetes.io/instance': `${name}-${namespace}` } },
          },
        ],
        resources: { requests: { cpu: '200m', memory: '256Mi' }, limits: { memory: '256Mi' } },
        ingressClass: { enabled: true, isDefaultClass: false, name: ingressClass },
        ingressRoute: { dashboard: { enabled: false } },
        api: { dashboard: false },
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
        ports: ports(platform, certificate, `${namespace}-${name}-secure@kubernetescrd`),
        service: {
          spec: {
            type: 'LoadBalancer',
            loadBalancerClass: 'service.k8s.aws/nlb',
            loadBalancerSourceRanges: [...(props.sources ?? privateRanges)],
          },
          annotations: annotations(props.scheme ?? 'internal', balancer, certificate),
        },
      };
    });
    if (props.scheme === 'internet-facing' && props.sources === undefined) {
      fail(this, {
        code: 'open-ingress',
        what: 'its load balancer would stand in the internet, and nobody said for whom',
        why: 'whoever reaches it reaches everything that is exposed',
        cure: "name the address ranges in 'sources', if need be ['0.0.0.0/0']",
      });
    }
    const { platform, namespace } = this;
    new NetworkPolicy(this, 'network', {
      ...{ name: id, namespace, pods: {} },
      // The load balancer comes from addresses of its own; it looks after health on 8080.
      ingressFrom: [{ cidr: '0.0.0.0/0', ports: [8000, 8443, 8080] }, scraper(platform, [9100])],
      egressTo: [{ platform: platform.name, ports: [] }, httpsOut],
    });
    if (certificate !== undefined) this.secure();
    this.name(platform, balancer);
  }

  /** TLS has ended at the load balancer: what stands behind must be told, or it would build links without it. */
  private secure(): void {
    const { namespace, node } = this;
    const name = `${node.id}-secure`;
    const objects = new KubernetesObjects(this, 'secure', {
      name,
      namespace,
      objects: [
        {
          apiVersion: 'traefik.io/v1alpha1',
          kind: 'Middleware',
          metadata: { name, namespace },
          spec: {
            headers: {
              customRequestHeaders: { 'X-Forwarded-Proto': 'https' },
              // Two years, which is what https://hstspreload.org asks for.
              stsSeconds: 63_072_000,
              forceSTSHeader: true,
            },
          },
        },
      ],
    });
    objects.node.addDependency(this.release);
  }

  /** Every name directly below the domain. The load balancer is looked up by its name: Kubernetes makes it, not Terraform. */
  private name({ domainIfAny }: IPlatform, balancer: string): void {
    if (domainIfAny?.zoneId === undefined) return;
    const made = new DataAwsLb(this, 'load-balancer', { name: balancer, dependsOn: [this.release] });
    new Route53Record(this, 'names', {
      zoneId: domainIfAny.zoneId,
      name: `*.${domainIfAny.name}`,
      type: 'A',
      alias: { name: made.dnsName, zoneId: made.zoneId, evaluateTargetHealth: true },
    });
  }
}

/** Where it listens. The load balancer says by the PROXY protocol who called. */
function ports(platform: IPlatform, certificate: string | undefined, secure: string): HelmValues {
  const proxyProtocol = { trustedIPs: [platform.network.cidr] };
  if (certificate === undefined) {
    return { web: { expose: { default: true }, proxyProtocol }, websecure: { expose: { default: false } } };
  }
  const toSecure = { to: 'websecure', scheme: 'https', permanent: true };
  return {
    web: { expose: { default: true }, proxyProtocol, http: { redirections: { entryPoint: toSecure } } },
    websecure: {
      expose: { default: true },
      proxyProtocol,
      asDefault: true,
      http: { tls: { enabled: false }, middlewares: [secure] },
    },
  };
}

/** https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/ */
function annotations(scheme: string, name: string, certificate: string | undefined): Record<string, string> {
  const said: Record<string, string> = {
    name,
    scheme,
    'nlb-target-type': 'ip',
    'backend-protocol': 'tcp',
    'proxy-protocol': '*',
    attributes: 'load_balancing.cross_zone.enabled=true',
    // Traefik answers that it is not well while it drains.
    'healthcheck-protocol': 'http',
    'healthcheck-port': '8080',
    'healthcheck-path': '/ping',
    ...(certificate !== undefined && {
      'ssl-cert': certificate,
      'ssl-ports': '443',
      'ssl-negotiation-policy': 'ELBSecurityPolicy-TLS13-1-2-2021-06',
    }),
  };
  return Object.fromEntries(
    Object.entries(said).map(([key, value]) => [`service.beta.kubernetes.io/aws-load-balancer-${key}`, value]),
  );
}
