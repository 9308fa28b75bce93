import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PlinthError } from '@plinth/contract';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from './objects';

/**
 * The CustomResourceDefinitions in a folder and those below it, or in one file: YAML or JSON, one a document, or in a `List`.
 * @throws PlinthError `flag-crds-unreadable`
 */
export function readDefinitions(cwd: string, path: string): Manifest[] {
  const top = resolve(cwd, path);
  let files: string[];
  try {
    files = statSync(top).isFile()
      ? [top]
      : readdirSync(top, { recursive: true, encoding: 'utf8' })
          .filter((file) => /\.(ya?ml|json)$/.test(file))
          .sort()
          .map((file) => join(top, file));
  } catch (error) {
    throw unreadable(top, (error as Error).message);
  }
  const found = files.flatMap((file) => documents(file)).filter(({ kind }) => kind === 'CustomResourceDefinition');
  if (found.length === 0) throw unreadable(top, 'no CustomResourceDefinition is in it');
  return found;
}

function documents(file: string): Manifest[] {
  return parseManifests(readFileSync(file, 'utf8'), (why) => {
    throw unreadable(file, why);
  });
}

/** Objects out of YAML documents or JSON; a `List` gives its items. */
export function parseManifests(text: string, onError: (why: string) => never): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) return onError(error.message.split('\n')[0] ?? '');
    const object = document.toJS({ maxAliasCount: -1 }) as (Manifest & { items?: readonly Manifest[] }) | null;
    if (object === null || typeof object !== 'object') return [];
    return object.kind?.endsWith('List') && Array.isArray(object.items) ? [...object.items] : [object];
  });
}

function unreadable(where: string, why: string): PlinthError {
  return new PlinthError({
    code: 'flag-crds-unreadable',
    where,
    what: 'no CustomResourceDefinitions can be read here',
    why,
    cure: 'name a folder with those that the charts bring, in YAML or JSON, with --crds',
  });
}
