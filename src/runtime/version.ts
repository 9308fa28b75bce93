import { readFileSync } from 'node:fs';

/** This package's version. Its package.json stands one folder up from dist, and beside the source. */
export const version: string = (() => {
  for (const place of ['../package.json', './package.json']) {
    try {
      const { name, version: found } = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as Record<
        string,
        string
      >;
      if (name === '@plinth/runtime' && found !== undefined) return found;
    } catch {
      // Not there: the other place.
    }
  }
  return 'unknown';
})();
