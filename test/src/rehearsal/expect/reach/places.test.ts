import { peersOf, podPort, type Place } from '../../../../../src/rehearsal/expect/reach/places';
import type { Pods } from '../../../../../src/rehearsal/expect/reach/answer';
import type { SynthesizedStack } from '../../../../../src/rehearsal/synth';
import { applied, made, object } from '../support';

const template = (app: string, more: object = {}) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ ports: [{ name: 'http', containerPort: 8000 }] }], ...more },
});
const workload = (kind: string, name: string, more?: object) =>
  object(kind, { name, namespace: 'ml' }, { spec: { template: template(name, more) } });
const service = (name: string, selector: object, ports: object[]) =>
  object('Service', { name, namespace: 'ml' }, { spec: { selector, ports } });

const objects = [
  object('Namespace', { name: 'ml', labels: { team: 'a' } }),
  workload('Deployment', 'web'),
  workload('StatefulSet', 'db'),
  workload('DaemonSet', 'agent', { hostNetwork: true }),
  object(
    'CronJob',
    { name: 'nightly', namespace: 'ml' },
    { spec: { jobTemplate: { spec: { template: template('nightly') } } } },
  ),
  object('Pod', { name: 'one', namespace: 'apps', labels: { app: 'one' } }, { spec: { containers: [{}] } }),
  service('entry', { app: 'web' }, [{ port: 80, targetPort: 'http' }, { port: 81 }]),
  service('nothing', {}, [{ port: 80 }]),
];
const resources = [
  made('kubernetes_deployment', {}, 'web'),
  made('aws_db_instance', { vpc_security_group_ids: ['sg-1'] }, 'db'),
  made('aws_s3_bucket', {}, 'lake'),
  { ...made('aws_vpc', {}, 'v'), stack: 'other' },
  made('aws_vpc', {}, 'v'),
];
const graph = {
  components: [
    { path: 's/store', resources: ['aws_db_instance.db', 'aws_s3_bucket.lake'] },
    { path: 's/app', resources: ['kubernetes_deployment.web'] },
  ],
};
const stacks = [{ name: 's', json: { '//': { plinth: graph } } as SynthesizedStack['json'] }];
const all = applied(resources, objects, { stacks });
const titles = (place: Place) => peersOf(all, place).map(({ title }) => title);

test.each([
  ['ml/web', ['ml/web']],
  ['ml/db', ['ml/db']],
  ['ml/nightly', ['ml/nightly']],
  ['apps/one', ['apps/one']],
  ['service/ml/entry', ['ml/web (by Service ml/entry)']],
  ['ml/entry', ['ml/web (by Service ml/entry)']],
  ['kubernetes_deployment.web', ['ml/web']],
  ['s/kubernetes_deployment.web', ['ml/web']],
  ['aws_db_instance.db', ['s/aws_db_instance.db']],
  ['s/store', ['s/aws_db_instance.db']],
  ['s/app', ['ml/web']],
  ['internet', ['the internet']],
  ['10.0.0.0/16', ['10.0.0.0/16']],
] as const)('%s is %j', (place, expected) => expect(titles(place)).toEqual(expected));

test('pods are known by their labels, their ports and their namespace', () => {
  expect(peersOf(all, 'ml/agent')).toMatchObject([
    {
      kind: 'pods',
      namespace: 'ml',
      labels: { app: 'agent' },
      namespaceLabels: { team: 'a' },
      ports: [{ name: 'http', port: 8000, protocol: 'TCP' }],
      hostNetwork: true,
    },
  ]);
  expect(peersOf(all, 'apps/one')).toMatchObject([{ labels: { app: 'one' }, namespaceLabels: undefined, ports: [] }]);
});

test('pods of a chart are named by their labels', () => {
  expect(peersOf(all, { namespace: 'monitoring', labels: { app: 'prometheus' } })).toMatchObject([
    { title: 'pods in monitoring with app=prometheus', ports: undefined, namespaceLabels: undefined },
  ]);
  expect(titles({ namespace: 'ml' })).toEqual(['pods in ml']);
});

test("pods have the cluster's group, and addresses in its subnets", () => {
  const cluster = made('aws_eks_cluster', {
    vpc_config: [{ cluster_security_group_id: 'sg-eks', subnet_ids: ['subnet-a'] }],
  });
  const subnet = made('aws_subnet', { id: 'subnet-a', cidr_block: '10.0.1.0/24' });
  expect(peersOf(applied([cluster, subnet], objects), 'ml/web')).toMatchObject([
    { groups: ['sg-eks'], networks: ['10.0.1.0/24'] },
  ]);
});

test("a Service's port is one of the pods'", () => {
  const [pods] = peersOf(all, 'ml/entry') as [Pods];
  expect(podPort(pods, { port: 80, protocol: 'TCP' })).toEqual({ port: 8000, protocol: 'TCP' });
  expect(podPort(pods, { port: 81, protocol: 'TCP' })).toEqual({ port: 81, protocol: 'TCP' });
  expect(podPort(pods, { port: 80, protocol: 'UDP' })).toBeUndefined();
  expect(podPort(pods, { port: 8000, protocol: 'TCP' })).toBeUndefined();
});

test.each([
  ['web', /because the workloads are ml\/web, .*; did you mean ml\/web\.$/],
  ['ml/wev', /did you mean ml\/web\.$/],
  ['s/aws_db_instance.dp', /did you mean s\/aws_db_instance\.db\.$/],
  ['something/quite/else', /; name a workload as namespace\/name, a resource by its address, or the pods of a chart/],
  ['aws_vpc.v', /because other\/aws_vpc\.v and s\/aws_vpc\.v both have that address; put the stack in front\.$/],
  ['ml/nothing', /because this Service selects no workload that was applied; name the pods as/],
])('%s is no place', (place, message) => expect(() => peersOf(all, place)).toThrow(message));

test('where there is no cluster, that is said', () => {
  expect(() => peersOf(applied([]), 'ml/web')).toThrow(
    'toReach: "ml/web" is no place to reach, because no workload of Kubernetes was applied; name a workload',
  );
});
