import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkConfig } from '../../../../src/rehearsal/facts/check';
import { kubernetes } from '../../../../src/rehearsal/facts/kubernetes';
import { BindingSchemas } from '../../../../src/rehearsal/schema/provider-schema';
import { shaped } from '../support/shaped';

interface Verdict {
  readonly what: string;
  readonly type: string;
  readonly values: unknown;
  readonly taken: boolean;
  readonly says?: string;
  readonly refusedBecause?: string;
  readonly tells?: readonly string[];
}

const root = join(__dirname, '../../../..');
const verdicts = JSON.parse(
  readFileSync(join(root, 'test/fixtures/rehearsal/verdicts/kubernetes.json'), 'utf8'),
) as Verdict[];
const types = [...new Set(verdicts.map(({ type }) => type))];
const schemas = new BindingSchemas(root).of('kubernetes', { resources: new Set(types), dataSources: new Set() });

// What the server refuses, rehearsal refuses, and nothing else but what the provider refuses before it.
it.each(types)('%s is judged as a real API server judges it', (type) => {
  const wrong = verdicts
    .filter((verdict) => verdict.type === type)
    .map(({ what, values, taken, says, refusedBecause, tells }) => {
      const found = checkConfig(type, kubernetes[type]!, shaped(schemas.resources.get(type)!, values));
      const errors = found.filter(({ severity }) => severity === 'error').map(({ detail }) => detail);
      const told = found.map(({ detail }) => detail);
      const same = tells === undefined || JSON.stringify(told) === JSON.stringify(tells);
      return { what, says, told, right: same && (errors.length === 0) === (taken && refusedBecause === undefined) };
    })
    .filter(({ right }) => !right);
  expect(wrong).toEqual([]);
});

it('knows verdicts of either kind', () => {
  expect(verdicts.filter(({ taken }) => taken).length).toBeGreaterThan(200);
  expect(verdicts.filter(({ taken }) => !taken).length).toBeGreaterThan(200);
});
