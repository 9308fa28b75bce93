import { wrongPods } from '../../../../src/rehearsal/facts/kubernetes-pods';
import { Unknown, type TfObject, type TfValue } from '../../../../src/rehearsal/protocol/codec';

const labels = { app: 'web' };
const selector = [{ match_labels: labels }];
const container = { name: 'c' };
const workload = (pod: TfObject, spec: TfObject = {}, template: TfObject = {}): TfObject => ({
  spec: [
    {
      selector,
      template: [{ metadata: [{ labels }], spec: [{ container: [container], ...pod }], ...template }],
      ...spec,
    },
  ],
});
const withContainer = (values: TfObject, pod: TfObject = {}): TfObject =>
  workload({ container: [{ ...container, ...values }], ...pod });
const clauses = (kind: string, config: TfObject) => wrongPods(kind, config).map(({ clause }) => clause);
const http = { name: 'http', container_port: 8080 };
const probe = (port: TfValue) => ({ readiness_probe: [{ http_get: [{ port }] }] });
const volume = { name: 'data' };

it.each<[string, TfObject]>([
  ['deployment', workload({})],
  ['deployment', workload({ restart_policy: 'Always' })],
  ['deployment', workload({}, { selector: Unknown.value })],
  ['deployment', workload({}, {}, { metadata: [{ labels: Unknown.value }] })],
  ['deployment', workload({}, { selector: [{ match_expressions: [{ key: 'app', operator: 'Exists' }] }] })],
  ['deployment', { spec: Unknown.value }],
  ['replication_controller', workload({}, { selector: labels })],
  ['config_map', { data: { a: 'b' } }],
  ['job', workload({ restart_policy: 'OnFailure' }, { selector: [] })],
  ['pod', { spec: [{ container: [container], restart_policy: 'Never' }] }],
  ['deployment', withContainer({ port: [http], ...probe('http') })],
  ['deployment', withContainer({ port: [http], ...probe('8081') })],
  ['deployment', withContainer({ port: [{ ...http, name: Unknown.value }], ...probe('api') })],
  ['deployment', withContainer({ port: [http, { ...http, name: 'dns', protocol: 'UDP' }] })],
  [
    'deployment',
    withContainer({
      env: [
        { name: 'A', value: 'a' },
        { name: 'B', value: '', value_from: [{ field_ref: [{}], secret_key_ref: [] }] },
      ],
    }),
  ],
  [
    'deployment',
    withContainer({
      resources: [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi', x: '5' } }],
    }),
  ],
  ['deployment', withContainer({ volume_mount: [{ name: 'data', mount_path: '/a' }] }, { volume: [volume] })],
  ['deployment', withContainer({ volume_mount: [{ name: 'other', mount_path: '/a' }] }, { volume: Unknown.value })],
  [
    'deployment',
    withContainer({ volume_mount: [{ name: 'other', mount_path: '/a' }] }, { volume: [{ name: Unknown.value }] }),
  ],
  [
    'stateful_set',
    {
      spec: [
        {
          ...(withContainer({ volume_mount: [{ name: 'data', mount_path: '/a' }] })['spec'] as TfObject[])[0],
          volume_claim_template: [{ metadata: [{ name: 'data' }] }],
        },
      ],
    },
  ],
])('lets a right %s be: %j', (kind, config) => expect(clauses(kind, config)).toEqual([]));

it.each<[string, TfObject, string]>([
  [
    'deployment',
    workload({}, { selector: [{ match_labels: { app: 'wbe' } }] }),
    'it selects "app=wbe", but the template has "web" for it; write the same in both',
  ],
  [
    'deployment',
    workload({}, { selector: [{ match_labels: { ...labels, tier: 'a' } }] }),
    'it selects "tier=a", but the template has no label "tier"; write the same in both',
  ],
  [
    'stateful_set',
    workload({}, { selector: [] }),
    'it selects no pods; write match_labels with a label of the template',
  ],
  [
    'replication_controller',
    workload({}, { selector: { app: 'x' } }),
    'it selects "app=x", but the template has "web" for it; write the same in both',
  ],
  [
    'deployment',
    workload({ restart_policy: 'Never' }),
    '"Never" is nothing that the pods of a deployment can have; write Always',
  ],
  [
    'cron_job',
    {
      spec: [
        {
          job_template: [{ spec: [{ template: [{ spec: [{ container: [container], restart_policy: 'Always' }] }] }] }],
        },
      ],
    },
    '"Always" is nothing that the pods of a cron job can have; write Never or OnFailure',
  ],
  [
    'pod',
    { spec: [{ container: [container], restart_policy: 'Once' }] },
    '"Once" is nothing that a pod can have; write Always, OnFailure or Never',
  ],
  ['deployment', workload({ container: [] }), 'it has no container; write one at least'],
  [
    'deployment',
    workload({ container: [container, container] }),
    '"c" is there already as a name of a container; give each its own',
  ],
  [
    'deployment',
    workload({ init_container: [container] }),
    '"c" is there already as a name of a container; give each its own',
  ],
  [
    'deployment',
    withContainer({ port: [http, { ...http, container_port: 1 }] }),
    '"http" is there already as a name of a port; give each its own',
  ],
  [
    'deployment',
    withContainer({ port: [http, { ...http, name: 'b' }] }),
    '"TCP 8080" is there already as a port; give each its own',
  ],
  [
    'deployment',
    withContainer({ env: [{ name: 'A' }, { name: 'A' }] }),
    '"A" is there already as a variable; give each its own',
  ],
  [
    'deployment',
    withContainer({ env: [{ name: 'A', value: 'a', value_from: [{ field_ref: [{}] }] }] }),
    'it has both value and value_from; keep one',
  ],
  [
    'deployment',
    withContainer({ env: [{ name: 'A', value_from: [{ field_ref: [] }] }] }),
    'it names 0 sources; write one of secret_key_ref, config_map_key_ref, field_ref and resource_field_ref',
  ],
  [
    'deployment',
    withContainer({ port: [http], ...probe('htp') }),
    'the container has no port with the name "htp", so that the probe never succeeds; write "http"',
  ],
  [
    'deployment',
    withContainer(probe('http')),
    'the container has no port with the name "http", so that the probe never succeeds; give a port this name',
  ],
  [
    'deployment',
    withContainer({ liveness_probe: [{ http_get: [], exec: [] }] }),
    'it asks in 0 ways; write one of http_get, tcp_socket, grpc and exec',
  ],
  [
    'deployment',
    withContainer({ liveness_probe: [{ grpc: [{ port: 1 }], tcp_socket: [{ port: '1' }] }] }),
    'it asks in 2 ways; write one of http_get, tcp_socket, grpc and exec',
  ],
  [
    'deployment',
    withContainer({ resources: [{ limits: { memory: '1Gi' }, requests: { memory: '2000Mi' } }] }),
    'it asks for 2000Mi of memory, more than its limit of 1Gi; write 1Gi or less',
  ],
  [
    'deployment',
    withContainer({ volume_mount: [{ name: 'dta', mount_path: '/a' }] }, { volume: [volume] }),
    'the pod has no volume with the name "dta"; write "data"',
  ],
  [
    'deployment',
    withContainer({ volume_mount: [{ name: 'certificates', mount_path: '/a' }] }),
    'the pod has no volume with the name "certificates"; add the volume',
  ],
  [
    'deployment',
    withContainer(
      {
        volume_mount: [
          { name: 'data', mount_path: '/a' },
          { name: 'data', mount_path: '/a' },
        ],
      },
      { volume: [volume] },
    ),
    '"/a" is there already as a mount_path; give each its own',
  ],
  [
    'deployment',
    workload({ volume: [volume, volume] }),
    '"data" is there already as a name of a volume; give each its own',
  ],
  [
    'deployment',
    workload({ dns_policy: 'None' }),
    'None leaves the pod without a name server; write dns_config, or ClusterFirst',
  ],
  [
    'deployment',
    withContainer({ port: [{ host_port: 80 }, { host_port: 80 }] }),
    '"TCP 80" is there already as a host_port; give each its own',
  ],
  [
    'deployment',
    withContainer({ resources: [{ limits: { 'nvidia.com/gpu': '0.5' } }] }),
    'nvidia.com/gpu is given out whole only; write a whole number',
  ],
  [
    'deployment',
    withContainer({ resources: [{ requests: { 'nvidia.com/gpu': '1' } }] }),
    'nvidia.com/gpu is asked for otherwise than it is limited; write the same number into limits, or leave it out of requests',
  ],
])('tells of a wrong %s: %j', (kind, config, says) => expect(clauses(kind, config)).toEqual([says]));

it('lets Kubernetes take, with a warning, what it takes with a warning', () => {
  const doubtful = withContainer({ port: [http, { ...http, name: 'b' }], env: [{ name: 'A' }, { name: 'A' }] });
  expect(wrongPods('deployment', doubtful).map(({ taken }) => taken)).toEqual([true, true]);
});

it('says where', () => {
  const config = withContainer({ port: [http], ...probe('htp') });
  expect(wrongPods('deployment', config)[0]?.path).toEqual([
    'spec',
    0,
    'template',
    0,
    'spec',
    0,
    'container',
    0,
    'readiness_probe',
    0,
    'http_get',
    0,
    'port',
  ]);
});
