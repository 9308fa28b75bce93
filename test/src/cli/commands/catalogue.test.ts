import { catalogue } from '../../../../constructs/catalogue';
import { plinth } from '../support';

it('prints every row as one document', async () => {
  const ran = await plinth(['catalogue', '--json']);
  expect(ran.code).toBe(0);
  expect(ran.document().ok).toBe(true);
  expect(ran.document().result).toEqual(catalogue());
  for (const row of ran.document<object[]>().result ?? []) {
    expect(Object.keys(row)).toEqual(
      expect.arrayContaining([
        'system',
        'categories',
        'form',
        'construct',
        'chart',
        'version',
        'licence',
        'product',
        'proof',
        'evidence',
      ]),
    );
  }
});

it('prints a table with a line a system, and counts them', async () => {
  const { code, out } = await plinth(['catalogue']);
  expect(code).toBe(0);
  const proven = catalogue().filter(({ proof }) => proof === 'proven').length;
  expect(out).toContain(`\n${catalogue().length} systems, ${proven} proven.\n`);
  for (const { system } of catalogue()) expect(out).toContain(`\n${system}  `);
});

it('keeps to a category, in whatever letters it is written', async () => {
  const ran = await plinth(['catalogue', '--category', 'Ingress', '--json']);
  const expected = catalogue().filter(({ categories }) => categories.includes('ingress'));
  expect(expected.length).toBeGreaterThan(0);
  expect(ran.document().result).toEqual(expected);
});

it.each([
  ['vector', 'did you mean "vector databases"'],
  ['quantum', 'name one of these'],
])('says what categories there are instead of %s', async (category, cure) => {
  const { code, err } = await plinth(['catalogue', '--category', category]);
  expect(code).toBe(2);
  expect(err).toMatch(
    `plinth catalogue --category: there is no category "${category}", because the catalogue has end-to-end platforms,`,
  );
  expect(err).toContain(`; ${cure}.\n`);
});
