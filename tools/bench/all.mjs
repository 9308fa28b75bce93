// Runs every benchmark and writes docs/benchmarks.md. Each is also a command of its own: npm run bench:synth and so on.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const names = Object.keys(scripts).filter((name) => name.startsWith('bench:'));
let failed = false;
const parts = names.map((name) => {
  process.stderr.write(`${name} ...\n`);
  const [command, ...args] = scripts[name].split(' ');
  const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });
  if (status !== 0) failed = true;
  // The last line is for machines.
  return `## ${name}\n${stdout.trimEnd().split('\n').slice(0, -1).join('\n').trim()}`;
});
writeFileSync(
  join(root, 'docs/benchmarks.md'),
  `# Benchmarks\nWritten by \`npm run bench\`. Compare ratios, taken in one interleaved run; single figures belong to the machine they name.\n\n${parts.join('\n\n')}\n`,
);
process.stderr.write('docs/benchmarks.md is written\n');
process.exitCode = failed ? 1 : 0;
