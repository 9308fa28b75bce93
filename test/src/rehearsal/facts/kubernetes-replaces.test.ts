import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replacedBy } from '../../../../src/rehearsal/facts/check';
import { kubernetes } from '../../../../src/rehearsal/facts/kubernetes';
import { replacing } from '../../../../src/rehearsal/facts/kubernetes-replaces';
import { BindingSchemas } from '../../../../src/rehearsal/schema/provider-schema';
import { shaped } from '../support/shaped';

interface Planned {
  readonly what: string;
  readonly type: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly replaces: boolean;
}

const root = join(__dirname, '../../../..');
const planned = JSON.parse(
  readFileSync(join(root, 'test/fixtures/rehearsal/verdicts/replacements.json'), 'utf8'),
) as Planned[];
const types = [...new Set(planned.map(({ type }) => type))];
const schemas = new BindingSchemas(root).of('kubernetes', { resources: new Set(types), dataSources: new Set() });

it.each(types)('changes of %s replace what a plan of the real provider replaces', (type) => {
  const wrong = planned
    .filter((one) => one.type === type)
    .map(({ what, before, after, replaces }) => {
      const block = schemas.resources.get(type)!;
      const found = replacedBy(kubernetes[type]!, shaped(block, before), shaped(block, after), block);
      return { what, replaces, found };
    })
    .filter(({ replaces, found }) => replaces !== found.length > 0);
  expect(wrong).toEqual([]);
});

it('knows plans of either kind', () => {
  expect(planned.filter(({ replaces }) => replaces).length).toBeGreaterThan(30);
  expect(planned.filter(({ replaces }) => !replaces).length).toBeGreaterThan(100);
});

it('writes places out, and blocks that come and go', () => {
  expect(replacing('api_service')).toEqual({ replaces: ['spec.service.#'], defaults: {} });
  expect(replacing('persistent_volume').replaces).toContain(
    'spec.node_affinity.required.node_selector_term.match_fields',
  );
  expect(replacing('pod').replaces).toEqual(
    expect.arrayContaining(['spec.container.image', 'spec.init_container.env.value']),
  );
  expect(replacing('pod').defaults['spec.container.port.protocol']).toBe('TCP');
  expect(replacing('job').defaults['spec.template.spec.restart_policy']).toBe('Never');
  expect(replacing('config_map')).toEqual({ replaces: [], defaults: {} });
});
