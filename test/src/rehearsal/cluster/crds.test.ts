import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDefinitions } from '../../../../src/rehearsal/cluster/crds';
import { servedBy } from '../../../../src/rehearsal/cluster/helm';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'plinth-crds-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const definition = (name: string) => `kind: CustomResourceDefinition\nmetadata: { name: ${name} }\n`;

test('definitions are found in documents, lists and folders below, and nothing else is', () => {
  mkdirSync(join(folder, 'below'));
  writeFileSync(
    join(folder, 'below', 'a.yaml'),
    `${definition('one')}---\nkind: ConfigMap\n---\n---\n${definition('two')}`,
  );
  writeFileSync(
    join(folder, 'b.json'),
    JSON.stringify({ kind: 'List', items: [{ kind: 'CustomResourceDefinition', metadata: { name: 'three' } }] }),
  );
  writeFileSync(join(folder, 'README.md'), definition('no'));
  const names = (path: string) => readDefinitions('/', path).map(({ metadata }) => metadata.name);
  expect(names(folder)).toEqual(['three', 'one', 'two']);
  expect(names(join(folder, 'b.json'))).toEqual(['three']);
});

test('what cannot be read is a sentence', () => {
  expect(() => readDefinitions(folder, 'nowhere')).toThrow(
    /nowhere: no CustomResourceDefinitions can be read here, because ENOENT.*; name a folder with those that the charts bring, in YAML or JSON, with --crds\./,
  );
  expect(() => readDefinitions('/', folder)).toThrow('because no CustomResourceDefinition is in it;');
  writeFileSync(join(folder, 'a.yaml'), 'a: [1');
  expect(() => readDefinitions('/', folder)).toThrow(
    `${folder}/a.yaml: no CustomResourceDefinitions can be read here, because Flow sequence`,
  );
});

test('a definition brings the versions that it serves', () => {
  const spec = {
    group: 'example.com',
    names: { kind: 'A' },
    versions: [
      { name: 'v1', served: true },
      { name: 'v0', served: false },
    ],
  };
  expect(servedBy({ apiVersion: 'x', kind: 'CustomResourceDefinition', metadata: {}, spec })).toEqual([
    'example.com/v1',
    'example.com/v1/A',
  ]);
  expect(servedBy({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {} })).toEqual([]);
});
