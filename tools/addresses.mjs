// Writes the list of every address in examples/ anew. An address is a promise: one that goes destroys a resource
// somewhere, so look at the difference before it is committed, and record a move where one is due.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'test/examples/addresses');
mkdirSync(folder, { recursive: true });
for (const example of ['minimal', 'complete', 'team']) {
  const outdir = mkdtempSync(join(tmpdir(), 'plinth-addresses-'));
  const env = { ...process.env, CDKTF_OUTDIR: outdir };
  const { status } = spawnSync('npx', ['tsx', `examples/${example}/main.ts`], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(1);
  const { stacks } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
  const addresses = Object.entries(stacks).flatMap(([stack, { synthesizedStackPath }]) => {
    const { resource = {} } = JSON.parse(readFileSync(join(outdir, synthesizedStackPath), 'utf8'));
    return Object.entries(resource).flatMap(([type, blocks]) =>
      Object.keys(blocks).map((name) => `${stack}/${type}.${name}`),
    );
  });
  // The files of the runtime's sources come and go with them.
  const kept = addresses.filter((address) => !address.includes('runtime-image_files_'));
  writeFileSync(join(folder, `${example}.txt`), `${kept.sort().join('\n')}\n`);
  rmSync(outdir, { recursive: true, force: true });
}
