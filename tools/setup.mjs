// Makes a fresh clone ready: installs what the lock file names, and compiles. Does nothing that is done already.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules/.plinth-setup');
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 9)) {
  process.stderr.write(
    `Node ${process.versions.node}: it is too old, because Plinth needs 20.9 or later; install it from https://nodejs.org.\n`,
  );
  process.exit(3);
}

function run(command, args, what) {
  process.stderr.write(`${what} ...\n`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  process.stderr.write(
    `${what} failed${error === undefined ? '' : `: ${error.message}`}; what it printed stands above.\n`,
  );
  process.exit(status ?? 1);
}

const installed = existsSync(stamp) && readFileSync(stamp, 'utf8') === lock;
if (!installed) {
  run('npm', ['ci', '--no-audit', '--no-fund'], 'Installing the packages of package-lock.json');
  writeFileSync(stamp, lock);
}
run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], 'Compiling what has changed');
