import { join } from 'node:path';
import { sentence } from '@plinth/contract';
import { rehearseOnCluster } from '@plinth/rehearsal';
import type { AppliedResource } from '../../../src/rehearsal/report';
import { ControlPlane, helm, startControlPlane } from './control-plane';
import { object, rehearsed } from './programs';

const charts = join(__dirname, '../../fixtures/charts');
let plane: ControlPlane;

beforeAll(async () => {
  process.env['HELM_BIN'] = helm;
  plane = await startControlPlane();
}, 120_000);
afterAll(() => plane?.stop());

const stand = async (path: string): Promise<string[]> =>
  ((await plane.client.call('GET', path)).body['items'] as { metadata: { name: string } }[]).map(
    ({ metadata }) => metadata.name,
  );
const bare = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

const release = (values: object): AppliedResource => ({
  stack: 'ml',
  address: 'helm_release.greeter',
  mode: 'managed',
  type: 'helm_release',
  name: 'greeter',
  provider: 'registry.terraform.io/hashicorp/helm',
  values: {
    name: 'hi',
    namespace: 'greeting',
    create_namespace: true,
    chart: 'greeter',
    repository: 'https://charts.example.com',
    version: '1.2.0',
    ...values,
  },
});

const labels = { app: 'server' };
const server = (name: string, pod: object = {}, spec: object = {}) =>
  object(
    'apps/v1',
    'Deployment',
    { name, namespace: 'ml' },
    {
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [{ name: 'server', image: 'server', envFrom: [{ configMapRef: { name: 'settings' } }] }],
            ...pod,
          },
        },
        ...spec,
      },
    },
    'ml',
  );

test('a program is applied until it is ready, and destroyed in reverse of its needs, with nothing left', async () => {
  const program = [
    server('server', { serviceAccountName: 'server', nodeSelector: { 'plinth.dev/pool': 'serving' } }),
    object(
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      { name: 'server', namespace: 'ml' },
      { spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'server' } } },
      'ml',
    ),
    object('v1', 'ServiceAccount', { name: 'server', namespace: 'ml' }, {}, 'ml'),
    object('v1', 'ConfigMap', { name: 'settings', namespace: 'ml' }, { data: { a: 'b' } }, 'ml'),
    object(
      'batch/v1',
      'Job',
      { name: 'migrate', namespace: 'ml' },
      { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'x', image: 'x' }] } } } },
      'ml',
    ),
    object('v1', 'Namespace', { name: 'ml' }),
    object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', { name: 'nobody' }, { webhooks: [] }),
  ];
  const rehearsal = rehearsed(program, [
    release({ values: ['replicas: 2\n'], set: [{ name: 'greeting', value: 'hi\\, you' }] }),
  ]);
  const seen: string[] = [];
  const { findings, report } = await rehearseOnCluster(rehearsal, {
    cluster: plane.kubeconfig,
    apply: true,
    charts,
    onProgress: ({ phase }) => void (seen.at(-1) === phase || seen.push(phase)),
  });
  expect(findings.map(sentence)).toEqual([]);
  expect(report).toMatchObject({ mode: 'apply', objects: 13, accepted: 13, notTemplated: [] });
  expect(report.ready.map(({ name }) => name).sort()).toEqual([
    'Deployment greeting/hi',
    'Deployment ml/server',
    'Job ml/migrate',
  ]);
  expect([...report.made].sort()).toEqual(['Namespace greeting', 'Node plinth-rehearsal-0', 'Node plinth-rehearsal-1']);
  expect(seen).toEqual(['charts', 'apply', 'destroy', 'clear']);
  const went = (name: string): number => report.destroyed.indexOf(name);
  expect(report.destroyed).toHaveLength(12);
  expect(went('HorizontalPodAutoscaler ml/server')).toBeLessThan(went('Deployment ml/server'));
  expect(went('Deployment ml/server')).toBeLessThan(went('ConfigMap ml/settings'));
  expect(went('Greeting greeting/hi')).toBeLessThan(went('CustomResourceDefinition greetings.example.com'));
  expect(report.destroyed.at(-1)).toBe('Namespace ml');
  for (const [path, left] of [
    ['/api/v1/namespaces', bare],
    ['/api/v1/pods', []],
    ['/api/v1/nodes', []],
    ['/apis/apps/v1/deployments', []],
    ['/apis/apiextensions.k8s.io/v1/customresourcedefinitions', []],
    ['/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', []],
  ] as const) {
    expect([path, await stand(path)]).toEqual([path, left]);
  }
}, 180_000);

test('a chart is sent the same way, and refused by the same server', async () => {
  const sent = (values: object) =>
    rehearseOnCluster(rehearsed([], [release(values)]), { cluster: plane.kubeconfig, charts });
  const good = await sent({ set_sensitive: [{ name: 'password', value: 'secret, as it is' }] });
  expect(good.findings).toEqual([]);
  expect(good.report).toMatchObject({
    objects: 6,
    accepted: 6,
    made: ['CustomResourceDefinition greetings.example.com', 'Namespace greeting'],
  });
  const odd = await sent({ values: ['labels: { "not a label!": x }\n'] });
  expect(odd.findings.map(sentence)).toMatchInlineSnapshot(`
    [
      "stack ml, helm_release.greeter: Deployment greeting/hi on lane: the API server refuses it, because Deployment.apps "hi" is invalid: metadata.labels: Invalid value: "not a label!": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'); correct it as the server says.",
    ]
  `);
  const unknown = await sent({ version: '1.3.0' });
  expect(unknown.report.notTemplated).toEqual([
    {
      stack: 'ml',
      address: 'helm_release.greeter',
      chart: 'greeter',
      version: '1.3.0',
      why: `no chart greeter 1.3.0 in ${charts}, whose greeter/ is version 1.2.0`,
    },
  ]);
}, 120_000);

test('what does not become ready is told in the words of the cluster, and removed', async () => {
  const program = [
    object('v1', 'Namespace', { name: 'ml' }),
    object('v1', 'ConfigMap', { name: 'settings', namespace: 'ml' }),
    server('server', {
      tolerations: [],
      nodeSelector: {},
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'gpu', operator: 'In', values: ['a100'] }] }],
          },
        },
      },
    }),
  ];
  const { findings, report } = await rehearseOnCluster(rehearsed(program), {
    cluster: plane.kubeconfig,
    apply: true,
    seconds: 5,
  });
  expect(findings.map(sentence)).toEqual([
    expect.stringMatching(
      /^stack ml, kubernetes_deployment.server: Deployment ml\/server on lane: it is not ready after 5 s, because its pod server-\S+ says: 0\/1 nodes are available: 1 node\(s\) didn't match Pod's node affinity\/selector\..*; correct what keeps it/,
    ),
  ]);
  expect(report.destroyed).toHaveLength(3);
  expect(await stand('/api/v1/namespaces')).toEqual(bare);
}, 120_000);

test('what stands already is never touched by an apply', async () => {
  const settings = object('v1', 'ConfigMap', { name: 'settings', namespace: 'default' }, { data: { mine: 'yes' } });
  await plane.client.call('POST', '/api/v1/namespaces/default/configmaps', { body: settings });
  const { findings } = await rehearseOnCluster(rehearsed([settings]), { cluster: plane.kubeconfig, apply: true });
  expect(findings.map(sentence)).toEqual([
    'stack base, kubernetes_configmap.settings: ConfigMap default/settings on lane: it stands there already, because a rehearsal that applies destroys everything at its end, and this is not its own; use an empty cluster, or a dry run (without --cluster-apply).',
  ]);
  expect(await stand('/api/v1/namespaces/default/configmaps')).toContain('settings');
}, 60_000);

test('an apply that is stopped leaves nothing behind', async () => {
  const program = [
    object('v1', 'Namespace', { name: 'ml' }),
    object('v1', 'ConfigMap', { name: 'settings', namespace: 'ml' }),
    server('server'),
  ];
  const stopping = new AbortController();
  const run = rehearseOnCluster(rehearsed(program), {
    cluster: plane.kubeconfig,
    apply: true,
    signal: stopping.signal,
    onProgress: ({ phase, done }) =>
      void (phase === 'apply' && done === 3 && stopping.abort(new Error('stopped by SIGINT'))),
  });
  await expect(run).rejects.toThrow('stopped by SIGINT');
  expect(await stand('/api/v1/namespaces')).toEqual(bare);
  expect(await stand('/api/v1/nodes')).toEqual([]);
}, 60_000);
