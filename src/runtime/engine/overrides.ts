import { randomUUID, createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FolderLocation } from '../clients/folder.js';
import { RequestError } from './errors.js';
import { LocationRepository, unwritableScratch, type FoundModel } from './repository.js';

/** What a load request brings instead of what the repository holds (Triton's model control extension). */
export interface Overrides {
  /** Triton's ModelConfig as JSON. */
  readonly config?: string;
  /** By path within the model, `1/model.onnx`. With files, nothing of the repository's model is used. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

const filePath = /^[1-9]\d*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/;

/**
 * The model that the overrides describe, its files kept in the scratch folder.
 * @throws RequestError `invalid`; PlinthError `scratch-unwritable`
 */
export async function filesFrom(
  name: string,
  files: Readonly<Record<string, Uint8Array>>,
  scratch: string,
): Promise<FoundModel> {
  for (const path of Object.keys(files))
    if (!filePath.test(path))
      throw new RequestError('invalid', {
        code: 'bad-file-name',
        what: `"${path}" cannot be a file of a model`,
        where: `model "${name}", parameter "file:${path}"`,
        why: 'files lie in a version of it',
        cure: 'name it like "file:1/model.onnx"',
      });
  const digest = createHash('sha256');
  for (const [path, bytes] of Object.entries(files)) digest.update(`${path}\0`).update(bytes);
  const root = join(scratch, 'sent', digest.digest('hex').slice(0, 16));
  const part = `${root}-${randomUUID()}.part`;
  try {
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(part, name, path)), { recursive: true });
      await writeFile(join(part, name, path), bytes);
    }
    // The same files sent again are already there.
    await rename(part, root).catch(() => undefined);
  } catch (error) {
    throw unwritableScratch(scratch, error);
  }
  const [found] = await new LocationRepository(new FolderLocation(root, root), scratch).list();
  return found as FoundModel;
}
