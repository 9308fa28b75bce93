import { factsOf, isStateful, withFacts } from '../../../../src/rehearsal/facts';
import type { Block } from '../../../../src/rehearsal/schema/types';

const flag = { required: false, optional: true, computed: false };
const block: Block = {
  attributes: [
    { ...flag, name: 'name', type: 'string' },
    { ...flag, name: 'password', type: 'string' },
  ],
  blocks: [
    {
      name: 'login',
      nesting: 'list',
      minItems: 0,
      maxItems: 1,
      block: { attributes: [{ ...flag, name: 'token', type: 'string' }], blocks: [] },
    },
  ],
};

test('a schema is marked with what is secret, at any depth, and otherwise stays as it is', () => {
  const source = 'https://acme.example';
  const marked = withFacts(block, { source, sensitive: ['login.token'], writeOnly: ['password'] });
  expect(marked.attributes).toEqual([
    { ...flag, name: 'name', type: 'string' },
    { ...flag, name: 'password', type: 'string', sensitive: true, writeOnly: true },
  ]);
  expect(marked.blocks[0]?.block.attributes).toEqual([{ ...flag, name: 'token', type: 'string', sensitive: true }]);
  expect(withFacts(block, { source })).toBe(block);
});

test('what holds something is told from what does not, and of the unknown nothing is said', () => {
  expect(isStateful('aws_db_instance')).toBe(true);
  expect(isStateful('aws_subnet')).toBe(false);
  expect(isStateful('acme_anvil')).toBe(false);
  expect(factsOf('acme_anvil')).toBeUndefined();
});
