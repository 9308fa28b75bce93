import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlinthError } from '@plinth/contract';
import { BindingSchemas } from '../../../../src/rehearsal/schema/provider-schema';

const root = join(__dirname, '../../../..');
const none = new Set<string>();

test('only the types that are used are derived, and one that the bindings do not know is left to Terraform', () => {
  const schema = new BindingSchemas(root).of('aws', {
    resources: new Set(['aws_vpc', 'aws_no_such_thing']),
    dataSources: new Set(['aws_region']),
  });
  expect([...schema.resources.keys()]).toEqual(['aws_vpc']);
  expect([...schema.dataSources.keys()]).toEqual(['aws_region']);
});

test('a type whose folder has another name is found all the same', () => {
  const { resources } = new BindingSchemas(root).of('aws', { resources: new Set(['aws_lb']), dataSources: none });
  expect(resources.get('aws_lb')?.attributes.map(({ name }) => name)).toContain('load_balancer_type');
});

test('bindings that cdktf get wrote are TypeScript', () => {
  const project = mkdtempSync(join(tmpdir(), 'plinth-bindings-'));
  try {
    const folder = join(project, '.gen/providers/acme/anvil');
    mkdirSync(folder, { recursive: true });
    mkdirSync(join(project, '.gen/providers/acme/provider'), { recursive: true });
    writeFileSync(
      join(folder, 'index.ts'),
      `export class Anvil extends cdktf.TerraformResource {
  public static readonly tfResourceType = "acme_anvil";
  // weight - computed: false, optional: false, required: true
  private _weight?: number; 
  public get weight() {
    return this.getNumberAttribute('weight');
  }
}
`,
    );
    writeFileSync(
      join(project, '.gen/providers/acme/provider/index.ts'),
      'export class AcmeProvider extends cdktf.TerraformProvider {\n}\n',
    );
    const { resources } = new BindingSchemas(project).of('acme', {
      resources: new Set(['acme_anvil']),
      dataSources: none,
    });
    expect(resources.get('acme_anvil')?.attributes).toEqual([
      { name: 'weight', type: 'number', computed: false, optional: false, required: true },
    ]);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});

test('a provider without bindings is named, with what to install', () => {
  const project = mkdtempSync(join(tmpdir(), 'plinth-bindings-'));
  try {
    expect(() => new BindingSchemas(project).of('random', { resources: none, dataSources: none })).toThrow(
      new PlinthError({
        code: 'bindings-missing',
        what: 'the provider "random" has no bindings',
        where: `project ${project}`,
        why: 'a rehearsal takes the schemas of a provider from its CDKTF bindings',
        cure: 'install @cdktf/provider-random, or run cdktf get for it',
      }),
    );
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});
