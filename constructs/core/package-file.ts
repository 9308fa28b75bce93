import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file that is shipped beside the sources, by its path in the package: the compiled code finds it through the package's root. */
export function packageFile(path: string): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'plinth') {
      return join(folder, path);
    }
  }
  throw new Error(`the package 'plinth' is incomplete: no package.json above ${__dirname}; install it again`);
}

/** A program's text as a resource's argument: its own `${` and `%{` are no templates of Terraform's. */
export function programText(path: string): string {
  return readFileSync(path, 'utf8').replace(/[$%](?=\{)/g, (sign) => sign + sign);
}
