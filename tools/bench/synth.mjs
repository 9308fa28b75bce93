// How much longer Plinth takes to synthesize examples/complete than plain cdktf emitting the same resources.
// The plain program is made from what was synthesized: the same stacks, the same binding classes, the same arguments,
// and none of Plinth. Both run in turn, so that a machine that changes its pace changes it for both.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machine, measured, median, table } from './lib.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const rounds = Number(process.env.PLINTH_BENCH_ROUNDS ?? 5);
const work = mkdtempSync(join(tmpdir(), 'plinth-bench-'));

function plainProgram(outdir) {
  const { stacks } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
  const lines = [
    "const { App, TerraformStack, TerraformResource, TerraformOutput, LocalBackend } = require('cdktf');",
    'const app = new App();',
  ];
  const classOf = (type, data) => {
    const [provider, ...rest] = type.split('_');
    const file = `${data ? `data-${provider}-` : ''}${rest.join('-')}`;
    const module = `@cdktf/provider-${provider}/lib/${file}`;
    try {
      const path = join(root, 'node_modules', module, 'index.js');
      readFileSync(path);
      return path;
    } catch {
      return undefined;
    }
  };
  let count = 0;
  Object.entries(stacks).forEach(([name, { synthesizedStackPath }], index) => {
    const json = JSON.parse(readFileSync(join(outdir, synthesizedStackPath), 'utf8'));
    lines.push(`const s${index} = new TerraformStack(app, ${JSON.stringify(name)}); new LocalBackend(s${index}, {});`);
    lines.push(
      `s${index}.addOverride('provider', ${JSON.stringify(json.provider ?? {})}); s${index}.node.addValidation = () => {};`,
    );
    for (const [kind, data] of [
      ['resource', false],
      ['data', true],
    ]) {
      for (const [type, blocks] of Object.entries(json[kind] ?? {})) {
        const path = classOf(type, data);
        for (const [id, block] of Object.entries(blocks)) {
          const args = Object.fromEntries(Object.entries(block).filter(([key]) => key !== '//'));
          count += 1;
          if (path === undefined) {
            lines.push(`s${index}.addOverride(${JSON.stringify(`${kind}.${type}.${id}`)}, ${JSON.stringify(args)});`);
            continue;
          }
          lines.push(
            `{ const m = require(${JSON.stringify(path)}); const C = Object.values(m).find((c) => c.tfResourceType === ${JSON.stringify(type)}); ` +
              `const r = new C(s${index}, ${JSON.stringify(id)}, {}); ` +
              `for (const [k, v] of Object.entries(${JSON.stringify(args)})) r.addOverride(k, v); }`,
          );
        }
      }
    }
  });
  lines.push('app.skipValidation = true; app.synth();');
  return { text: lines.join('\n'), count };
}

try {
  const complete = join(root, 'dist/examples/complete/main.js');
  const outdir = join(work, 'plinth');
  const env = (folder) => ({ ...process.env, CDKTF_OUTDIR: folder });
  await measured(process.execPath, [complete], { cwd: root, env: env(outdir) });
  const { text, count } = plainProgram(outdir);
  const plain = join(root, 'dist', `bench-plain-${process.pid}.cjs`);
  writeFileSync(plain, text);
  const runs = { plinth: [], plain: [] };
  try {
    for (let round = 0; round <= rounds; round++) {
      const mine = await measured(process.execPath, [complete], { cwd: root, env: env(outdir) });
      const other = await measured(process.execPath, [plain], { cwd: root, env: env(join(work, 'plain')) });
      // The first round warms the file system's cache.
      if (round > 0) {
        runs.plinth.push(mine);
        runs.plain.push(other);
      }
    }
  } finally {
    rmSync(plain, { force: true });
  }
  const row = (name, list) => [
    name,
    median(list.map(({ seconds }) => seconds)).toFixed(2),
    median(list.map(({ megabytes }) => megabytes)).toFixed(0),
  ];
  const ratio = median(runs.plinth.map(({ seconds }, i) => seconds / runs.plain[i].seconds));
  const result = { bench: 'synth', machine: machine(), resources: count, rounds, ratio, target: 1.5, runs };
  process.stderr.write(`${machine()}; ${count} resources and data sources, ${rounds} rounds in turn\n\n`);
  process.stderr.write(
    `${table(['program', 'seconds (median)', 'MB (median peak)'], [row('examples/complete', runs.plinth), row('plain cdktf', runs.plain)])}\n\n`,
  );
  process.stderr.write(`ratio ${ratio.toFixed(2)} (target: at most 1.5), memory target 700 MB\n`);
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
