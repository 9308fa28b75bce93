import type { Attribute, Block, NestedBlock } from '../schema/types';
import { aws } from './aws';
import type { FactSheets, TypeFacts } from './facts';
import { helm } from './helm';
import { kubernetes } from './kubernetes';
import { policies } from './policies';

const sheets: readonly FactSheets[] = [policies, aws, kubernetes, helm];
const known = new Map<string, TypeFacts>();
for (const [type, facts] of sheets.flatMap((sheet) => Object.entries(sheet))) {
  // What one sheet says of a type adds to what another says.
  const before = known.get(type);
  known.set(type, { ...before, ...facts, rules: { ...before?.rules, ...facts.rules } });
}

/** What is known of a type of resource beyond its schema; undefined where nobody has written it down. */
export function factsOf(type: string): TypeFacts | undefined {
  return known.get(type);
}

/** Whether what a resource holds is lost with it. */
export const isStateful = (type: string): boolean => factsOf(type)?.stateful === true;

/** A schema with what its facts say of it: what is sensitive, and what Terraform forgets. */
export function withFacts(block: Block, { sensitive = [], writeOnly = [] }: TypeFacts): Block {
  const marked = (attribute: Attribute, path: string): Attribute => ({
    ...attribute,
    ...(sensitive.includes(path) && { sensitive: true }),
    ...(writeOnly.includes(path) && { writeOnly: true, sensitive: true }),
  });
  const within = (inner: Block, prefix: string): Block => ({
    attributes: inner.attributes.map((attribute) => marked(attribute, `${prefix}${attribute.name}`)),
    blocks: inner.blocks.map((nested): NestedBlock => ({
      ...nested,
      block: within(nested.block, `${prefix}${nested.name}.`),
    })),
  });
  return sensitive.length + writeOnly.length === 0 ? block : within(block, '');
}
