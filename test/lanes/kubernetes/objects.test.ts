import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubernetesObject, rehearse } from '@plinth/rehearsal';
import { parseAllDocuments } from 'yaml';
import { ApiServer, Resources, startApiServer } from './api-server';

const root = join(__dirname, '../../..');
const folder = process.env.PLINTH_KUBERNETES ?? join(tmpdir(), 'plinth-kubernetes');
const strict = '?dryRun=All&fieldValidation=Strict';

let server: ApiServer;
let resources: Resources;

interface Definition {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

function definitions(): Definition[] {
  const fixtures = join(root, 'test/fixtures/crds');
  const lists = readdirSync(fixtures).filter((file) => file.endsWith('.json'));
  const generated = join(folder, 'external-secrets-crds');
  return [
    ...lists.flatMap(
      (file) => (JSON.parse(readFileSync(join(fixtures, file), 'utf8')) as { items: Definition[] }).items,
    ),
    ...readdirSync(generated).flatMap((file) =>
      parseAllDocuments(readFileSync(join(generated, file), 'utf8')).map((document) => document.toJS() as Definition),
    ),
  ];
}

beforeAll(async () => {
  server = await startApiServer(join(folder, 'kube-apiserver-1.34.3'));
  resources = new Resources(server);
  for (const definition of definitions()) {
    const { status, body } = await server.call(
      'POST',
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      definition,
    );
    if (status !== 201) throw new Error(`${definition.metadata.name}: ${body.message}`);
  }
  // A definition is served a moment after it has been accepted.
  await new Promise((resolve) => setTimeout(resolve, 3000));
}, 120_000);

afterAll(() => server?.stop());

/** Sends objects with server-side dry run and strict field validation; gives what was refused, in words. */
async function refused(objects: readonly KubernetesObject[]): Promise<string[]> {
  const errors: string[] = [];
  const send = async (name: string, path: string, object: unknown): Promise<void> => {
    const { status, body, warnings } = await server.call('POST', `${path}${strict}`, object);
    if (status !== 201) errors.push(`${name}: ${status} ${body.message}`);
    for (const warning of warnings) if (/violate PodSecurity/.test(warning)) errors.push(`${name}: ${warning}`);
  };
  for (const object of objects.filter(({ kind }) => kind === 'Namespace')) {
    const { status, body } = await server.call('POST', '/api/v1/namespaces', object);
    if (status !== 201 && status !== 409) errors.push(`Namespace/${object.metadata.name}: ${status} ${body.message}`);
  }
  for (const object of objects.filter(({ kind }) => kind !== 'Namespace')) {
    const name = `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const path = await resources.collection(object.apiVersion, object.kind, object.metadata.namespace);
    if (path === undefined) {
      errors.push(`${name}: the server knows no ${object.apiVersion} ${object.kind}`);
      continue;
    }
    await send(name, path, object);
    // Admission enforces Pod Security on pods only, so the pod of each template is sent as well.
    const template = (object as { spec?: { template?: { metadata?: object; spec?: object } } }).spec?.template;
    if (['Deployment', 'StatefulSet', 'Job'].includes(object.kind) && template?.spec !== undefined) {
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: object.metadata.name, namespace: object.metadata.namespace, ...template.metadata },
        spec: template.spec,
      };
      await send(`Pod of ${name}`, `/api/v1/namespaces/${object.metadata.namespace}/pods`, pod);
    }
  }
  return errors;
}

test('the server refuses what it should: a misspelt field, and a pod that runs as root', async () => {
  const object = (spec: object, kind = 'Deployment', apiVersion = 'apps/v1') =>
    ({ apiVersion, kind, metadata: { name: 'x', namespace: 'default' }, spec }) as unknown as KubernetesObject;
  const pod = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'x', image: 'x' }] } };
  expect(await refused([object({ selector: { matchLabels: { a: 'b' } }, template: pod, replicaz: 1 })])).toEqual([
    expect.stringContaining('unknown field "spec.replicaz"'),
  ]);
  expect(
    await refused([object({ scaleTargetRef: { name: 'x' }, trigers: [] }, 'ScaledObject', 'keda.sh/v1alpha1')]),
  ).toEqual([expect.stringContaining('trigers')]);
  const guarded = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'guarded', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  } as unknown as KubernetesObject;
  const rooted = {
    ...object({ selector: { matchLabels: { a: 'b' } }, template: pod }),
    metadata: { name: 'x', namespace: 'guarded' },
  };
  expect(await refused([guarded, rooted])).toEqual([
    expect.stringMatching(/^Deployment.*would violate PodSecurity/),
    expect.stringMatching(/^Pod of .*violates PodSecurity "restricted/),
  ]);
});

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
      const objects = rehearsal.objects();
      expect(objects.length).toBeGreaterThan(5);
      expect(await refused(objects)).toEqual([]);
    } finally {
      await rehearsal.close();
    }
  },
  180_000,
);
