import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replacedBy } from '../../../../src/rehearsal/facts/check';
import { kubernetes } from '../../../../src/rehearsal/facts/kubernetes';
import { unchangeable } from '../../../../src/rehearsal/facts/kubernetes-fixed';
import { BindingSchemas } from '../../../../src/rehearsal/schema/provider-schema';
import { Unknown } from '../../../../src/rehearsal/protocol/codec';
import { shaped } from '../support/shaped';

interface Change {
  readonly what: string;
  readonly type: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly taken: boolean;
}

const root = join(__dirname, '../../../..');
const changes = JSON.parse(
  readFileSync(join(root, 'test/fixtures/rehearsal/verdicts/changes.json'), 'utf8'),
) as Change[];
const types = new Set(changes.map(({ type }) => type));
const schemas = new BindingSchemas(root).of('kubernetes', { resources: types, dataSources: new Set() }).resources;

// What the provider replaces, the server is never asked to change.
it.each(changes)('$type: $what is changed in place as a real API server lets it', ({ type, before, after, taken }) => {
  const block = schemas.get(type)!;
  const [prior, planned] = [shaped(block, before), shaped(block, after)];
  if (replacedBy(kubernetes[type]!, prior, planned, block).length > 0) return;
  expect(kubernetes[type]!.change!(prior, planned)).toHaveLength(taken ? 0 : 1);
});

it('says what is kept, where, and what can be done', () => {
  const source = (id: string) => ({ spec: [{ persistent_volume_source: [{ csi: [{ volume_handle: id }] }] }] });
  expect(unchangeable('persistent_volume', source('a'), source('b'))).toEqual([
    {
      path: ['spec', 0, 'persistent_volume_source'],
      clause:
        'Kubernetes keeps it as it was made; give the object another name, or have it replaced (terraform apply -replace)',
    },
  ]);
  const claim = (storage: string) => ({ spec: [{ resources: [{ requests: { storage } }] }] });
  expect(unchangeable('persistent_volume_claim', claim('1Ti'), claim('500Gi'))).toEqual([
    {
      path: ['spec', 0, 'resources', 0, 'requests'],
      clause: 'a claim only grows, and it asked for 1Ti; write 1Ti or more',
    },
  ]);
  expect(unchangeable('storage_class', { reclaim_policy: null }, { reclaim_policy: 'Delete' })).toEqual([]);
});

it('waits for what is known later', () => {
  const later = { spec: [{ resources: [{ requests: { storage: Unknown.value } }] }] };
  const now = { spec: [{ resources: [{ requests: { storage: '1Gi' } }] }] };
  expect(unchangeable('persistent_volume_claim', now, later)).toEqual([]);
});
