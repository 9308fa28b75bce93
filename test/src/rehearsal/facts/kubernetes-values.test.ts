import { wrongValues } from '../../../../src/rehearsal/facts/kubernetes-walk';
import type { TfObject } from '../../../../src/rehearsal/protocol/codec';

const container = (values: TfObject) => ({ spec: [{ container: [values] }] });
const clauses = (kind: string, config: TfObject) => wrongValues(kind, config).map(({ clause }) => clause);

it.each<[string, TfObject]>([
  [
    'deployment',
    {
      metadata: [
        {
          name: 'a.b',
          namespace: 'n',
          labels: { 'example.com/a': 'B_1' },
          annotations: { 'Example.com/x': 'any text' },
        },
      ],
    },
  ],
  ['deployment', { metadata: [{ generate_name: 'web-', namespace: null, name: null }] }],
  [
    'pod',
    container({
      name: 'c',
      image_pull_policy: 'Always',
      port: [{ container_port: 8080, name: 'http', protocol: 'TCP' }],
    }),
  ],
  ['pod', container({ resources: [{ limits: { cpu: '1', 'nvidia.com/gpu': '1' }, requests: { memory: '1Gi' } }] })],
  [
    'pod',
    container({
      liveness_probe: [{ http_get: [{ port: 'http', scheme: 'HTTP' }], period_seconds: 10, success_threshold: 1 }],
    }),
  ],
  [
    'pod',
    {
      spec: [
        {
          volume: [
            { name: 'v', config_map: [{ default_mode: '0644' }], empty_dir: [{ medium: '', size_limit: '1Gi' }] },
          ],
        },
      ],
    },
  ],
  [
    'service',
    {
      metadata: [{ name: 'web' }],
      spec: [
        {
          type: 'ClusterIP',
          cluster_ip: 'None',
          port: [{ port: 80, target_port: 'http', name: 'a-name-longer-than-fifteen' }],
        },
      ],
    },
  ],
  ['cron_job', { metadata: [{ name: 'a'.repeat(52) }], spec: [{ schedule: '0 3 * * *', timezone: 'Europe/Berlin' }] }],
  ['role', { metadata: [{ name: 'system:read' }] }],
  [
    'network_policy',
    { spec: [{ ingress: [{ from: [{ ip_block: [{ cidr: '10.0.0.1/8', except: ['10.1.0.0/16'] }] }] }] }] },
  ],
  [
    'horizontal_pod_autoscaler',
    {
      spec: [
        {
          metric: [
            {
              type: 'Resource',
              resource: [{ name: 'cpu', target: [{ type: 'AverageValue', average_value: '500m' }] }],
            },
          ],
        },
      ],
    },
  ],
  ['config_map', { data: { 'a.yaml': 'x', schedule: 'never', type: 'Sometimes' }, binary_data: { b: 'AAEC' } }],
])('lets a right %s be: %j', (kind, config) => expect(clauses(kind, config)).toEqual([]));

it.each<[string, TfObject, string]>([
  ['deployment', { metadata: [{ name: 'My_App' }] }, expect.stringContaining('write "my-app"')],
  ['deployment', { metadata: [{ namespace: 'a.b' }] }, expect.stringContaining('"a.b" is no DNS label')],
  ['deployment', { metadata: [{ generate_name: 'Web-' }] }, expect.stringContaining('"Web-" is no DNS label')],
  ['deployment', { metadata: [{ labels: { 'my app': 'x' } }] }, expect.stringContaining('write "my-app"')],
  ['deployment', { metadata: [{ labels: { app: 'a/b' } }] }, expect.stringContaining('write "a-b"')],
  [
    'deployment',
    { metadata: [{ annotations: { 'a b': 'x' } }] },
    expect.stringContaining('the key "a b" takes letters'),
  ],
  ['deployment', { spec: [{ replicas: 'two' }] }, '"two" is no whole number; write 0 or more'],
  ['deployment', { spec: [{ replicas: '-1' }] }, '-1 is too little; write 0 or more'],
  [
    'deployment',
    { spec: [{ strategy: [{ type: 'OnDelete' }] }] },
    '"OnDelete" is none of its values; write RollingUpdate or Recreate',
  ],
  [
    'daemonset',
    { spec: [{ strategy: [{ type: 'Recreate' }] }] },
    '"Recreate" is none of its values; write RollingUpdate or OnDelete',
  ],
  [
    'deployment',
    { spec: [{ strategy: [{ rolling_update: [{ max_surge: 'half' }] }] }] },
    '"half" is neither a number nor a share; write 1 or 25%',
  ],
  ['pod', container({ name: 'my_c' }), expect.stringContaining('"my_c" is no DNS label')],
  [
    'pod',
    container({ image_pull_policy: 'Sometimes' }),
    '"Sometimes" is none of its values; write Always, IfNotPresent or Never',
  ],
  ['pod', container({ port: [{ container_port: 70_000 }] }), '70000 is too much; write 1 to 65535'],
  [
    'pod',
    container({ port: [{ name: 'a-very-long-port' }] }),
    '"a-very-long-port" has 16 characters; shorten it to 15',
  ],
  ['pod', container({ port: [{ protocol: 'http' }] }), '"http" is none of its values; write TCP, UDP or SCTP'],
  ['pod', container({ env: [{ name: 'A=B' }] }), '"A=B" is no name of a variable; write printable ASCII without "="'],
  ['pod', container({ resources: [{ limits: { memory: '2GB' } }] }), '"2GB" is no quantity of Kubernetes; write 2G'],
  [
    'pod',
    container({ readiness_probe: [{ http_get: [{ port: 'HTTP' }] }] }),
    expect.stringContaining('"HTTP" is no name for a port'),
  ],
  ['pod', container({ readiness_probe: [{ period_seconds: 0 }] }), '0 is too little; write 1 or more'],
  ['pod', container({ liveness_probe: [{ success_threshold: 2 }] }), '2 is too much; write 1'],
  ['pod', container({ volume_mount: [{ mount_path: '' }] }), 'the path is empty; write one such as /data'],
  ['pod', container({ resources: [{ limits: { memory: '-1' } }] }), '"-1" is less than nothing; write 0 or more'],
  [
    'deployment',
    { spec: [{ strategy: [{ rolling_update: [{ max_unavailable: '150%' }] }] }] },
    '150% is too much; write 100% or less',
  ],
  [
    'deployment',
    { spec: [{ selector: [{ match_expressions: [{ operator: 'Gt' }] }] }] },
    '"Gt" is none of its values; write In, NotIn, Exists or DoesNotExist',
  ],
  [
    'cron_job',
    { spec: [{ timezone: 'europe/berlin' }] },
    '"europe/berlin" is no time zone in these letters; write Europe/Berlin',
  ],
  ['storage_class', { reclaim_policy: 'Recycle' }, '"Recycle" is none of its values; write Delete or Retain'],
  ['priority_class', { value: 2_000_000_000 }, '2000000000 is too much; write -2147483648 to 1000000000'],
  ['horizontal_pod_autoscaler', { spec: [{ max_replicas: 0 }] }, '0 is too little; write 1 or more'],
  [
    'pod',
    container({ volume_mount: [{ sub_path: '../x' }] }),
    '"../x" leads out of the volume by ".."; write a path inside of it',
  ],
  [
    'pod',
    container({ volume_mount: [{ sub_path: '/x' }] }),
    '"/x" is an absolute path; write it relative to the volume',
  ],
  [
    'pod',
    { spec: [{ volume: [{ secret: [{ default_mode: '644' }] }] }] },
    '"644" is no mode of a file; write octal digits such as 0644',
  ],
  [
    'pod',
    { spec: [{ toleration: [{ effect: 'NoRun' }] }] },
    '"NoRun" is none of its values; write NoSchedule, PreferNoSchedule or NoExecute',
  ],
  [
    'pod',
    { spec: [{ dns_config: [{ nameservers: ['dns.example'] }] }] },
    '"dns.example" is no IP address; write one such as 10.0.0.10',
  ],
  ['service', { metadata: [{ name: '1st' }] }, expect.stringContaining('write "svc-1st"')],
  [
    'service',
    { spec: [{ type: 'Internal' }] },
    '"Internal" is none of its values; write ClusterIP, ExternalName, NodePort or LoadBalancer',
  ],
  ['service', { spec: [{ port: [{ port: 0 }] }] }, '0 is too little; write 1 to 65535'],
  ['service', { spec: [{ selector: { app: 'a b' } }] }, expect.stringContaining('write "a-b"')],
  [
    'cron_job',
    { metadata: [{ name: 'a'.repeat(53) }] },
    `"${'a'.repeat(53)}" has 53 characters, but jobs add 11 to the name; shorten it to 52`,
  ],
  ['cron_job', { spec: [{ schedule: '0 3 * *' }] }, expect.stringContaining('has 4 fields; write five')],
  [
    'cron_job',
    { spec: [{ timezone: 'Berlin' }] },
    '"Berlin" is no time zone; write one of the tz database, such as Europe/Berlin',
  ],
  [
    'cron_job',
    { spec: [{ timezone: 'Local' }] },
    '"Local" is no time zone; write one of the tz database, such as Europe/Berlin',
  ],
  [
    'network_policy',
    { spec: [{ ingress: [{ from: [{ ip_block: [{ cidr: '10.0.0.0' }] }] }] }] },
    '10.0.0.0 has no prefix length; write 10.0.0.0/32 for this one address',
  ],
  [
    'persistent_volume_claim',
    { spec: [{ access_modes: ['ReadWrite'] }] },
    expect.stringContaining('write ReadWriteOnce, ReadOnlyMany'),
  ],
  [
    'config_map',
    { data: { 'a b': 'x' } },
    'the key "a b" takes letters, digits, "-", "_" and "." only; write one such as "a-b"',
  ],
  [
    'config_map',
    { binary_data: { b: '%' } },
    'its value is not base64; encode it with base64encode or Buffer.toString("base64")',
  ],
  ['role', { metadata: [{ name: 'a/b' }] }, '"a/b" cannot be part of a path; write a name without "/" and "%"'],
  [
    'pod',
    container({ resources: [{ limits: { gpu: '1' } }] }),
    '"gpu" is no resource; write cpu, memory or ephemeral-storage, or one with a prefix such as nvidia.com/gpu',
  ],
  ['cluster_role_binding', { role_ref: [{ kind: 'Role' }] }, '"Role" is none of its values; write ClusterRole'],
])('tells of a wrong %s: %j', (kind, config, says) => expect(clauses(kind, config)).toEqual([says]));
