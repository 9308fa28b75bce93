import { Namespace } from 'plinth/constructs/core/namespace';
import { at, blocks, only, synthesizeStack } from '../../support/program';

test('a namespace is restricted and closed; DNS and the Pod Identity agent stay in reach', () => {
  const stack = synthesizeStack((scope, platform) => void Namespace.in(scope, 'team-a', { platform }));
  expect(only(stack, 'kubernetes_namespace_v1').metadata).toMatchObject({
    name: 'team-a',
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted', 'plinth.dev/platform': 'prod' },
  });
  expect(at(stack, 'kubernetes_network_policy_v1', 'closed').spec).toEqual({
    pod_selector: {},
    policy_types: ['Ingress', 'Egress'],
  });
  expect(at(stack, 'kubernetes_network_policy_v1', 'dns').spec).toMatchObject({
    egress: [
      {
        ports: [
          { port: '53', protocol: 'UDP' },
          { port: '53', protocol: 'TCP' },
        ],
      },
      { to: [{ ip_block: { cidr: '169.254.170.23/32' } }] },
    ],
  });
});

test('an open one with a quota', () => {
  const stack = synthesizeStack((scope, platform) => {
    Namespace.in(scope, 'keda', { platform, closed: false, podSecurity: 'baseline', quota: { 'requests.cpu': '4' } });
  });
  expect(blocks(stack, 'kubernetes_network_policy_v1')).toHaveLength(0);
  expect(only(stack, 'kubernetes_resource_quota_v1').spec).toEqual({ hard: { 'requests.cpu': '4' } });
});

test('a name that Kubernetes would refuse is refused', () => {
  synthesizeStack((scope, platform) => {
    expect(() => Namespace.in(scope, 'Team_A', { platform })).toThrow("the name 'Team_A' is not usable");
  });
});
