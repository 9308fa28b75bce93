import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectAt } from '../../../../src/rehearsal/upgrade/git-ref';

let folder: string;
beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), 'plinth-git-')))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A repository whose project lies in a folder of it, with a commit `v1` and a later one. */
function repository(): string {
  const root = join(folder, 'repository');
  const project = join(root, 'platform');
  mkdirSync(join(project, 'node_modules/acme'), { recursive: true });
  mkdirSync(join(root, 'shared'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: root });
  writeFileSync(join(root, '.gitignore'), 'node_modules\n');
  writeFileSync(join(root, 'shared/names.ts'), 'one');
  writeFileSync(join(project, 'main.ts'), 'then');
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'one');
  git('tag', 'v1');
  writeFileSync(join(project, 'main.ts'), 'now');
  git('commit', '--quiet', '-am', 'two');
  return project;
}

test('a project is laid out as it was, with the packages of today', async () => {
  const project = repository();
  const then = await projectAt(project, 'v1', join(folder, 'then'));
  expect(then).toBe(join(folder, 'then/platform'));
  expect(readFileSync(join(then, 'main.ts'), 'utf8')).toBe('then');
  expect(readFileSync(join(then, '../shared/names.ts'), 'utf8')).toBe('one');
  expect(existsSync(join(then, 'node_modules/acme'))).toBe(true);
  expect(readFileSync(join(project, 'main.ts'), 'utf8')).toBe('now');
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: project, encoding: 'utf8' })).toBe('');
});

test.each(['v2', '--help'])('a name that git does not know is refused: %s', async (ref) => {
  const project = repository();
  await expect(projectAt(project, ref, join(folder, 'then'))).rejects.toThrow(
    `${project}: there is no "${ref}" to compare with, because git says: it does not know "${ref}"; name a commit, a tag or a branch of the repository that the program is in; a shallow clone has only its last commits.`,
  );
});

test('a folder without a repository is told', async () => {
  await expect(projectAt(folder, 'v1', join(folder, 'then'))).rejects.toMatchObject({
    finding: { code: 'git-ref', why: expect.stringMatching(/^git says: fatal: not a git repository/) as string },
  });
});

test('without git it is said how to get it', async () => {
  const usual = process.env['PATH'];
  process.env['PATH'] = folder;
  try {
    await expect(projectAt(folder, 'v1', join(folder, 'then'))).rejects.toThrow(
      'PATH: git cannot be found, because what the program was at v1 is read from its repository; install git (https://git-scm.com).',
    );
  } finally {
    process.env['PATH'] = usual;
  }
});
