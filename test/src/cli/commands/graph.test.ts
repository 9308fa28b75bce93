import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { app, plinth, root } from '../support';

const minimal = app('examples/minimal/main.ts');
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'graph-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('writes the picture where it is told to, the same each time', async () => {
  const file = join(folder, 'new/platform.svg');
  const { code, out } = await plinth(['graph', '--app', minimal, '--out', file]);
  expect({ code, out }).toEqual({ code: 0, out: `${file}: 2 systems in 1 stack\n` });
  const svg = readFileSync(file, 'utf8');
  expect(svg).toContain('Plinth Model');
  const again = await plinth(['graph', '--app', minimal]);
  expect(again.out).toBe(svg);
});

it('tells a machine what stands in which room', async () => {
  const ran = await plinth(['graph', '--app', minimal, '--json']);
  expect(ran.code).toBe(0);
  const { result } = ran.document<{
    file: null;
    rooms: { name: string; pieces: { id: string; uses: string[] }[] }[];
  }>();
  expect(result?.file).toBeNull();
  expect(result?.rooms.map(({ name }) => name)).toEqual(['minimal']);
  expect(result?.rooms[0]?.pieces).toContainEqual(
    expect.objectContaining({ id: 'minimal/tumour-monitor', uses: ['minimal/tumour'] }),
  );
});

it('says that there is nothing to draw in a program without components', async () => {
  const { code, err } = await plinth(
    ['graph', '--app', app('main.ts')],
    join(root, 'test/fixtures/rehearsal/two-stacks'),
  );
  expect(code).toBe(1);
  expect(err).toBe(
    'stack ground, stack workloads: there is nothing to draw, because no stack holds a component of Plinth, and only those say what they are and use; ' +
      'draw a program that makes MlopsPlatform, a stack of Plinth or one of its systems.\n',
  );
});

it('says why the picture cannot be written', async () => {
  const { code, err } = await plinth(['graph', '--app', minimal, '--out', '/proc/plinth.svg']);
  expect(code).toBe(2);
  expect(err).toMatch(
    /^\/proc\/plinth\.svg: the file cannot be written, because EN.*; name one that can be written with --out\.\n$/,
  );
});

it('says that the program did not synthesize', async () => {
  const { code, err } = await plinth(['graph', '--app', 'false']);
  expect(code).toBe(1);
  expect(err).toContain('it must synthesize before it can be');
});
