import { join } from 'node:path';
import { aws } from '../../../../src/rehearsal/facts/aws';
import type { TypeFacts } from '../../../../src/rehearsal/facts/facts';
import { BindingSchemas } from '../../../../src/rehearsal/schema/provider-schema';
import type { Block } from '../../../../src/rehearsal/schema/types';

const root = join(__dirname, '../../../..');
const { resources } = new BindingSchemas(root).of('aws', {
  resources: new Set(Object.keys(aws)),
  dataSources: new Set(),
});

/** Whether a dotted path leads to an argument of a block. */
function leads(block: Block, [name, ...rest]: readonly string[]): boolean {
  const nested = block.blocks.find((one) => one.name === name);
  if (nested !== undefined) return rest.length === 0 || leads(nested.block, rest);
  return rest.length === 0 && block.attributes.some((attribute) => attribute.name === name);
}

const pathsOf = (facts: TypeFacts): string[] => [
  ...(facts.replaces ?? []),
  ...(facts.sensitive ?? []),
  ...(facts.writeOnly ?? []),
  ...[facts.exactlyOneOf, facts.atMostOneOf, facts.atLeastOneOf, facts.together].flatMap((groups) =>
    (groups ?? []).flat(),
  ),
  ...Object.keys(facts.rules ?? {}),
  ...Object.keys(facts.defaults ?? {}),
];

test.each(Object.entries(aws))('%s speaks of arguments that the type has, and names its source', (type, facts) => {
  const block = resources.get(type);
  expect(block).toBeDefined();
  expect(pathsOf(facts).filter((path) => !leads(block!, path.split('.')))).toEqual([]);
  expect(facts.source).toMatch(
    /^https:\/\/github\.com\/hashicorp\/terraform-provider-aws\/blob\/main\/internal\/service\/.*\.go$/,
  );
});

test.each(Object.entries(aws).filter(([, { stateful }]) => stateful === true))(
  '%s holds something, and it is known what replaces it',
  (_type, { replaces = [] }) => {
    expect(replaces.length).toBeGreaterThan(0);
  },
);

// What the catalogue's own constructs make and what is lost with it.
test.each([
  'aws_acm_certificate',
  'aws_cloudwatch_log_group',
  'aws_db_instance',
  'aws_ecr_repository',
  'aws_eks_cluster',
  'aws_kms_key',
  'aws_route53_zone',
  'aws_s3_bucket',
  'aws_secretsmanager_secret',
  'aws_sqs_queue',
  'aws_ssm_parameter',
])('%s is known to hold something', (type) => {
  expect(aws[type]?.stateful).toBe(true);
});
