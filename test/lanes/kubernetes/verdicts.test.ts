import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubernetesObjects } from '../../../src/rehearsal/kubernetes-objects';
import { BindingSchemas } from '../../../src/rehearsal/schema/provider-schema';
import { Kinds, pathOf } from '../../../src/rehearsal/cluster/kinds';
import { shaped } from '../../src/rehearsal/support/shaped';
import { ControlPlane, startControlPlane } from './control-plane';

const root = join(__dirname, '../../..');
const verdicts = JSON.parse(readFileSync(join(root, 'test/fixtures/rehearsal/verdicts/kubernetes.json'), 'utf8')) as {
  what: string;
  type: string;
  values: unknown;
  taken: boolean;
}[];

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane({ controllers: false });
}, 120_000);
afterAll(() => plane?.stop());

test('the verdicts that rehearsal is held to are those of a real API server', async () => {
  const kinds = new Kinds(plane.client);
  const types = new Set(verdicts.map(({ type }) => type));
  const schemas = new BindingSchemas(root).of('kubernetes', { resources: types, dataSources: new Set() }).resources;
  const other: object[] = [];
  for (const { what, type, values, taken } of verdicts) {
    const resource = { stack: 's', address: `${type}.x`, mode: 'managed', type, name: 'x', provider: 'p' } as const;
    const [object] = kubernetesObjects([{ ...resource, values: shaped(schemas.get(type)!, values) }], schemas);
    const served = await kinds.of(object!.apiVersion, object!.kind);
    const query = { dryRun: 'All', fieldValidation: 'Strict' };
    const { status, body } = await plane.client.call('POST', pathOf(served!, 'default'), { query, body: object });
    if (status < 400 !== taken) other.push({ what, status, message: body.message });
  }
  expect(other).toEqual([]);
}, 120_000);
