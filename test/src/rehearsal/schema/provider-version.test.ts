import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allows, checkProviderVersion, versionWithin } from '../../../../src/rehearsal/schema/provider-version';

test.each([
  ['6.25.0', true],
  ['= 6.25.0', true],
  ['6.25', true],
  ['6.24.1', false],
  ['!= 6.25.0', false],
  ['>= 5.0, < 7.0', true],
  ['>= 5.0, < 6.25', false],
  ['> 6.25.0', false],
  ['<= 6.25.0', true],
  ['~> 6.0', true],
  ['~> 6', true],
  ['~> 5.90', false],
  ['~> 6.25.0', true],
  ['~> 6.24.0', false],
  ['~> 6.26', false],
  ['six', true],
])('%s is met by 6.25.0: %s', (constraint, met) => {
  expect(allows(constraint, '6.25.0')).toBe(met);
});

test.each([
  [[], '1.0.0'],
  [['six'], '1.0.0'],
  [['~> 6.0'], '6.0.0'],
  [['>= 0.9'], '1.0.0'],
  [['> 2.1.4'], '2.1.5'],
  [['< 0.5'], '0.0.1'],
  [['>= 3.1, < 4', '!= 3.1.0'], '3.1.1'],
  [['~> 5.0', '~> 6.0'], '6.0.0'],
])('%j is met by %s, where nothing else tells the version', (constraints, version) => {
  expect(versionWithin(constraints)).toBe(version);
});

test('bindings of another version are refused, prebuilt or generated', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-version-'));
  try {
    const lib = join(folder, 'provider-acme/lib');
    mkdirSync(lib, { recursive: true });
    const check = (where: string, constraint: string) => () =>
      checkProviderVersion(where, 'acme', { stack: 'shop', constraint });
    expect(check(lib, '1.0')).not.toThrow();
    writeFileSync(join(lib, '../package.json'), JSON.stringify({ cdktf: { provider: { version: '2.1.0' } } }));
    expect(check(lib, '~> 2.0')).not.toThrow();
    expect(check(lib, '~> 1.0')).toThrow(
      'stack shop, terraform.required_providers: it asks for the provider "acme" in version ~> 1.0, and the bindings are of 2.1.0, ' +
        'because a rehearsal takes the schemas of a provider from its CDKTF bindings; install the @cdktf/provider-acme that was generated ' +
        'from such a version, or ask for 2.1.0.',
    );
    const generated = join(folder, '.gen/providers/acme');
    mkdirSync(generated, { recursive: true });
    writeFileSync(join(folder, '.gen/versions.json'), JSON.stringify({ 'registry.terraform.io/acme/acme': '3.0.0' }));
    expect(check(generated, '~> 2.0')).toThrow('the bindings are of 3.0.0');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
