import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PlinthError } from '@plinth/contract';
import { run, type Ended } from '../terraform';

/**
 * Lays a project out as it was at a git commit. What git does not keep (`node_modules`, `.gen`) is that of today: the program of then
 * runs with the packages of now.
 * @param cwd the project; may be a folder within its repository
 * @param ref a commit, tag or branch
 * @param into an empty folder for the whole repository
 * @returns the project's folder in there
 * @throws PlinthError `git-missing`, `git-ref`
 */
export async function projectAt(cwd: string, ref: string, into: string, signal?: AbortSignal): Promise<string> {
  const git = async (...args: string[]): Promise<Ended> => {
    try {
      return await run('git', args, { cwd, env: process.env, signal });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new PlinthError({
        code: 'git-missing',
        what: 'git cannot be found',
        where: 'PATH',
        why: `what the program was at ${ref} is read from its repository`,
        cure: 'install git (https://git-scm.com)',
      });
    }
  };
  const refused = (said: Ended): PlinthError =>
    new PlinthError({
      code: 'git-ref',
      what: `there is no "${ref}" to compare with`,
      where: cwd,
      why: `git says: ${said.stderr.trim().split('\n')[0] ?? ''}`,
      cure: 'name a commit, a tag or a branch of the repository that the program is in; a shallow clone has only its last commits',
    });
  const top = await git('rev-parse', '--show-toplevel');
  if (top.code !== 0) throw refused(top);
  // A name that begins with a dash is an option to git, unless it is told otherwise.
  const commit = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`);
  if (commit.code !== 0) throw refused({ ...commit, stderr: commit.stderr || `it does not know "${ref}"` });
  const root = top.stdout.trim();
  mkdirSync(into, { recursive: true });
  const archive = join(into, '.archive.tar');
  const packed = await git('-C', root, 'archive', '--format=tar', '-o', archive, commit.stdout.trim());
  if (packed.code !== 0) throw refused(packed);
  const unpacked = await run('tar', ['-xf', archive, '-C', into], { cwd: into, env: process.env, signal });
  if (unpacked.code !== 0) throw refused(unpacked);
  rmSync(archive);
  const project = join(into, relative(root, cwd));
  for (let folder = cwd, then = project; ; folder = dirname(folder), then = dirname(then)) {
    for (const name of ['node_modules', '.gen']) {
      const now = join(folder, name);
      if (existsSync(now) && existsSync(then) && !readdirSync(then).includes(name)) symlinkSync(now, join(then, name));
    }
    if (folder === root || folder === dirname(folder)) return project;
  }
}
