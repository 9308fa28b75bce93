import { join } from 'node:path';
import { kubernetesObjects } from '../../../src/rehearsal/kubernetes-objects';
import type { AppliedResource } from '../../../src/rehearsal/report';
import { BindingSchemas } from '../../../src/rehearsal/schema/provider-schema';

const root = join(__dirname, '../../..');
const types = [
  'kubernetes_config_map_v1',
  'kubernetes_cron_job_v1',
  'kubernetes_deployment_v1',
  'kubernetes_horizontal_pod_autoscaler_v1',
  'kubernetes_horizontal_pod_autoscaler_v2',
  'kubernetes_labels',
  'kubernetes_mutating_webhook_configuration_v1',
  'kubernetes_network_policy_v1',
  'kubernetes_node_taint',
  'kubernetes_persistent_volume_v1',
  'kubernetes_pod_disruption_budget_v1',
  'kubernetes_pod_v1',
  'kubernetes_role_v1',
  'kubernetes_secret_v1',
  'kubernetes_service_account_v1',
  'kubernetes_service_v1',
  'kubernetes_stateful_set_v1',
  'kubernetes_storage_class_v1',
];
const { resources: schemas } = new BindingSchemas(root).of('kubernetes', {
  resources: new Set(types),
  dataSources: new Set(),
});

const applied = (type: string, values: Record<string, unknown>): AppliedResource => ({
  stack: 's',
  address: `${type}.x`,
  mode: 'managed',
  type,
  name: 'x',
  provider: 'registry.terraform.io/hashicorp/kubernetes',
  values,
});
const one = (type: string, values: Record<string, unknown>) => kubernetesObjects([applied(type, values)], schemas)[0];
const metadata = [
  { name: 'x', namespace: 'n', labels: null, annotations: {}, uid: 'u', resource_version: '1', generation: 1 },
];

test('a Deployment: names, lists, numbers and what was not given', () => {
  const object = one('kubernetes_deployment_v1', {
    id: 'n/x',
    metadata,
    wait_for_rollout: true,
    timeouts: null,
    spec: [
      {
        replicas: '3',
        selector: [{ match_labels: { app: 'x' }, match_expressions: [] }],
        strategy: [{ type: 'RollingUpdate', rolling_update: [{ max_surge: '25%', max_unavailable: '0' }] }],
        template: [
          {
            metadata: [{ labels: { app: 'x' }, name: null }],
            spec: [
              {
                security_context: [
                  {
                    fs_group: '1000',
                    run_as_user: '1000',
                    run_as_non_root: true,
                    seccomp_profile: [{ type: 'RuntimeDefault' }],
                  },
                ],
                automount_service_account_token: false,
                topology_spread_constraint: [
                  { max_skew: 1, topology_key: 'z', label_selector: [{ match_labels: { app: 'x' } }] },
                ],
                toleration: [{ key: 'gpu', operator: 'Exists', toleration_seconds: '300' }],
                affinity: [
                  {
                    node_affinity: [
                      {
                        required_during_scheduling_ignored_during_execution: [
                          {
                            node_selector_term: [{ match_expressions: [{ key: 'k', operator: 'In', values: ['v'] }] }],
                          },
                        ],
                      },
                    ],
                    pod_anti_affinity: [
                      {
                        preferred_during_scheduling_ignored_during_execution: [
                          { weight: 1, pod_affinity_term: [{ topology_key: 'h' }] },
                        ],
                      },
                    ],
                  },
                ],
                container: [
                  {
                    name: 'c',
                    image: 'i',
                    args: [],
                    env: [
                      { name: 'A', value: '', value_from: [] },
                      {
                        name: 'B',
                        value: null,
                        value_from: [{ secret_key_ref: [{ name: 's', key: 'k', optional: false }] }],
                      },
                    ],
                    env_from: [{ prefix: null, config_map_ref: [{ name: 'cm' }] }],
                    port: [{ name: 'http', container_port: 8000, host_ip: null }],
                    resources: [{ requests: { cpu: '500m' }, limits: { memory: '1Gi', 'nvidia.com/gpu': '1' } }],
                    liveness_probe: [
                      { http_get: [{ path: '/live', port: '8000', http_header: [{ name: 'H', value: 'v' }] }] },
                    ],
                    readiness_probe: [{ grpc: [{ port: 8001 }] }],
                    startup_probe: [{ tcp_socket: [{ port: 'http' }] }],
                    lifecycle: [{ pre_stop: [{ exec: [{ command: ['sleep', '5'] }] }] }],
                    volume_mount: [{ name: 'tmp', mount_path: '/tmp' }],
                  },
                ],
                volume: [
                  { name: 'tmp', empty_dir: [{ medium: null, size_limit: null }] },
                  {
                    name: 'cm',
                    config_map: [{ name: 'cm', default_mode: '0644', items: [{ key: 'a', path: 'b', mode: '0400' }] }],
                  },
                  {
                    name: 'all',
                    projected: [{ sources: [{ config_map: [{ name: 'cm' }], secret: [{ name: 's' }] }] }],
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
  expect(object).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'x', namespace: 'n' },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'x' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      template: {
        metadata: { labels: { app: 'x' } },
        spec: {
          securityContext: {
            fsGroup: 1000,
            runAsUser: 1000,
            runAsNonRoot: true,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          automountServiceAccountToken: false,
          topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', labelSelector: { matchLabels: { app: 'x' } } }],
          tolerations: [{ key: 'gpu', operator: 'Exists', tolerationSeconds: 300 }],
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [{ key: 'k', operator: 'In', values: ['v'] }] }],
              },
            },
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'h' } }],
            },
          },
          containers: [
            {
              name: 'c',
              image: 'i',
              env: [
                { name: 'A', value: '' },
                { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: false } } },
              ],
              envFrom: [{ configMapRef: { name: 'cm' } }],
              ports: [{ name: 'http', containerPort: 8000 }],
              resources: { requests: { cpu: '500m' }, limits: { memory: '1Gi', 'nvidia.com/gpu': '1' } },
              livenessProbe: { httpGet: { path: '/live', port: 8000, httpHeaders: [{ name: 'H', value: 'v' }] } },
              readinessProbe: { grpc: { port: 8001 } },
              startupProbe: { tcpSocket: { port: 'http' } },
              lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } },
              volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
            },
          ],
          volumes: [
            { name: 'tmp', emptyDir: {} },
            {
              name: 'cm',
              configMap: { name: 'cm', defaultMode: 0o644, items: [{ key: 'a', path: 'b', mode: 0o400 }] },
            },
            { name: 'all', projected: { sources: [{ configMap: { name: 'cm' } }, { secret: { name: 's' } }] } },
          ],
        },
      },
    },
  });
  expect(object?.provenance).toEqual({ stack: 's', address: 'kubernetes_deployment_v1.x' });
  expect(JSON.stringify(object)).not.toContain('provenance');
});

test('a Service keeps "None" and gives back an address of the cluster', () => {
  const spec = (cluster_ip: string) => [
    {
      cluster_ip,
      cluster_ips: [cluster_ip],
      selector: { app: 'x' },
      type: 'ClusterIP',
      port: [{ port: 80, target_port: '8000' }],
    },
  ];
  const rest = { selector: { app: 'x' }, type: 'ClusterIP', ports: [{ port: 80, targetPort: 8000 }] };
  expect(one('kubernetes_service_v1', { metadata, spec: spec('172.20.0.9') })).toMatchObject({ spec: rest });
  expect(one('kubernetes_service_v1', { metadata, spec: spec('172.20.0.9') })).not.toHaveProperty('spec.clusterIP');
  expect(one('kubernetes_service_v1', { metadata, spec: spec('None') })).toHaveProperty('spec.clusterIP', 'None');
  const named = one('kubernetes_service_v1', { metadata, spec: [{ port: [{ port: 80, target_port: 'http' }] }] });
  expect(named).toHaveProperty('spec.ports', [{ port: 80, targetPort: 'http' }]);
});

test('a network policy keeps its empty rules: they mean everything', () => {
  const object = one('kubernetes_network_policy_v1', {
    metadata,
    spec: [
      {
        pod_selector: [{ match_labels: null, match_expressions: [] }],
        policy_types: ['Ingress', 'Egress'],
        ingress: [{ from: [], ports: [] }],
        egress: [
          {
            to: [{ ip_block: [{ cidr: '169.254.170.23/32', except: null }] }],
            ports: [
              { port: '53', protocol: 'UDP' },
              { port: 'dns', protocol: 'TCP' },
            ],
          },
        ],
      },
    ],
  });
  expect(object).toMatchObject({
    apiVersion: 'networking.k8s.io/v1',
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{}],
      egress: [
        {
          to: [{ ipBlock: { cidr: '169.254.170.23/32' } }],
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 'dns', protocol: 'TCP' },
          ],
        },
      ],
    },
  });
});

test('autoscalers in both versions, with their metrics', () => {
  const target = [{ api_version: 'apps/v1', kind: 'Deployment', name: 'x' }];
  const v2 = one('kubernetes_horizontal_pod_autoscaler_v2', {
    metadata,
    spec: [
      {
        min_replicas: 2,
        max_replicas: 9,
        scale_target_ref: target,
        metric: [
          { type: 'Resource', resource: [{ name: 'cpu', target: [{ type: 'Utilization', average_utilization: 70 }] }] },
          {
            type: 'Pods',
            pods: [
              {
                metric: [{ name: 'q', selector: [{ match_labels: { a: 'b' } }] }],
                target: [{ type: 'AverageValue', average_value: '5' }],
              },
            ],
          },
        ],
        behavior: [
          {
            scale_down: [
              {
                stabilization_window_seconds: 300,
                select_policy: 'Max',
                policy: [{ type: 'Pods', value: 1, period_seconds: 60 }],
              },
            ],
            scale_up: [],
          },
        ],
      },
    ],
  });
  expect(v2).toMatchObject({
    apiVersion: 'autoscaling/v2',
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' },
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
        {
          type: 'Pods',
          pods: {
            metric: { name: 'q', selector: { matchLabels: { a: 'b' } } },
            target: { type: 'AverageValue', averageValue: '5' },
          },
        },
      ],
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: 300,
          selectPolicy: 'Max',
          policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
        },
      },
    },
  });
  const v1 = one('kubernetes_horizontal_pod_autoscaler_v1', {
    metadata,
    spec: [{ max_replicas: 9, scale_target_ref: target, target_cpu_utilization_percentage: 80 }],
  });
  expect(v1).toMatchObject({ apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 80 } });
});

test('secrets are in base64, config maps in plain text', () => {
  const values = { metadata, type: 'Opaque', data: { a: 'ä' }, binary_data: { b: 'AAE=' }, immutable: null };
  expect(one('kubernetes_secret_v1', values)).toMatchObject({
    data: { a: Buffer.from('ä').toString('base64'), b: 'AAE=' },
    type: 'Opaque',
  });
  expect(one('kubernetes_config_map_v1', values)).toMatchObject({ data: { a: 'ä' }, binaryData: { b: 'AAE=' } });
});

test('kinds whose fields Terraform names or places in its own way', () => {
  expect(
    one('kubernetes_storage_class_v1', {
      metadata,
      storage_provisioner: 'ebs.csi.aws.com',
      parameters: { type: 'gp3' },
    }),
  ).toMatchObject({ provisioner: 'ebs.csi.aws.com' });
  expect(
    one('kubernetes_role_v1', { metadata, rule: [{ api_groups: [''], resources: ['pods'], verbs: ['get'] }] }),
  ).toMatchObject({ rules: [{ apiGroups: [''] }] });
  expect(
    one('kubernetes_service_account_v1', {
      metadata,
      secret: [],
      image_pull_secret: [{ name: 's' }],
      automount_service_account_token: false,
    }),
  ).toMatchObject({
    imagePullSecrets: [{ name: 's' }],
    automountServiceAccountToken: false,
  });
  expect(
    one('kubernetes_persistent_volume_v1', {
      metadata,
      spec: [{ capacity: { storage: '1Gi' }, persistent_volume_source: [{ nfs: [{ server: 's', path: '/' }] }] }],
    }),
  ).toMatchObject({ spec: { capacity: { storage: '1Gi' }, nfs: { server: 's', path: '/' } } });
  expect(
    one('kubernetes_mutating_webhook_configuration_v1', {
      metadata,
      webhook: [{ name: 'w', client_config: [{ ca_bundle: 'PEM', service: [] }], rule: [] }],
    }),
  ).toMatchObject({ webhooks: [{ name: 'w', clientConfig: { caBundle: 'UEVN' } }] });
  expect(
    one('kubernetes_pod_disruption_budget_v1', {
      metadata,
      spec: [{ min_available: '1', selector: [{ match_labels: { a: 'b' } }] }],
    }),
  ).toMatchObject({
    spec: { minAvailable: 1, selector: { matchLabels: { a: 'b' } } },
  });
  expect(
    one('kubernetes_stateful_set_v1', {
      metadata,
      spec: [
        {
          service_name: 's',
          volume_claim_template: [{ metadata: [{ name: 'd' }], spec: [{ access_modes: ['ReadWriteOnce'] }] }],
        },
      ],
    }),
  ).toMatchObject({
    spec: { volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'] } }] },
  });
  expect(
    one('kubernetes_cron_job_v1', {
      metadata,
      spec: [
        {
          schedule: '0 0 * * *',
          job_template: [{ metadata: [{}], spec: [{ ttl_seconds_after_finished: '60', template: [] }] }],
        },
      ],
    }),
  ).toMatchObject({ spec: { jobTemplate: { spec: { ttlSecondsAfterFinished: 60 } } } });
});

test('a pod with host settings spells them as Kubernetes does', () => {
  expect(
    one('kubernetes_pod_v1', {
      metadata,
      spec: [{ host_ipc: false, host_pid: true, host_network: true, init_container: [{ name: 'i' }] }],
    }),
  ).toMatchObject({
    spec: { hostIPC: false, hostPID: true, hostNetwork: true, initContainers: [{ name: 'i' }] },
  });
});

test('a manifest is its object, and a local chart carries objects in its values', () => {
  const manifest = applied('kubernetes_manifest', {
    manifest: { value: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } }, type: [] },
  });
  const values = [
    '"objects":\n- "apiVersion": "keda.sh/v1alpha1"\n  "kind": "ScaledObject"\n  "metadata":\n    "name": "k"\n',
    '',
  ];
  const release = applied('helm_release', {
    chart: 'assets/objects-chart/ABC',
    repository: null,
    namespace: 'models',
    values,
  });
  const foreign = applied('helm_release', { chart: 'keda', repository: 'https://x', namespace: 'keda', values });
  const objects = kubernetesObjects([manifest, release, foreign], schemas);
  expect(objects).toEqual([
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } },
    { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'k' } },
  ]);
  expect(objects[1]?.provenance).toEqual({ stack: 's', address: 'helm_release.x', namespace: 'models' });
});

test('what is no object of its own gives none, nor does data', () => {
  const data: AppliedResource = { ...applied('kubernetes_service_v1', { metadata }), mode: 'data' };
  const none = [
    applied('kubernetes_labels', { labels: {} }),
    applied('kubernetes_node_taint', { metadata }),
    data,
    applied('aws_vpc', {}),
  ];
  expect(kubernetesObjects(none, schemas)).toEqual([]);
});
