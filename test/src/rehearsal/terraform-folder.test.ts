import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { holdsTerraform, localModules, readTerraform, withModules } from '../../../src/rehearsal/terraform-folder';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'plinth-folder-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, content: string | object): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}

test('a folder holds Terraform where one of its own files does', () => {
  put('main.ts', '');
  expect(holdsTerraform(folder)).toBe(false);
  expect(holdsTerraform(join(folder, 'none'))).toBe(false);
  put('main.tf', '');
  expect(holdsTerraform(folder)).toBe(true);
});

test('all files together, in either language, and as lists or as objects', () => {
  put('a.tf', 'resource "aws_vpc" "a" {}\nterraform {\n  backend "s3" {\n    bucket = "acme"\n    key = "k"\n  }\n}\n');
  put('b.tf.json', {
    resource: [{ aws_vpc: { b: [{ cidr_block: '10.0.0.0/16' }] } }, { aws_subnet: { s: {} } }],
    provider: { aws: [{ region: 'a' }, { region: 'b', alias: 'b' }] },
  });
  put('c.tf.json', '{ "resource":');
  put('notes.txt', 'resource "aws_eip" "no" {}');
  expect(readTerraform(folder)).toEqual({
    resource: { aws_vpc: { a: {}, b: { cidr_block: '10.0.0.0/16' } }, aws_subnet: { s: {} } },
    provider: { aws: [{ region: 'a' }, { region: 'b', alias: 'b' }] },
    terraform: { backend: { s3: { bucket: 'acme', key: 'k' } } },
  });
});

test("a stack knows the types of its modules, however deep, and not the modules' names or remote states", () => {
  put('stack/cdk.tf.json', {});
  put('modules/a/main.tf', 'resource "aws_sqs_queue" "own" {}\nmodule "b" {\n  source = "../b"\n}\n');
  put('modules/b/main.tf.json', {
    data: { aws_region: { here: {} }, terraform_remote_state: { other: {} } },
    ephemeral: { aws_secretsmanager_secret_version: { s: {} } },
    terraform: { required_providers: { aws: { source: 'hashicorp/aws' } } },
    // Round in a circle, and to where nothing is: Terraform says so.
    module: { a: { source: '../a' }, gone: { source: './gone' }, far: { source: 'terraform-aws-modules/vpc/aws' } },
  });
  const stack = join(folder, 'stack');
  const json = { module: { a: { source: '../modules/a' } }, resource: { aws_sqs_queue: { mine: { name: 'm' } } } };
  expect(localModules(stack, json)).toEqual([join(folder, 'modules/a'), join(folder, 'modules/b')]);
  expect(withModules(stack, json)).toEqual({
    ...json,
    data: { aws_region: {} },
    ephemeral: { aws_secretsmanager_secret_version: {} },
    terraform: { required_providers: { aws: { source: 'hashicorp/aws' } } },
  });
  const alone = { resource: {} };
  expect(withModules(stack, alone)).toBe(alone);
});
