import { defaultOf, fieldName, kindOf } from '../../../src/rehearsal/kubernetes-kinds';
import { metadata, one } from './support/applied';

test('a kind by its resource, with its version and without', () => {
  expect(kindOf('kubernetes_deployment')).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment' });
  expect(kindOf('kubernetes_daemon_set_v1')).toEqual(kindOf('kubernetes_daemonset'));
  expect(kindOf('kubernetes_ingress_v1')).toEqual({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' });
  expect(kindOf('kubernetes_ingress')).toBeUndefined();
  expect(kindOf('kubernetes_config_map_v1_data')).toBeUndefined();
});

test.each([
  ['mount_path', 'mountPath'],
  ['non_resource_urls', 'nonResourceURLs'],
  ['load_balancer_ip', 'loadBalancerIP'],
  ['fs_group', 'fsGroup'],
  ['pod_cidr', 'podCIDR'],
  ['timezone', 'timeZone'],
])('%s is %s', (name, field) => {
  expect(fieldName(name)).toBe(field);
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
  const older = { max_replicas: 9, scale_target_ref: target, target_cpu_utilization_percentage: 80 };
  expect(one('kubernetes_horizontal_pod_autoscaler', { metadata, spec: [older] })?.['spec']).toMatchObject({
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
  });
  // The provider hands it over to no autoscaling/v2.
  expect(one('kubernetes_horizontal_pod_autoscaler_v2', { metadata, spec: [older] })?.['spec']).toEqual({
    maxReplicas: 9,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' },
  });
});

test('a volume of a pod has less than one of a cluster, and some sources are called otherwise', () => {
  const secret = [{ name: 'key', namespace: 'other' }];
  const volume = [
    { name: 'a', downward_api: [{ items: [{ path: 'a', field_ref: [{ field_path: 'metadata.labels' }] }] }] },
    { name: 'b', azure_file: [{ share_name: 's', secret_name: 'k', secret_namespace: 'other' }] },
    { name: 'c', flex_volume: [{ driver: 'd', secret_ref: secret }], local: [{ path: '/x' }] },
    { name: 'd', rbd: [{ ceph_monitors: ['m'], rbd_image: 'i', rados_user: 'u' }] },
  ];
  expect(one('kubernetes_pod_v1', { metadata, spec: [{ container: [], volume }] })?.['spec']).toMatchObject({
    volumes: [
      { name: 'a', downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      { name: 'b', azureFile: { shareName: 's', secretName: 'k' } },
      { name: 'c', flexVolume: { driver: 'd', secretRef: { name: 'key' } } },
      { name: 'd', rbd: { monitors: ['m'], image: 'i', user: 'u' } },
    ],
  });
  const kept = {
    metadata,
    spec: [{ persistent_volume_source: [{ flex_volume: [{ driver: 'd', secret_ref: secret }] }] }],
  };
  expect(one('kubernetes_persistent_volume_v1', kept)?.['spec']).toMatchObject({
    flexVolume: { driver: 'd', secretRef: { name: 'key', namespace: 'other' } },
  });
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

test('what the provider writes by itself, where an API server would write something else', () => {
  const spec = [{ template: [{ spec: [{ container: [] }] }] }];
  expect(one('kubernetes_deployment_v1', { metadata, spec })?.['spec']).toEqual({
    template: { spec: { automountServiceAccountToken: true } },
  });
  const job = { job_template: [{ spec }] };
  expect(one('kubernetes_cron_job_v1', { metadata, spec: [job] })?.['spec']).toMatchObject({
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never' } } } },
  });
  expect(one('kubernetes_storage_class_v1', { metadata, storage_provisioner: 'a' })).toMatchObject({
    allowVolumeExpansion: true,
  });
  expect(defaultOf('kubernetes_job_v1', 'spec', 'restart_policy')).toBe('Never');
  expect(defaultOf('kubernetes_pod_v1', 'spec', 'restart_policy')).toBeUndefined();
  expect(defaultOf('kubernetes_ingress_v1', 'path', 'path_type')).toBe('ImplementationSpecific');
});

test('a port of nodes is left to the provider where there is no load balancer', () => {
  const given = (type: string) => ({ metadata, spec: [{ type, allocate_load_balancer_node_ports: false }] });
  expect(one('kubernetes_service_v1', given('ClusterIP'))?.['spec']).toEqual({ type: 'ClusterIP' });
  expect(one('kubernetes_service_v1', given('LoadBalancer'))?.['spec']).toMatchObject({
    allocateLoadBalancerNodePorts: false,
  });
});
