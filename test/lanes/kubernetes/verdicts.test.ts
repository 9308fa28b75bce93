import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubernetesObjects } from '../../../src/rehearsal/kubernetes-objects';
import { BindingSchemas } from '../../../src/rehearsal/schema/provider-schema';
import { shaped } from '../../src/rehearsal/support/shaped';
import { ApiServer, Resources, startApiServer } from './api-server';

const root = join(__dirname, '../../..');
const folder = process.env.PLINTH_KUBERNETES ?? join(tmpdir(), 'plinth-kubernetes');
const verdicts = JSON.parse(readFileSync(join(root, 'test/fixtures/rehearsal/verdicts/kubernetes.json'), 'utf8')) as {
  what: string;
  type: string;
  values: unknown;
  taken: boolean;
}[];

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer(join(folder, 'kube-apiserver-1.34.3'));
}, 120_000);
afterAll(() => server?.stop());

test('the verdicts that rehearsal is held to are those of a real API server', async () => {
  const resources = new Resources(server);
  const types = new Set(verdicts.map(({ type }) => type));
  const schemas = new BindingSchemas(root).of('kubernetes', { resources: types, dataSources: new Set() }).resources;
  const other: object[] = [];
  for (const { what, type, values, taken } of verdicts) {
    const resource = { stack: 's', address: `${type}.x`, mode: 'managed', type, name: 'x', provider: 'p' } as const;
    const [object] = kubernetesObjects([{ ...resource, values: shaped(schemas.get(type)!, values) }], schemas);
    const path = await resources.collection(object!.apiVersion, object!.kind);
    const { status, body } = await server.call('POST', `${path}?dryRun=All&fieldValidation=Strict`, object);
    if (status < 400 !== taken) other.push({ what, status, message: body.message });
  }
  expect(other).toEqual([]);
}, 120_000);
