import { ingress, networkPolicy, service as ofService } from '../../../../src/rehearsal/facts/kubernetes-network';
import { Unknown, type TfObject } from '../../../../src/rehearsal/protocol/codec';

const relations = { service: ofService, ingress, network_policy: networkPolicy };
const clauses = (kind: string, config: TfObject) =>
  relations[kind as keyof typeof relations](config).map(({ clause }) => clause);
const service = (spec: TfObject): TfObject => ({ spec: [{ port: [{ port: 80 }], external_ips: null, ...spec }] });
const path = (row: TfObject): TfObject => ({ spec: [{ rule: [{ http: [{ path: [row] }] }] }] });

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
  ['ingress', path({ path: '/', path_type: 'Prefix' })],
  ['ingress', { spec: [{ rule: [{ host: '*.example.com' }] }] }],
  ['ingress', { spec: [{ rule: [], default_backend: [{}] }] }],
  ['network_policy', { spec: [{ egress: [{ to: [{ ip_block: [{}] }, { pod_selector: [{}] }] }] }] }],
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
    'network_policy',
    { spec: [{ ingress: [{ from: [{ ip_block: [{}], pod_selector: [{}] }] }] }] },
    'it has both an ip_block and a selector; write two peers',
  ],
  ['ingress', path({ path: null, path_type: 'Exact' }), 'the path_type Exact needs a path; write "/"'],
  [
    'ingress',
    path({ path: '/a//b/../c', path_type: 'Prefix' }),
    '"/a//b/../c" has more than names between its slashes; write "/a/b/c"',
  ],
  [
    'network_policy',
    { spec: [{ egress: [{ to: [{ ip_block: [{ cidr: '10.0.0.0/8', except: ['192.168.0.0/16'] }] }] }] }] },
    '192.168.0.0/16 is no part of 10.0.0.0/8; leave it out, or write a part',
  ],
])('tells of a wrong %s: %j', (kind, config, says) => expect(clauses(kind, config)).toEqual([says]));
