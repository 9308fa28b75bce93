import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { app, plinth } from '../support';

const minimal = app('examples/minimal/main.ts');
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'plinth-manifests-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('prints the same bytes each time: a document an object, with where it comes from, what is needed first', async () => {
  const first = await plinth(['manifests', '--app', minimal]);
  expect(first.code).toBe(0);
  expect(first.out).toContain('\n---\n# stack minimal, kubernetes_namespace_v1.');
  const objects = parseAllDocuments(first.out).map((one) => one.toJS() as { kind: string });
  expect(objects.length).toBeGreaterThan(10);
  expect(objects[0]!.kind).toBe('Namespace');
  const { out, code } = await plinth(['manifests', '--app', minimal, '--out', join(folder, 'all.yaml')]);
  expect({ out, code }).toEqual({ out: `${objects.length} objects written to ${join(folder, 'all.yaml')}\n`, code: 0 });
  expect(readFileSync(join(folder, 'all.yaml'), 'utf8')).toBe(first.out);
}, 60_000);

it('gives a folder a file for each stack, and a machine one document', async () => {
  const ran = await plinth(['manifests', '--app', minimal, '--out', folder, '--json']);
  expect(ran.code).toBe(0);
  expect(readdirSync(folder)).toEqual(['minimal.yaml']);
  expect(ran.document<{ objects: unknown[] }>().result).toMatchObject({
    files: [join(folder, 'minimal.yaml')],
    notTemplated: [],
  });
  expect(ran.document<{ objects: unknown[] }>().result!.objects[0]).toMatchObject({
    stack: 'minimal',
    object: { kind: 'Namespace' },
  });
}, 60_000);

it('says what it cannot do', async () => {
  const stack = await plinth(['manifests', '--app', minimal, '--stack', 'minimall']);
  expect(stack.code).toBe(2);
  expect(stack.err).toContain('there is no stack "minimall", because the program makes minimal; did you mean minimal.');
  const charts = await plinth(['manifests', '--app', minimal, '--charts', join(folder, 'none')]);
  expect(charts.code).toBe(2);
  expect(charts.err).toContain('none: the folder of charts cannot be read');
}, 60_000);

it('needs a cluster for what is about one', async () => {
  for (const flag of [['--cluster-apply'], ['--charts', folder], ['--crds', folder]]) {
    const { code, err } = await plinth(['rehearse', '--app', minimal, ...flag]);
    expect({ code, err }).toEqual({
      code: 2,
      err: `plinth rehearse: ${flag[0]} has nothing to act on, because it is about the cluster to which objects are sent; name that with --cluster PATH[#CONTEXT].\n`,
    });
  }
});
