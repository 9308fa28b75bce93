import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from 'plinth/constructs/catalogue';

const root = join(__dirname, '../..');
// What the platform must hold, category by category; the first requirement that was written down for Plinth.
const wanted = JSON.parse(readFileSync(join(root, 'test/fixtures/systems.json'), 'utf8')) as Record<string, string[]>;
/** Spoken of by what they do in one category, and by their name in the others. */
const also: Record<string, string> = { 'Argo workflow templates': 'Argo Workflows', Argo: 'Argo Workflows' };

const rows = catalogue();

test.each(Object.entries(wanted))('every system for %s has a row in that category', (category, systems) => {
  const inCategory = rows.filter(({ categories }) => categories.includes(category)).map(({ system }) => system);
  expect(inCategory).toEqual(expect.arrayContaining(systems.map((name) => also[name] ?? name)));
});

test('no system has two rows', () => {
  const names = rows.map(({ system }) => system);
  expect(new Set(names).size).toBe(names.length);
});

test('a row counts as proven only with a construct, and with evidence that is there', () => {
  for (const { system, proof, construct, evidence } of rows) {
    if (proof === 'planned') {
      expect({ system, evidence }).toEqual({ system, evidence: null });
      continue;
    }
    const files = [`${(construct ?? '').split('#')[0]}.ts`, ...(evidence ?? '').split(', ')];
    expect({ system, missing: files.filter((file) => !existsSync(join(root, file))) }).toEqual({ system, missing: [] });
  }
});

test('a construct is the class that its row names, and calls itself by the same name', () => {
  for (const { system, construct } of rows.filter((row) => row.construct !== null)) {
    const [path, name] = (construct as string).split('#') as [string, string];
    const module = jest.requireActual<Record<string, { system?: { name: string } }>>(join(root, path));
    expect({ system, class: typeof module[name] }).toEqual({ system, class: 'function' });
  }
});

test('a product that was renamed or is gone says what became of it', () => {
  for (const { system, product, now } of rows)
    expect({ system, told: now !== null }).toEqual({ system, told: product !== 'active' });
});

test('an unknown system is refused with the one that was meant', () => {
  expect(() => catalogue(['Qdrnt'])).toThrow(
    "catalogue: there is no system 'Qdrnt', because the catalogue has no row of that name; did you mean 'Qdrant'.",
  );
  expect(() => catalogue(['something else entirely'])).toThrow("'plinth catalogue' lists them all");
});

test('names are found whatever their capitals', () => {
  expect(catalogue(['mlflow', 'FEAST']).map(({ system }) => system)).toEqual(['MLflow', 'Feast']);
});
