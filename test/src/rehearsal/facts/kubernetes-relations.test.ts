import { relations } from '../../../../src/rehearsal/facts/kubernetes-relations';
import { Unknown, type TfObject } from '../../../../src/rehearsal/protocol/codec';

const clauses = (kind: string, config: TfObject) => (relations[kind]?.(config) ?? []).map(({ clause }) => clause);
const rule = (values: TfObject): TfObject => ({
  rule: [{ api_groups: [''], resources: ['pods'], verbs: ['get'], ...values }],
});

it.each<[string, TfObject]>([
  ['horizontal_pod_autoscaler', { spec: [{ min_replicas: 1, max_replicas: 1 }] }],
  ['pod_disruption_budget', { spec: [{ max_unavailable: '1', min_available: null }] }],
  ['secret', { type: 'kubernetes.io/tls', data: { 'tls.crt': 'a' }, binary_data: { 'tls.key': 'b' } }],
  ['secret', { type: 'kubernetes.io/tls', data: Unknown.value }],
  ['secret', { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': '{}' } }],
  [
    'namespace',
    {
      metadata: [
        {
          labels: {
            'pod-security.kubernetes.io/enforce': 'restricted',
            'pod-security.kubernetes.io/warn-version': 'latest',
          },
        },
      ],
    },
  ],
  ['persistent_volume_claim', { spec: [{ resources: [{ requests: { storage: Unknown.value } }] }] }],
  ['persistent_volume_claim', { spec: [{ resources: Unknown.value }] }],
  ['role', rule({})],
  ['cluster_role', rule({ api_groups: null, resources: null, non_resource_urls: ['/healthz'] })],
  ['role', rule({ verbs: Unknown.value })],
  [
    'role_binding',
    {
      subject: [
        { kind: 'ServiceAccount', api_group: '' },
        { kind: 'User', api_group: 'rbac.authorization.k8s.io' },
      ],
    },
  ],
])('lets a right %s be: %j', (kind, config) => expect(clauses(kind, config)).toEqual([]));

it.each<[string, TfObject, string]>([
  [
    'horizontal_pod_autoscaler',
    { spec: [{ min_replicas: 3, max_replicas: 2 }] },
    'it is 2, less than min_replicas, which is 3; write 3 or more',
  ],
  [
    'pod_disruption_budget',
    { spec: [{ max_unavailable: '1', min_available: '1' }] },
    'it has both max_unavailable and min_available; keep one',
  ],
  [
    'secret',
    { type: 'kubernetes.io/tls', data: {} },
    'a Secret of the type kubernetes.io/tls needs the keys tls.crt and tls.key; add them',
  ],
  [
    'secret',
    { type: 'kubernetes.io/ssh-auth', data: {} },
    'a Secret of the type kubernetes.io/ssh-auth needs the key ssh-privatekey; add it',
  ],
  [
    'secret',
    { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'hunter2' } },
    'the value of .dockerconfigjson is not JSON; make it with jsonencode',
  ],
  [
    'config_map',
    { data: { a: 'x'.repeat(1_048_577) } },
    'a ConfigMap holds at most 1048576 bytes, and this one has 1048577; put the data into a bucket or several objects',
  ],
  [
    'namespace',
    { metadata: [{ labels: { 'pod-security.kubernetes.io/enforce': 'strict' } }] },
    'the label pod-security.kubernetes.io/enforce cannot be "strict"; write privileged, baseline or restricted',
  ],
  [
    'namespace',
    { metadata: [{ labels: { 'pod-security.kubernetes.io/audit-version': '1.34' } }] },
    'the label pod-security.kubernetes.io/audit-version cannot be "1.34"; write latest, or a version such as v1.34',
  ],
  [
    'persistent_volume_claim',
    { spec: [{ resources: [{ requests: { cpu: '1' } }] }] },
    'it asks for no storage; write requests = { storage = "10Gi" }',
  ],
  ['role', rule({ verbs: [] }), 'it has no verbs; write one such as get'],
  ['role', rule({ api_groups: [] }), 'it has no api_groups; write the group of the resources, "" for the core'],
  ['role', rule({ resources: [] }), 'it has no resources; write one such as pods'],
  ['cluster_role', rule({ non_resource_urls: ['/x'] }), 'it has both resources and non_resource_urls; write two rules'],
  [
    'role_binding',
    { subject: [{ kind: 'ServiceAccount', api_group: 'apps' }] },
    'a ServiceAccount is of the core group, not of "apps"; leave it out',
  ],
  [
    'secret',
    { type: 'kubernetes.io/basic-auth', data: {} },
    'a Secret of the type kubernetes.io/basic-auth needs the keys username and password; add them',
  ],
  [
    'secret',
    { type: 'kubernetes.io/service-account-token', metadata: [{ annotations: {} }] },
    'a Secret of the type kubernetes.io/service-account-token needs the annotation kubernetes.io/service-account.name; write the name of the ServiceAccount into it',
  ],
  [
    'config_map',
    { data: { a: 'x' }, binary_data: { a: 'AAEC' } },
    'the key "a" stands in data and in binary_data; keep one',
  ],
  [
    'persistent_volume_claim',
    { spec: [{ access_modes: [], resources: Unknown.value }] },
    'it has no access mode; write one such as ReadWriteOnce',
  ],
  [
    'persistent_volume_claim',
    { spec: [{ resources: [{ requests: { storage: '0' } }] }] },
    'it asks for no storage; write requests = { storage = "10Gi" }',
  ],
  [
    'horizontal_pod_autoscaler',
    { spec: [{ min_replicas: 0, max_replicas: 2, metric: [{ type: 'Resource' }] }] },
    'it is 0, from which only a metric of the type External or Object leads back; write 1 or more',
  ],
  [
    'horizontal_pod_autoscaler',
    { spec: [{ max_replicas: 2, scale_target_ref: [{ kind: 'Deployment', api_version: null }] }] },
    'a Deployment is looked for without its API; write apps/v1, or that of the Deployment',
  ],
])('tells of a wrong %s: %j', (kind, config, says) => expect(clauses(kind, config)).toEqual([says]));
