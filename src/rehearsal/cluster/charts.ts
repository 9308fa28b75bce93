import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { PlinthError } from '@plinth/contract';
import { parse } from 'yaml';
import type { Release } from './releases';

/** Where a chart lies, or why it cannot be had. */
export type FoundChart = { readonly path: string } | { readonly missing: string };

/** A folder of charts, as `helm pull` (NAME-VERSION.tgz) and `helm pull --untar` (NAME/) leave them. */
export class Charts {
  private readonly names: readonly string[];

  /** @throws PlinthError `flag-charts-unreadable` */
  constructor(
    private readonly cwd: string,
    private readonly folder: string | undefined,
  ) {
    try {
      this.names = folder === undefined ? [] : readdirSync(resolve(cwd, folder));
    } catch (error) {
      throw new PlinthError({
        code: 'flag-charts-unreadable',
        where: resolve(cwd, folder ?? ''),
        what: 'the folder of charts cannot be read',
        why: (error as Error).message,
        cure: 'name one that holds NAME-VERSION.tgz or NAME/ (helm pull NAME --repo URL --version VERSION -d DIR) with --charts',
      });
    }
  }

  find({ chart, version, repository }: Pick<Release, 'chart' | 'version' | 'repository'>): FoundChart {
    // A folder of the program's own.
    if (repository === '' && !chart.includes('://')) {
      const path = isAbsolute(chart) ? chart : resolve(this.cwd, chart);
      if (existsSync(join(path, 'Chart.yaml'))) return { path };
    }
    const name = basename(chart);
    const asked = version === '' ? name : `${name} ${version}`;
    if (this.folder === undefined) return { missing: `no folder of charts was given for ${asked} (--charts DIR)` };
    const bare = version.replace(/^v/, '');
    const archives = [`${name}-${version}.tgz`, `${name}-${bare}.tgz`, `${name}-v${bare}.tgz`];
    const archive = archives.find((file) => this.names.includes(file));
    if (archive !== undefined) return { path: resolve(this.cwd, this.folder, archive) };
    for (const folder of [`${name}-${version}`, name]) {
      const path = resolve(this.cwd, this.folder, folder);
      if (!this.names.includes(folder) || !statSync(path).isDirectory()) continue;
      const held = versionOf(path);
      if (held === undefined) continue;
      if (version === '' || held.replace(/^v/, '') === bare) return { path };
      return { missing: `no chart ${asked} in ${this.folder}, whose ${folder}/ is version ${held}` };
    }
    return { missing: `no chart ${asked} in ${this.folder}` };
  }
}

function versionOf(path: string): string | undefined {
  try {
    const { version } = parse(readFileSync(join(path, 'Chart.yaml'), 'utf8')) as { version?: unknown };
    return String(version);
  } catch {
    return undefined;
  }
}
