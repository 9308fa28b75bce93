import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindingFolder, bindingSource, findBindings } from '../../../../src/rehearsal/schema/binding-source';
import { deriveSchema } from '../../../../src/rehearsal/schema/derive';
import { typeOf, type Attribute, type Block, type TfType } from '../../../../src/rehearsal/schema/types';

interface RealAttribute {
  type?: TfType;
  nested_type?: { attributes: Record<string, RealAttribute>; nesting_mode: string };
  required?: boolean;
  optional?: boolean;
  computed?: boolean;
}
interface RealBlock {
  attributes?: Record<string, RealAttribute>;
  block_types?: Record<string, { nesting_mode: string; block: RealBlock; min_items?: number; max_items?: number }>;
}
interface RealProvider {
  provider: { block: RealBlock };
  resource_schemas: Record<string, { block: RealBlock }>;
  data_source_schemas: Record<string, { block: RealBlock }>;
}

const root = join(__dirname, '../../../..');

function realType(attribute: RealAttribute): TfType {
  const nested = attribute.nested_type;
  if (nested === undefined) return attribute.type ?? 'dynamic';
  const object: TfType = [
    'object',
    Object.fromEntries(Object.entries(nested.attributes).map(([name, member]) => [name, realType(member)])),
  ];
  return nested.nesting_mode === 'single' ? object : [nested.nesting_mode as 'list', object];
}

const sorted = (type: TfType): string =>
  JSON.stringify(type, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

/** Every difference between a real schema and a derived one, a line each. */
function differences(
  path: string,
  real: RealBlock,
  derived: Block,
  counts: { attributes: number; blocks: number },
): string[] {
  const found: string[] = [];
  const attributes = new Map<string, Attribute>(derived.attributes.map((attribute) => [attribute.name, attribute]));
  for (const name of new Set([...Object.keys(real.attributes ?? {}), ...attributes.keys()])) {
    counts.attributes++;
    const [is, got] = [real.attributes?.[name], attributes.get(name)];
    if (is === undefined || got === undefined) {
      found.push(`${path}.${name} ${is === undefined ? 'extra' : 'missing'}`);
      continue;
    }
    if (sorted(realType(is)) !== sorted(typeOf(got))) found.push(`${path}.${name} type`);
    if ((is.nested_type !== undefined) !== (got.nested !== undefined)) found.push(`${path}.${name} nested`);
    for (const flag of ['required', 'optional', 'computed'] as const) {
      if ((is[flag] ?? false) !== got[flag]) found.push(`${path}.${name} ${flag}`);
    }
  }
  const blocks = new Map(derived.blocks.map((block) => [block.name, block]));
  for (const name of new Set([...Object.keys(real.block_types ?? {}), ...blocks.keys()])) {
    counts.blocks++;
    const [is, got] = [real.block_types?.[name], blocks.get(name)];
    if (is === undefined || got === undefined) {
      found.push(`${path}.${name} block ${is === undefined ? 'extra' : 'missing'}`);
      continue;
    }
    if (is.nesting_mode !== got.nesting) found.push(`${path}.${name} nesting`);
    if ((is.min_items ?? 0) !== got.minItems) found.push(`${path}.${name} min_items`);
    if ((is.max_items ?? 0) !== got.maxItems) found.push(`${path}.${name} max_items`);
    found.push(...differences(`${path}.${name}`, is.block, got.block, counts));
  }
  return found;
}

function compare(provider: string): { found: string[]; attributes: number; blocks: number } {
  const file = join(root, `test/fixtures/rehearsal/provider-schemas/${provider}.json`);
  const real = JSON.parse(readFileSync(file, 'utf8')) as RealProvider;
  const lib = findBindings(root, provider) ?? '';
  const counts = { attributes: 0, blocks: 0 };
  const derived = (folder: string | undefined): Block =>
    deriveSchema(bindingSource(folder ?? '')) ?? { attributes: [], blocks: [] };
  const found = differences(provider, real.provider.block, derived(join(lib, 'provider')), counts);
  for (const [type, { block }] of Object.entries(real.resource_schemas)) {
    found.push(...differences(type, block, derived(bindingFolder(lib, provider, 'resource', type)), counts));
  }
  for (const [type, { block }] of Object.entries(real.data_source_schemas ?? {})) {
    found.push(...differences(`data.${type}`, block, derived(bindingFolder(lib, provider, 'data', type)), counts));
  }
  return { found, ...counts };
}

test('the schemas derived from the Kubernetes bindings are the real ones, but for three facts that the bindings do not hold', () => {
  const { found, attributes, blocks } = compare('kubernetes');
  expect(found).toEqual([
    'kubernetes_endpoint_slice_v1.endpoint max_items',
    'kubernetes_endpoint_slice_v1.port max_items',
    'kubernetes_manifest.wait_for nested',
  ]);
  expect(attributes).toBeGreaterThan(8900);
  expect(blocks).toBeGreaterThan(3300);
});

test('the schemas derived from the Helm bindings are the real ones, but for how a read-only object is written', () => {
  const { found } = compare('helm');
  expect(found).toEqual(['helm_release.metadata nested']);
});

const aws = (mode: 'resource' | 'data', type: string): Block => {
  const lib = findBindings(root, 'aws') ?? '';
  return deriveSchema(bindingSource(bindingFolder(lib, 'aws', mode, type) ?? '')) ?? { attributes: [], blocks: [] };
};
const attribute = (block: Block, name: string): Attribute | undefined =>
  block.attributes.find((found) => found.name === name);

test('the rules of a security group are an attribute that is written as blocks', () => {
  const ingress = attribute(aws('resource', 'aws_security_group'), 'ingress');
  expect(ingress?.nested).toBeUndefined();
  expect(ingress?.type).toEqual([
    'set',
    ['object', expect.objectContaining({ cidr_blocks: ['list', 'string'], from_port: 'number', self: 'bool' })],
  ]);
});

test('what only the provider knows is an object, and a block that may stand once says so', () => {
  const cluster = aws('resource', 'aws_eks_cluster');
  expect(attribute(cluster, 'identity')?.type).toEqual([
    'list',
    ['object', { oidc: ['list', ['object', { issuer: 'string' }]] }],
  ]);
  expect(cluster.blocks.find(({ name }) => name === 'vpc_config')).toMatchObject({
    nesting: 'list',
    minItems: 1,
    maxItems: 1,
  });
  expect(cluster.blocks.find(({ name }) => name === 'timeouts')).toMatchObject({ nesting: 'single', maxItems: 0 });
});

test('a structure that holds itself comes to an end', () => {
  const acl = aws('resource', 'aws_wafv2_web_acl');
  expect(acl.blocks.map(({ name }) => name)).toEqual(expect.arrayContaining(['default_action', 'visibility_config']));
});

test("a provider's configuration has its blocks, and not alias, which is Terraform's own", () => {
  const lib = findBindings(root, 'aws') ?? '';
  const provider = deriveSchema(bindingSource(join(lib, 'provider')));
  expect(provider?.blocks.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['assume_role', 'default_tags', 'endpoints', 'ignore_tags']),
  );
  expect(attribute(provider!, 'alias')).toBeUndefined();
  expect(attribute(provider!, 'region')?.type).toBe('string');
  const tags = provider?.blocks.find(({ name }) => name === 'default_tags')?.block;
  expect(attribute(tags!, 'tags')?.type).toEqual(['map', 'string']);
});

test('a text without a resource has no schema', () => {
  expect(deriveSchema('export interface Nothing {\n}\n')).toBeUndefined();
});
