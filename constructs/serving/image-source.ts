import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlinthError } from '@plinth/contract';

/** Files of a source tree, with one digest over all of them. */
export interface ImageSource {
  readonly folder: string;
  /** Paths below the folder, sorted. */
  readonly paths: readonly string[];
  /** Twelve hexadecimal digits: the image's tag. */
  readonly digest: string;
}

/** What the runtime's image is made of, below the package's root: the rest of the package has no part in it. */
const parts = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  'tsconfig.base.json',
  'src/contract',
  'src/runtime',
  'src/cli/package.json',
  'src/rehearsal/package.json',
];
const left = new Set(['dist', 'node_modules']);

/** Reads the sources of the runtime's image. @throws PlinthError `image-source-missing` */
export function imageSource(folder: string): ImageSource {
  const paths = parts.flatMap((part) => filesAt(folder, part)).sort();
  const missing = [...parts, 'src/runtime/Dockerfile'].find(
    (part) => !paths.some((path) => path === part || path.startsWith(`${part}/`)),
  );
  if (missing !== undefined) {
    throw new PlinthError({
      code: 'image-source-missing',
      where: 'RuntimeImage.built',
      what: `the runtime's sources are not complete below ${folder}`,
      why: `${missing} is not there, as in a package that npm has installed`,
      cure: "name the folder of a checkout in 'source', or use RuntimeImage.named('registry/image@sha256:...')",
    });
  }
  const hash = createHash('sha256');
  for (const path of paths)
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(folder, path)))
      .update('\0');
  return { folder, paths, digest: hash.digest('hex').slice(0, 12) };
}

function filesAt(folder: string, path: string): string[] {
  try {
    return readdirSync(join(folder, path), { withFileTypes: true })
      .filter(({ name }) => !left.has(name) && !name.endsWith('.tsbuildinfo'))
      .flatMap((entry) => filesAt(folder, `${path}/${entry.name}`));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return [path];
    if (code === 'ENOENT') return [];
    throw error;
  }
}
