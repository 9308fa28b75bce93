import { checkKubernetesName, checkPlatformName, Names } from 'plinth/constructs/core/names';

const names = new Names('prod');

test('a name is the platform and the parts, in small letters', () => {
  expect(names.of(['Lake', 'raw_data'])).toBe('prod-lake-raw-data');
});

test('a name that does not fit is cut and keeps apart from others with the same beginning', () => {
  const long = 'a-very-long-part-of-a-name-indeed';
  const [one, two] = [names.of([long, 'one'], 32), names.of([long, 'two'], 32)];
  expect(one).toHaveLength(32);
  expect(one).toMatch(/^prod-a-very-long-part-o-[0-9a-f]{8}$/);
  expect(two).not.toBe(one);
  expect(names.of([long, 'one'], 32)).toBe(one);
});

test.each([
  ['a-name-of-more-than-20-characters', 'name-too-long', 'has 33 characters'],
  ['Prod', 'invalid-name', 'is not usable'],
  ['1st', 'invalid-name', 'is not usable'],
  ['prod-', 'invalid-name', 'is not usable'],
])('the platform name %s is refused', (name, code, words) => {
  expect(() => checkPlatformName(name)).toThrow(
    expect.objectContaining({ finding: expect.objectContaining({ code }), message: expect.stringContaining(words) }),
  );
});

test('a Kubernetes name that is too long says how long it may be', () => {
  expect(() => checkKubernetesName('models/x', 'x'.repeat(60), 57)).toThrow(
    /^models\/x: the name 'x{60}' has 60 characters, because Kubernetes allows 57 here; shorten the id to 57 characters or fewer\.$/,
  );
});

test('a Kubernetes name with capitals is refused with an example', () => {
  expect(() => checkKubernetesName('models/Fraud', 'Fraud')).toThrow("choose an id such as 'fraud-v2'");
});
