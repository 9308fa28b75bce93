import { Profile } from 'plinth/constructs/core/profile';
import { PlatformAttributes } from 'plinth/constructs/core/platform';
import {
  KubePrometheusStack,
  KubePrometheusStackProps,
} from 'plinth/constructs/observability/metrics/kube-prometheus-stack';
import { at, StackJson } from '../../../support/program';
import { ingressOf, synthesizeServices } from '../../../support/services';

function metrics(props: KubePrometheusStackProps = {}, attributes: Partial<PlatformAttributes> = {}) {
  let values: object = {};
  let endpoints: Readonly<Record<string, string>> = {};
  const stack: StackJson = synthesizeServices((scope, platform) => {
    ({ values } = new KubePrometheusStack(scope, 'prometheus', props));
    endpoints = platform.find('metrics')?.endpoints ?? {};
  }, attributes);
  return { stack, values, endpoints };
}

test('what others look up is what the chart calls its services', () => {
  expect(metrics().endpoints).toEqual({
    prometheus: 'http://prometheus-prometheus.monitoring.svc.cluster.local:9090',
    alertmanager: 'http://prometheus-alertmanager.monitoring.svc.cluster.local:9093',
    grafana: 'http://prometheus-grafana.monitoring.svc.cluster.local:80',
  });
});

test('it scrapes and judges what every release of the cluster brings, and leaves EKS its control plane', () => {
  expect(metrics().values).toMatchObject({
    crds: { enabled: false },
    kubeControllerManager: { enabled: false },
    kubeScheduler: { enabled: false },
    kubeEtcd: { enabled: false },
    prometheus: {
      prometheusSpec: {
        serviceMonitorSelectorNilUsesHelmValues: false,
        podMonitorSelectorNilUsesHelmValues: false,
        ruleSelectorNilUsesHelmValues: false,
      },
    },
  });
});

test.each([
  ['production', Profile.production(), 2, '30d'],
  ['staging', Profile.staging(), 2, '14d'],
  ['ephemeral', Profile.ephemeral({ ttl: '1h' }), 1, '2d'],
])('%s: replicas and how long figures are kept', (_, profile, replicas, retention) => {
  expect(metrics({}, { profile }).values).toMatchObject({
    prometheus: { prometheusSpec: { replicas, retention, storageSpec: { volumeClaimTemplate: {} } } },
    alertmanager: { alertmanagerSpec: { replicas } },
  });
});

test('nobody looks at Grafana without signing in, and its password is born in the cluster', () => {
  const { stack, values } = metrics();
  expect(values).toMatchObject({
    grafana: {
      admin: { existingSecret: 'prometheus-grafana-admin' },
      'grafana.ini': { 'auth.anonymous': { enabled: false }, users: { allow_sign_up: false } },
      sidecar: { dashboards: { enabled: true, label: 'grafana_dashboard', searchNamespace: 'ALL' } },
    },
  });
  expect(JSON.stringify(values)).not.toContain('adminPassword');
  expect(String(at(stack, 'helm_release', 'admin/objects/release')['values'])).toContain('Password');
  expect(String(at(stack, 'helm_release', 'prometheus/release')['depends_on'])).toContain('admin');
});

test('Prometheus answers to its namespace and KEDA; Grafana from outside only where it has a name', () => {
  const portsOf = (stack: StackJson) =>
    (ingressOf(stack, 'prometheus') as { ports: { port: string }[] }[]).map(({ ports }) =>
      ports.map(({ port }) => port),
    );
  expect(portsOf(metrics().stack)).toEqual([[], ['10250'], ['9090']]);
  const domain = { name: 'ml.example.com' };
  const { stack, values } = metrics({ grafanaHost: 'grafana' }, { domain });
  expect(portsOf(stack)).toEqual([[], ['10250'], ['9090'], ['3000']]);
  expect(values).toMatchObject({
    grafana: { ingress: { enabled: true, ingressClassName: 'traefik', hosts: ['grafana.ml.example.com'] } },
  });
});

test('node exporters alone stand where the node may be read', () => {
  const { stack } = metrics();
  const level = (name: string) =>
    (
      at(stack, 'kubernetes_namespace_v1', `namespace-${name}/namespace`)['metadata'] as {
        labels: Record<string, string>;
      }
    ).labels['pod-security.kubernetes.io/enforce'];
  expect([level('monitoring'), level('node-exporter')]).toEqual(['restricted', 'privileged']);
});

test('it needs the definitions and the passwords of others', () => {
  expect(() => metrics({}, { provides: {} })).toThrow(
    "Prometheus and Grafana needs a system for 'metrics-definitions', and the platform 'prod' has none, because its own definitions are switched off",
  );
});
