import type { KubernetesObject } from '../../kubernetes-objects';

type Texts = Readonly<Record<string, string>>;

const internal = [
  ['service.beta.kubernetes.io/aws-load-balancer-scheme', 'internal'],
  ['service.beta.kubernetes.io/aws-load-balancer-internal', 'true'],
] as const;

/** Classes of load balancers that are internal unless they are told otherwise. */
const internalClasses = ['service.k8s.aws/nlb', 'eks.amazonaws.com/nlb'];

/**
 * Whether a Service of type LoadBalancer gets one that faces the internet. The AWS Load Balancer Controller makes internal ones unless told
 * otherwise; the controller that comes with Kubernetes does not.
 * Source: kubernetes-sigs.github.io/aws-load-balancer-controller, "Annotations" of Services.
 */
export function facesInternet(
  annotations: Texts,
  loadBalancerClass: string | undefined,
  sources: readonly string[],
): boolean {
  if (sources.length > 0 && !sources.some((source) => /\/0$/.test(source))) return false;
  if (internal.some(([name, value]) => String(annotations[name]) === value)) return false;
  if (annotations['service.beta.kubernetes.io/aws-load-balancer-scheme'] === 'internet-facing') return true;
  const type = annotations['service.beta.kubernetes.io/aws-load-balancer-type'];
  const byController = type === 'external' || type === 'nlb-ip' || internalClasses.includes(loadBalancerClass ?? '');
  return !byController;
}

/** Whether a Service, an Ingress or the parameters of a class of Ingresses make something that faces the internet. */
export function internetFacing({ kind, metadata, spec }: KubernetesObject): boolean {
  const annotations = (metadata['annotations'] ?? {}) as Texts;
  switch (kind) {
    case 'Service': {
      const {
        type,
        loadBalancerClass,
        loadBalancerSourceRanges = [],
      } = (spec ?? {}) as {
        type?: string;
        loadBalancerClass?: string;
        loadBalancerSourceRanges?: readonly string[];
      };
      return type === 'LoadBalancer' && facesInternet(annotations, loadBalancerClass, loadBalancerSourceRanges);
    }
    case 'Ingress':
      return annotations['alb.ingress.kubernetes.io/scheme'] === 'internet-facing';
    case 'IngressClassParams':
      return (spec as { scheme?: string } | undefined)?.scheme === 'internet-facing';
    default:
      return false;
  }
}
