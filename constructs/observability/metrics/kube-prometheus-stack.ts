import { Construct } from 'constructs';
import { GeneratedPassword } from '../../core/external-secret';
import { HelmComponent, HelmComponentProps, HelmValues } from '../../core/helm-component';
import { Namespace } from '../../core/namespace';
import { anywhere, controlPlane, NetworkPolicy, Peer } from '../../core/network-policy';
import { Platform } from '../../core/platform';
import { chart, defineSystem } from '../../core/system';

export interface KubePrometheusStackProps extends HelmComponentProps {
  /** Prometheus servers that scrape the same. Default 2, or fewer by profile. */
  readonly replicas?: number;
  /** Days that metrics are kept. Default 30, 14 or 2 by profile. */
  readonly retentionDays?: number;
  /** Disk of each Prometheus server. Default `100Gi`. */
  readonly size?: string;
  /** Default the cluster's default class. */
  readonly storageClass?: string;
  /** Where Grafana is reached, below the platform's domain. Default nowhere: `kubectl port-forward` leads to it. */
  readonly grafanaHost?: string;
  /** Where alerts are sent: Alertmanager's own configuration. Default nowhere: they are seen in Alertmanager and Grafana. */
  readonly alertmanager?: HelmValues;
  /** Who may query Prometheus, besides Grafana. Default KEDA. Prometheus asks nobody for a password. */
  readonly callers?: readonly Peer[];
}

/** Node exporters read the node itself, so they alone stand where that is allowed. */
const nodeNamespace = 'node-exporter';

/**
 * Prometheus, Alertmanager and Grafana (https://github.com/prometheus-community/helm-charts). Scrapes every ServiceMonitor
 * and judges every PrometheusRule in the cluster; Grafana shows every ConfigMap with the label `grafana_dashboard: "1"`, and
 * keeps nothing itself. Its administrator's password is born in the cluster.
 */
export class KubePrometheusStack extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'Prometheus and Grafana',
    categories: ['infrastructure monitoring', 'model monitoring'],
    licence: 'Apache-2.0 (Prometheus), AGPL-3.0 (Grafana)',
    chart: chart('kube-prometheus-stack', '88.5.3', 'https://prometheus-community.github.io/helm-charts'),
    provides: ['metrics', 'dashboards'],
    endpoints: {
      prometheus: { protocol: 'http', port: 9090, service: '{name}-prometheus', health: '/-/ready' },
      alertmanager: { protocol: 'http', port: 9093, service: '{name}-alertmanager', health: '/-/ready' },
      grafana: { protocol: 'http', port: 80, service: '{name}-grafana', health: '/api/health' },
    },
    requires: [
      { role: 'metrics-definitions', why: 'its own definitions are switched off, because Helm never upgrades them' },
      { role: 'external-secrets', why: "it makes the password of Grafana's administrator" },
    ],
  });
  readonly prometheus = this.endpoint('prometheus');
  readonly grafana = this.endpoint('grafana');

  constructor(scope: Construct, id: string, props: KubePrometheusStackProps = {}) {
    const platform = props.platform ?? Platform.of(scope);
    const namespace = props.namespace ?? 'monitoring';
    const admin = `${id}-grafana-admin`;
    const host = props.grafanaHost === undefined ? undefined : `${props.grafanaHost}.${platform.domain.name}`;
    super(scope, id, props, { namespace, namespaceProps: {}, timeout: 900 }, ({ profile, name }) => {
      const replicas = props.replicas ?? profile.replicas(2);
      const days = props.retentionDays ?? { production: 30, staging: 14, ephemeral: 2 }[profile.kind];
      const claim = (storage: string) => ({
        volumeClaimTemplate: {
          spec: {
            accessModes: ['ReadWriteOnce'],
            ...(props.storageClass && { storageClassName: props.storageClass }),
            resources: { requests: { storage } },
          },
        },
      });
      const everywhere = {
        serviceMonitorSelectorNilUsesHelmValues: false,
        podMonitorSelectorNilUsesHelmValues: false,
        ruleSelectorNilUsesHelmValues: false,
        probeSelectorNilUsesHelmValues: false,
        scrapeConfigSelectorNilUsesHelmValues: false,
      };
      // EKS keeps the control plane to itself: nobody can scrape it there.
      const hidden = { enabled: false };
      return {
        fullnameOverride: name,
        crds: { enabled: false },
        kubeControllerManager: hidden,
        kubeScheduler: hidden,
        kubeEtcd: hidden,
        kubeProxy: hidden,
        'prometheus-node-exporter': { namespaceOverride: nodeNamespace },
        prometheus: {
          podDisruptionBudget: { enabled: replicas > 1, minAvailable: 1 },
          prometheusSpec: {
            replicas,
            retention: `${days}d`,
            storageSpec: claim(props.size ?? '100Gi'),
            resources: { requests: { cpu: '500m', memory: '2Gi' } },
            externalLabels: { platform: platform.name },
            ...everywhere,
          },
        },
        alertmanager: {
          podDisruptionBudget: { enabled: replicas > 1, minAvailable: 1 },
          alertmanagerSpec: { replicas, storage: claim('5Gi') },
          ...(props.alertmanager && { config: props.alertmanager }),
        },
        grafana: {
          fullnameOverride: `${name}-grafana`,
          admin: { existingSecret: admin, userKey: 'username', passwordKey: 'password' },
          defaultDashboardsTimezone: 'utc',
          // All it shows comes from the cluster, so it needs no disk, and two of them cannot disagree.
          persistence: { enabled: false },
          testFramework: { enabled: false },
          ...(host !== undefined && {
            ingress: { enabled: true, ingressClassName: 'traefik', hosts: [host] },
          }),
          'grafana.ini': {
            ...(host !== undefined && { server: { domain: host, root_url: `https://${host}` } }),
            'auth.anonymous': { enabled: false },
            analytics: { check_for_updates: false, reporting_enabled: false },
            users: { allow_sign_up: false },
          },
          sidecar: {
            dashboards: { enabled: true, label: 'grafana_dashboard', labelValue: '1', searchNamespace: 'ALL' },
          },
        },
      };
    });
    const password = new GeneratedPassword(this, 'admin', {
      platform,
      name: admin,
      namespace,
      beside: { username: 'admin' },
    });
    const nodes = Namespace.in(this, nodeNamespace, { platform, podSecurity: 'privileged' });
    this.release.node.addDependency(password, nodes);
    new NetworkPolicy(this, 'network', {
      ...{ name: id, namespace, pods: {} },
      ingressFrom: [
        { pods: {}, ports: [] },
        controlPlane([10250]),
        ...(props.callers ?? [{ namespace: platform.find('autoscaling')?.namespace ?? 'keda', ports: [9090] }]),
        ...(host === undefined ? [] : [{ namespace: platform.find('ingress')?.namespace ?? 'traefik', ports: [3000] }]),
      ],
      // Whatever has figures to tell is asked for them, wherever it runs.
      egressTo: [anywhere],
    });
  }
}
