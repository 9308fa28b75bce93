import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sentence } from '@plinth/contract';
import { rehearse, rehearseOnCluster } from '@plinth/rehearsal';
import { ControlPlane, startControlPlane, tools } from './control-plane';
import { object, rehearsed } from './programs';

const root = join(__dirname, '../../..');
let plane: ControlPlane;
let crds: string;

beforeAll(async () => {
  plane = await startControlPlane();
  crds = mkdtempSync(join(tmpdir(), 'plinth-crds-'));
  cpSync(join(root, 'test/fixtures/crds'), crds, { recursive: true });
  cpSync(join(tools, 'external-secrets-crds'), crds, { recursive: true });
}, 120_000);

afterAll(async () => {
  await plane?.stop();
  if (crds !== undefined) rmSync(crds, { recursive: true, force: true });
});

const names = async (path: string): Promise<string[]> =>
  ((await plane.client.call('GET', path)).body['items'] as { metadata: { name: string } }[]).map(
    ({ metadata }) => metadata.name,
  );

test('the server refuses what it should, in its own words, and keeps nothing', async () => {
  const pod = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'x', image: 'x' }] } };
  const spec = { selector: { matchLabels: { a: 'b' } }, template: pod };
  const guarded = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const broken = [
    object('v1', 'Namespace', { name: 'ml' }),
    object('v1', 'Namespace', { name: 'guarded', labels: guarded }),
    object('apps/v1', 'Deployment', { name: 'misspelt', namespace: 'ml' }, { spec: { ...spec, replicaz: 1 } }),
    object('apps/v1', 'Deployment', { name: 'rooted', namespace: 'guarded' }, { spec }),
    object('apps/v1', 'Deployment', { name: 'lost', namespace: 'nowhere' }, { spec }),
    object(
      'apps/v1',
      'Deployment',
      { name: 'nobody', namespace: 'ml' },
      { spec: { ...spec, template: { ...pod, spec: { ...pod.spec, serviceAccountName: 'reader' } } } },
    ),
    object(
      'keda.sh/v1alpha1',
      'ScaledObject',
      { name: 's', namespace: 'ml' },
      { spec: { scaleTargetRef: { name: 'x' }, trigers: [] } },
    ),
    object('example.com/v1', 'Widget', { name: 'w', namespace: 'ml' }),
    object(
      'policy/v1',
      'PodDisruptionBudget',
      { name: 'both', namespace: 'ml' },
      { spec: { minAvailable: 1, maxUnavailable: 1 } },
    ),
  ];
  const { findings, report } = await rehearseOnCluster(rehearsed(broken), {
    cluster: `${plane.kubeconfig}#lane`,
    crds,
  });
  expect(findings.map(sentence).sort()).toMatchInlineSnapshot(`
    [
      "stack base, kubernetes_deployment.lost: Deployment nowhere/lost on lane: nothing makes the namespace nowhere, because neither the program nor the cluster has it, so the object would be refused; make a Namespace in the program, or set create_namespace of the release.",
      "stack base, kubernetes_deployment.misspelt: Deployment ml/misspelt on lane: the API server refuses it, because failed to create typed patch object (ml/misspelt; apps/v1, Kind=Deployment): .spec.replicaz: field not declared in schema; correct or remove spec.replicaz.",
      "stack base, kubernetes_deployment.nobody: Deployment ml/nobody on lane: the API server refuses the pods that it would make, because pods "nobody-rehearsal" is forbidden: error looking up service account ml/reader: serviceaccount "reader" not found; make that service account, or name one that is made.",
      "stack base, kubernetes_deployment.rooted: Deployment guarded/rooted on lane: the API server refuses the pods that it would make, because pods "rooted-rehearsal" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "x" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "x" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "x" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "x" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"); set the securityContext that the namespace's Pod Security level asks for.",
      "stack base, kubernetes_poddisruptionbudget.both: PodDisruptionBudget ml/both on lane: the API server refuses it, because PodDisruptionBudget.policy "both" is invalid: spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set; correct it as the server says.",
      "stack base, kubernetes_scaledobject.s: ScaledObject ml/s on lane: the API server refuses it, because failed to create typed patch object (ml/s; keda.sh/v1alpha1, Kind=ScaledObject): .spec.trigers: field not declared in schema; correct or remove spec.trigers.",
      "stack base, kubernetes_widget.w: Widget ml/w on lane: there is no kind Widget in example.com/v1, because neither the API server nor what was given brings its definition; give the folder of the chart that brings it with --charts DIR, or of its CustomResourceDefinition with --crds DIR, or correct apiVersion and kind.",
    ]
  `);
  expect(report).toMatchObject({ context: 'lane', version: 'v1.34.3', mode: 'dry-run', objects: 9 });
  expect(await names('/api/v1/namespaces')).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
  expect(await names('/apis/apiextensions.k8s.io/v1/customresourcedefinitions')).toEqual([]);
}, 120_000);

test.each(['minimal', 'complete', 'team'])(
  'every object of our own in examples/%s is accepted',
  async (example) => {
    const rehearsal = await rehearse({
      cwd: root,
      app: `npx tsx examples/${example}/main.ts`,
      secondPlan: false,
      ...(example === 'team' && { fixtures: 'examples/team/fixtures.json' }),
    });
    try {
      const { findings, report } = await rehearseOnCluster(rehearsal, { cluster: plane.kubeconfig, crds });
      expect(findings.map(sentence)).toEqual([]);
      expect(report.objects).toBeGreaterThan(5);
      expect(report.accepted).toBe(report.objects);
      expect(await names('/api/v1/namespaces')).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
    } finally {
      await rehearsal.close();
    }
  },
  180_000,
);
