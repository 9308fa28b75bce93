import { join } from 'node:path';
import { kindOf } from '../../../src/rehearsal/kubernetes-kinds';
import { kubernetesObjects } from '../../../src/rehearsal/kubernetes-objects';
import { bindingTypes, findBindings } from '../../../src/rehearsal/schema/binding-source';
import { BindingSchemas } from '../../../src/rehearsal/schema/provider-schema';
import type { Attribute, Block, TfType } from '../../../src/rehearsal/schema/types';
import { ControlPlane, startControlPlane } from './control-plane';

/** What an API server publishes of a field (OpenAPI v3). */
interface Field {
  readonly $ref?: string;
  readonly allOf?: readonly Field[];
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly items?: Field;
  readonly additionalProperties?: Field;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane({ controllers: false });
}, 120_000);
afterAll(() => plane?.stop());

/** Schemas of one group and version by their name, and the name of each kind's own. */
async function published(apiVersion: string): Promise<{ all: Record<string, Field>; of(kind: string): Field }> {
  const path = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
  const { body } = await plane.client.call('GET', `/openapi/v3/${path}`);
  const { schemas: all } = body['components'] as { schemas: Record<string, Field> };
  const [version, group = ''] = apiVersion.split('/').reverse();
  const isKind = (field: Field, kind: string): boolean =>
    field['x-kubernetes-group-version-kind']?.some(
      (one) => one.kind === kind && one.version === version && one.group === group,
    ) === true;
  return { all, of: (kind) => Object.values(all).find((field) => isKind(field, kind))! };
}

// Everything that may be written, at once: no server would take it together, but each field has its place.
function full(block: Block): Record<string, unknown> {
  return Object.fromEntries([
    ...block.attributes.map((attribute) => [attribute.name, given(attribute)]),
    ...block.blocks.map(({ name, nesting, block: inner }) => [
      name,
      nesting === 'single' ? full(inner) : [full(inner)],
    ]),
  ]) as Record<string, unknown>;
}

function given({ type, computed, optional, required }: Attribute): unknown {
  return type === undefined || (computed && !optional && !required) ? null : ofType(type);
}

function ofType(type: TfType): unknown {
  if (type === 'number') return 1;
  if (type === 'bool') return true;
  if (typeof type === 'string') return '1';
  const [kind, inner] = type;
  if (kind === 'map') return { key: ofType(inner) };
  return kind === 'object' ? {} : [ofType(inner as TfType)];
}

function unknownFields(value: unknown, field: Field, all: Record<string, Field>, path: string): string[] {
  const name = (field.$ref ?? field.allOf?.[0]?.$ref)?.split('/').at(-1);
  const known = name === undefined ? field : all[name]!;
  if (known.format === 'int-or-string' || known.type === undefined) return [];
  if (Array.isArray(value)) {
    if (known.type !== 'array') return [`${path} is a list, and the server's is ${known.type}`];
    return value.flatMap((item) => unknownFields(item, known.items ?? {}, all, `${path}[]`));
  }
  if (typeof value !== 'object' || value === null) {
    const type = typeof value === 'number' ? 'integer' : typeof value;
    return known.type === type ? [] : [`${path} is of the type ${type}, and the server's is ${known.type}`];
  }
  if (known.type !== 'object') return [`${path} is an object, and the server's is ${known.type}`];
  return Object.entries(value).flatMap(([key, held]) => {
    const inner = known.properties?.[key] ?? known.additionalProperties;
    return inner === undefined ? [`${path}.${key} is no field`] : unknownFields(held, inner, all, `${path}.${key}`);
  });
}

test('every argument of the Kubernetes provider becomes a field that a real API server has', async () => {
  const root = join(__dirname, '../../..');
  const types = bindingTypes(findBindings(root, 'kubernetes')!, 'kubernetes', 'resource').filter(
    (type) => kindOf(type) !== undefined,
  );
  expect(types.length).toBeGreaterThan(50);
  const schemas = new BindingSchemas(root).of('kubernetes', { resources: new Set(types), dataSources: new Set() });
  const wrong: string[] = [];
  for (const type of types) {
    const { apiVersion, kind } = kindOf(type)!;
    const resource = { stack: 's', address: type, mode: 'managed', type, name: 'x', provider: 'p' } as const;
    const [object] = kubernetesObjects(
      [{ ...resource, values: full(schemas.resources.get(type)!) }],
      schemas.resources,
    );
    const { all, of } = await published(apiVersion);
    wrong.push(...unknownFields(object, of(kind), all, type));
  }
  expect([...new Set(wrong)]).toEqual([]);
}, 120_000);
