import { kubernetesObjects } from '../../../src/rehearsal/kubernetes-objects';
import type { AppliedResource } from '../../../src/rehearsal/report';
import { applied, metadata, one, schemas } from './support/applied';

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
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'z',
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector: { matchLabels: { app: 'x' } },
            },
          ],
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

test('a DaemonSet: its strategy has another name than that of a Deployment', () => {
  const object = one('kubernetes_daemon_set_v1', { metadata, spec: [{ strategy: [{ type: 'OnDelete' }] }] });
  expect(object?.['spec']).toEqual({ updateStrategy: { type: 'OnDelete' } });
});
