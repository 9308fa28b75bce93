import { Template } from '@plinth/rehearsal/expect';
import { HelmComponent } from 'plinth/constructs/core/helm-component';
import { Platform, PlatformAttributes } from 'plinth/constructs/core/platform';
import { Traefik, TraefikProps } from 'plinth/constructs/ingress/traefik';
import { blocks, only, StackJson } from '../../support/program';
import { ingressOf, synthesizeServices } from '../../support/services';

const domain = { name: 'ml.example.com', zoneId: 'Z1', certificateArn: 'arn:certificate' };

function traefik(props: TraefikProps = {}, attributes: Partial<PlatformAttributes> = { domain }) {
  let made: [HelmComponent, Platform] | undefined;
  const stack: StackJson = synthesizeServices((scope, platform) => {
    made = [new Traefik(scope, 'traefik', props), platform];
  }, attributes);
  const [component, platform] = made!;
  return { stack, platform, values: component.values };
}
const annotation = (name: string) => `service.beta.kubernetes.io/aws-load-balancer-${name}`;

test('behind an internal load balancer that private addresses reach, with the domain’s certificate', () => {
  const { values, platform } = traefik();
  expect(values).toMatchObject({
    service: {
      spec: {
        loadBalancerClass: 'service.k8s.aws/nlb',
        loadBalancerSourceRanges: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'],
      },
      annotations: {
        [annotation('scheme')]: 'internal',
        [annotation('ssl-cert')]: 'arn:certificate',
        [annotation('ssl-ports')]: '443',
        [annotation('proxy-protocol')]: '*',
      },
    },
    ingressClass: { name: 'traefik', isDefaultClass: false },
    ingressRoute: { dashboard: { enabled: false } },
    api: { dashboard: false },
  });
  expect(platform.find('ingress')?.endpoints).toEqual({ web: 'http://traefik.traefik.svc.cluster.local:80' });
});

test('plain HTTP is sent to HTTPS, and what stands behind is told that the caller used it', () => {
  const { values, stack } = traefik();
  expect(values).toMatchObject({
    ports: {
      web: { http: { redirections: { entryPoint: { to: 'websecure', scheme: 'https', permanent: true } } } },
      websecure: { http: { tls: { enabled: false }, middlewares: ['traefik-traefik-secure@kubernetescrd'] } },
    },
  });
  Template.of(stack).hasResource('helm_release', { name: 'traefik-secure', values: [/X-Forwarded-Proto/] });
});

test('the addresses of callers are believed from the network of the platform only', () => {
  expect(traefik().values).toMatchObject({ ports: { websecure: { proxyProtocol: { trustedIPs: ['10.0.0.0/16'] } } } });
});

test('every name below the domain leads to its load balancer, which is looked up once it is there', () => {
  const { stack } = traefik();
  expect(only(stack, 'aws_route53_record')).toMatchObject({ name: '*.ml.example.com', zone_id: 'Z1', type: 'A' });
  const lookedUp = Object.values(stack.data?.['aws_lb'] ?? {})[0];
  expect(lookedUp).toMatchObject({ name: 'prod-traefik' });
  expect(String(lookedUp?.['depends_on'])).toMatch(/helm_release\.traefik_release/);
});

test('without a domain: one port, no TLS, no names', () => {
  const { stack, values } = traefik({}, {});
  expect(values).toMatchObject({ ports: { websecure: { expose: { default: false } } } });
  expect(JSON.stringify(values)).not.toContain('ssl-');
  expect(blocks(stack, 'aws_route53_record')).toEqual([]);
});

test('in the internet only for those who are named', () => {
  const { values } = traefik({ scheme: 'internet-facing', sources: ['203.0.113.0/24'] });
  expect(values).toMatchObject({
    service: {
      spec: { loadBalancerSourceRanges: ['203.0.113.0/24'] },
      annotations: { [annotation('scheme')]: 'internet-facing' },
    },
  });
  expect(() => traefik({ scheme: 'internet-facing' })).toThrow(
    "prod-test/traefik: its load balancer would stand in the internet, and nobody said for whom, because whoever reaches it reaches everything that is exposed; name the address ranges in 'sources', if need be ['0.0.0.0/0'].",
  );
});

test('its pods are reached on the ports of the load balancer, and on that of figures by Prometheus alone', () => {
  const rules = ingressOf(traefik().stack, 'traefik') as { from: unknown; ports: { port: string }[] }[];
  expect(rules.map(({ ports }) => ports.map(({ port }) => port))).toEqual([['8000', '8443', '8080'], ['9100']]);
});

test('it needs somebody who makes load balancers', () => {
  expect(() => traefik({}, { domain, provides: {} })).toThrow(
    "Traefik needs a system for 'load-balancers', and the platform 'prod' has none, because its Service asks for a network load balancer; add one that provides 'load-balancers', such as AwsLoadBalancerController, or leave Traefik out",
  );
});
