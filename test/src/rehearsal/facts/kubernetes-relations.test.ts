import { relations } from '../../../../src/rehearsal/facts/kubernetes-relations';
import { Unknown, type TfObject } from '../../../../src/rehearsal/protocol/codec';

const clauses = (kind: string, config: TfObject) => (relations[kind]?.(config) ?? []).map(({ clause }) => clause);
const service = (spec: TfObject): TfObject => ({ spec: [{ port: [{ port: 80 }], external_ips: null, ...spec }] });
const path = (row: TfObject): TfObject => ({ spec: [{ rule: [{ http: [{ path: [row] }] }] }] });
const rule = (values: TfObject): TfObject => ({
  rule: [{ api_groups: [''], resources: ['pods'], verbs: ['get'], ...values }],
});

it.each<[string, TfObject]>([
  ['service', service({})],
  [
    'service',
    service({
      port: [
        { port: 80, name: 'a' },
        { port: 80, name: 'b', protocol: 'UDP' },
      ],
    }),
  ],
  ['service', service({ port: [], cluster_ip: 'None' })],
  ['service', service({ port: Unknown.value })],
  ['service', service({ type: 'ExternalName', external_name: 'db.example.com', port: [] })],
  ['service', service({ type: Unknown.value, cluster_ip: 'None' })],
  ['service', service({ type: 'NodePort', port: [{ port: 80, node_port: 30080 }] })],
  ['horizontal_pod_autoscaler', { spec: [{ min_replicas: 1, max_replicas: 1 }] }],
  ['pod_disruption_budget', { spec: [{ max_unavailable: '1', min_available: null }] }],
  ['ingress', path({ path: '/', path_type: 'Prefix' })],
  ['ingress', { spec: [{ rule: [{ host: '*.example.com' }] }] }],
  ['ingress', { spec: [{ rule: [], default_backend: [{}] }] }],
  ['network_policy', { spec: [{ egress: [{ to: [{ ip_block: [{}] }, { pod_selector: [{}] }] }] }] }],
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
    'service',
    service({
      port: [
        { port: 80, name: 'a' },
        { port: 81, name: 'a' },
      ],
    }),
    '"a" is there already as a name of a port; give each its own',
  ],
  [
    'service',
    service({
      port: [
        { port: 80, name: 'a' },
        { port: 80, name: 'b' },
      ],
    }),
    '"TCP 80" is there already as a port; give each its own',
  ],
  [
    'service',
    service({
      type: 'NodePort',
      port: [
        { port: 80, name: 'a', node_port: 30080 },
        { port: 81, name: 'b', node_port: 30080 },
      ],
    }),
    '"TCP 30080" is there already as a node_port; give each its own',
  ],
  [
    'service',
    service({
      port: [
        { port: 80, name: 'a' },
        { port: 81, name: null },
      ],
    }),
    'port 2 has no name, which each of several needs; give it one',
  ],
  ['service', service({ port: [] }), 'it has no port; write one at least'],
  [
    'service',
    service({ type: 'ExternalName', port: [] }),
    'a Service of the type ExternalName needs external_name; write the DNS name that it stands for',
  ],
  [
    'service',
    service({ type: 'LoadBalancer', cluster_ip: 'None' }),
    'a Service of the type LoadBalancer cannot be headless; leave cluster_ip out, or write the type ClusterIP',
  ],
  [
    'service',
    service({ port: [{ port: 80, node_port: 30080 }] }),
    'a Service of the type ClusterIP has no ports of nodes; leave it out, or write the type NodePort',
  ],
  [
    'service',
    service({ external_traffic_policy: 'Local' }),
    'a Service of the type ClusterIP has no traffic from outside; leave it out',
  ],
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
  ['ingress', { spec: [{ rule: [] }] }, 'it has neither a rule nor a default_backend; write one of them'],
  [
    'ingress',
    { spec: [{ rule: [{ host: '10.0.0.1' }] }] },
    '"10.0.0.1" is an address; write a DNS name, or leave it out',
  ],
  [
    'ingress',
    { spec: [{ rule: [{ host: 'a.*.com' }] }] },
    '"a.*.com" is no DNS name; write one such as app.example.com or *.example.com',
  ],
  ['ingress', path({ path: 'api', path_type: 'Prefix' }), '"api" does not begin with a slash; write "/api"'],
  [
    'ingress',
    path({ path: '/', backend: [{ service: [{}], resource: [{}] }] }),
    'it has both service and resource; keep one',
  ],
  [
    'ingress',
    path({ path: '/', backend: [{ service: [{ port: [{ name: 'a', number: 1 }] }] }] }),
    'it has both name and number; keep one',
  ],
  [
    'network_policy',
    { spec: [{ ingress: [{ from: [{ ip_block: [{}], pod_selector: [{}] }] }] }] },
    'it has both an ip_block and a selector; write two peers',
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
])('tells of a wrong %s: %j', (kind, config, says) => expect(clauses(kind, config)).toEqual([says]));
