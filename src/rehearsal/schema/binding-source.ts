import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const inlineMap = 'base64,';

/** The generated TypeScript of one file: itself, or what its inline source map carries. */
function sourceOf(file: string): string {
  const bytes = readFileSync(file);
  if (file.endsWith('.ts')) return bytes.toString('utf8');
  const at = bytes.lastIndexOf(inlineMap);
  if (at < 0) return '';
  // Half a megabyte each for the large ones: a string of all of it would outlive its use.
  const base64 = bytes.toString('latin1', at + inlineMap.length).trim();
  const map = JSON.parse(Buffer.from(base64, 'base64').toString('utf8')) as {
    sourcesContent?: string[];
  };
  return map.sourcesContent?.[0] ?? '';
}

/**
 * The TypeScript that cdktf generated for one resource, data source or provider: `index` and, for the large ones,
 * the files of `index-structs`. Prebuilt bindings ship JavaScript with an inline source map; `cdktf get` writes TypeScript.
 */
export function bindingSource(folder: string): string {
  const structs = join(folder, 'index-structs');
  const extension = existsSync(join(folder, 'index.ts')) ? '.ts' : '.js';
  const files = [join(folder, `index${extension}`)];
  if (existsSync(structs)) {
    for (const name of readdirSync(structs).sort()) {
      if (name.endsWith(extension) && !name.endsWith('.d.ts')) files.push(join(structs, name));
    }
  }
  return files.map(sourceOf).join('\n');
}

/** Where the bindings of a provider stand, seen from a project's folder; undefined where there are none. */
export function findBindings(cwd: string, provider: string): string | undefined {
  for (let folder = cwd; ; folder = join(folder, '..')) {
    const candidates = [
      join(folder, 'node_modules/@cdktf', `provider-${provider}`, 'lib'),
      join(folder, 'node_modules/@cdktn', `provider-${provider}`, 'lib'),
      join(folder, '.gen/providers', provider),
    ];
    const found = candidates.find((candidate) => existsSync(candidate));
    if (found !== undefined) return found;
    if (folder === join(folder, '..')) return undefined;
  }
}

/**
 * The folder that holds the binding of a resource (`aws_s3_bucket`) or data source. The usual name is tried first;
 * a few names differ (reserved words), and are found by what the files say.
 */
export function bindingFolder(
  lib: string,
  provider: string,
  mode: 'resource' | 'data',
  type: string,
): string | undefined {
  const rest = type.startsWith(`${provider}_`) ? type.slice(provider.length + 1) : type;
  const usual = mode === 'data' ? `data-${type}` : rest;
  const marker = `tfResourceType = "${type}"`;
  const holds = (folder: string): boolean => {
    const index = ['index.js', 'index.ts'].map((name) => join(folder, name)).find((file) => existsSync(file));
    return index !== undefined && readFileSync(index).includes(marker);
  };
  const direct = join(lib, usual.replaceAll('_', '-'));
  if (holds(direct)) return direct;
  return readdirSync(lib)
    .filter((name) => name.startsWith('data-') === (mode === 'data'))
    .map((name) => join(lib, name))
    .find((folder) => statSync(folder).isDirectory() && holds(folder));
}

/** The types that the folders of the bindings are named after; a few are named otherwise. */
export function bindingTypes(lib: string, provider: string, mode: 'resource' | 'data'): string[] {
  const names = readdirSync(lib).filter(
    (name) => name.startsWith('data-') === (mode === 'data') && !name.includes('.'),
  );
  return names.map((name) =>
    `${mode === 'data' ? name.slice('data-'.length) : `${provider}-${name}`}`.replaceAll('-', '_'),
  );
}
