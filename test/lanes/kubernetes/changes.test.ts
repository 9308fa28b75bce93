import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kinds, pathOf } from '../../../src/rehearsal/cluster/kinds';
import { kubernetesObjects } from '../../../src/rehearsal/kubernetes-objects';
import { BindingSchemas } from '../../../src/rehearsal/schema/provider-schema';
import { shaped } from '../../src/rehearsal/support/shaped';
import { ControlPlane, startControlPlane } from './control-plane';

const root = join(__dirname, '../../..');
const changes = JSON.parse(readFileSync(join(root, 'test/fixtures/rehearsal/verdicts/changes.json'), 'utf8')) as {
  what: string;
  type: string;
  before: object;
  after: object;
  taken: boolean;
}[];

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane({ controllers: false });
}, 120_000);
afterAll(() => plane?.stop());

test('the changes that rehearsal refuses are those that a real API server refuses', async () => {
  const kinds = new Kinds(plane.client);
  const types = new Set(changes.map(({ type }) => type));
  const schemas = new BindingSchemas(root).of('kubernetes', { resources: types, dataSources: new Set() }).resources;
  const other: object[] = [];
  for (const [i, { what, type, before, after, taken }] of changes.entries()) {
    const [old, young] = [before, after].map((given) => {
      const resource = { stack: 's', address: type, mode: 'managed', type, name: 'x', provider: 'p' } as const;
      const [object] = kubernetesObjects([{ ...resource, values: shaped(schemas.get(type)!, given) }], schemas);
      return { ...object!, metadata: { ...object!.metadata, name: `${object!.metadata.name}-x${i}` } };
    });
    const served = (await kinds.of(old!.apiVersion, old!.kind))!;
    const made = await plane.client.call('POST', pathOf(served, 'default'), { body: old });
    const { resourceVersion } = made.body['metadata'] as { resourceVersion: string };
    const { status, body } = await plane.client.call('PUT', pathOf(served, 'default', old!.metadata.name), {
      query: { dryRun: 'All' },
      body: { ...young, metadata: { ...young!.metadata, resourceVersion } },
    });
    if (status < 400 !== taken) other.push({ what, type, status, message: body.message });
  }
  expect(other).toEqual([]);
}, 120_000);
