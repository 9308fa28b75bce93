import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocation, readLocation, watchLocation, type ListedFile } from '../../../../src/runtime/clients/location';

const root = mkdtempSync(join(tmpdir(), 'plinth-location-'));
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;
/** A fresh folder. */
function place(): string {
  const path = join(root, String(++count));
  mkdirSync(path);
  return path;
}
const names = (files: ListedFile[]): string[] => files.map(({ name }) => name);

test('what is written is listed and read, in the order of its bytes', async () => {
  const client = openLocation(place());
  for (const name of ['b/2', 'b/10', 'a', 'b.txt', 'Z']) await client.write(name, `<${name}>`);
  const files = await client.list();
  expect(names(files)).toEqual(['Z', 'a', 'b.txt', 'b/10', 'b/2']);
  expect(files[3]).toMatchObject({ bytes: 6 });
  expect(files[3]?.modified.getTime()).toBeGreaterThan(Date.now() - 60_000);
  expect((await client.read('b/2')).toString()).toBe('<b/2>');
  expect(names(await client.list({ under: 'b' }))).toEqual(['b/10', 'b/2']);
  expect(names(await client.list({ under: 'b', after: 'b/10' }))).toEqual(['b/2']);
});

test('a folder that is not there holds nothing, and is made by the first write', async () => {
  const client = openLocation(join(place(), 'new/deep'));
  expect(await client.list()).toEqual([]);
  await client.write('x', Uint8Array.of(1));
  expect(await client.read('x')).toEqual(Buffer.of(1));
});

test('a write replaces whole and leaves no scraps; what begins with a dot is not listed', async () => {
  const path = place();
  const client = openLocation(path);
  await client.write('x', 'first');
  await client.write('x', 'second');
  writeFileSync(join(path, '.hidden'), '');
  expect(readdirSync(path).sort()).toEqual(['.hidden', 'x']);
  expect(names(await client.list())).toEqual(['x']);
  expect((await client.read('x')).toString()).toBe('second');
});

test('links are followed to what they lead to, and dangling ones left out', async () => {
  const path = place();
  writeFileSync(join(path, 'real'), 'x');
  symlinkSync(join(path, 'real'), join(path, 'link'));
  symlinkSync(join(path, 'nowhere'), join(path, 'dangling'));
  expect(names(await openLocation(path).list())).toEqual(['link', 'real']);
});

test('a download is a copy', async () => {
  const client = openLocation(place());
  await client.write('a/b', 'content');
  const target = join(place(), 'deep/copy');
  await client.download('a/b', target);
  expect(readFileSync(target, 'utf8')).toBe('content');
});

test('the tag changes with the content', async () => {
  const path = place();
  const client = openLocation(path);
  await client.write('x', 'one');
  const before = (await client.list())[0]?.tag;
  appendFileSync(join(path, 'x'), 'more');
  expect((await client.list())[0]?.tag).not.toBe(before);
});

test('each failure gets its sentence', async () => {
  const path = place();
  const client = openLocation(path);
  await client.write('folder/file', 'x');
  const missing = `${path}/none: the file is missing, because nothing is stored under that name; check the name, or write it first.`;
  await expect(client.read('none')).rejects.toThrow(missing);
  await expect(client.download('none', join(path, 'copy'))).rejects.toThrow(missing);
  await expect(client.read('folder')).rejects.toThrow(
    `${path}/folder: it cannot be read, because Error: EISDIR: illegal operation on a directory, read; check that it exists, that it is reachable, and that this program may read it.`,
  );
  await expect(client.write('folder/file/below', 'x')).rejects.toThrow(
    /folder\/file\/below: it cannot be written, because Error: .*; check that it exists, that there is room, and that this program may write it\.$/,
  );
  for (const name of ['../x', 'a//b', './a', '']) {
    const message = `${path}: "${name}" is not a name below it, because it would lead elsewhere; use a relative name without empty parts, "." or "..".`;
    await expect(client.read(name)).rejects.toThrow(message);
    await expect(client.write(name, '')).rejects.toThrow(message);
    await expect(client.download(name, '/unused')).rejects.toThrow(message);
  }
  await expect(client.list({ under: '..' })).rejects.toThrow('is not a name below it');
});

test('a file may be named as a location of its own', async () => {
  const path = place();
  writeFileSync(join(path, 'profile.json'), '{}');
  expect((await readLocation(join(path, 'profile.json'))).toString()).toBe('{}');
  expect((await readLocation('package.json')).length).toBeGreaterThan(0);
  for (const text of [`${path}/`, 's3://bucket', 's3://bucket/'])
    await expect(readLocation(text)).rejects.toThrow(
      `${text}: a file is wanted, because this names a folder; add the name of the file.`,
    );
});

test('watching yields what is new or changed, and outlives a look that fails', async () => {
  const path = place();
  const client = openLocation(path);
  await client.write('a', '1');
  const stop = new AbortController();
  const errors: unknown[] = [];
  let fail = false;
  const flaky = {
    ...client,
    list: () => (fail ? Promise.reject(new Error('gone')) : client.list()),
  } as typeof client;
  const looks = watchLocation(flaky, {
    everySeconds: 0.01,
    signal: stop.signal,
    onError: (error) => errors.push(error),
  });
  const next = async (): Promise<string[]> => names((await looks.next()).value as ListedFile[]);
  expect(await next()).toEqual(['a']);
  await client.write('b', '2');
  expect(await next()).toEqual(['b']);
  fail = true;
  const later = next();
  while (errors.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await client.write('a', 'longer');
  fail = false;
  expect(await later).toEqual(['a']);
  const last = looks.next();
  stop.abort();
  expect(await last).toEqual({ done: true, value: undefined });
});

test('watching below a folder sees that folder only', async () => {
  const client = openLocation(place());
  await client.write('a/1', '');
  await client.write('b/1', '');
  const stop = new AbortController();
  const first = await watchLocation(client, { everySeconds: 1, signal: stop.signal, under: 'b' }).next();
  expect(names(first.value as ListedFile[])).toEqual(['b/1']);
});
