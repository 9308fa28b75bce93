// How much longer Plinth takes to synthesize examples/complete than plain cdktf emitting the same resources.
// The plain program is made from what was synthesized: the same stacks, the same binding classes, the same arguments,
// and none of Plinth. Both run in turn, so that a machine that changes its pace changes it for both.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measured, median, report, table } from './lib.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const rounds = Number(process.env.PLINTH_BENCH_ROUNDS ?? 5);
const work = mkdtempSync(join(tmpdir(), 'plinth-bench-'));

const camel = (value) => {
  if (Array.isArray(value)) return value.map(camel);
  if (value === null || typeof value !== 'object') return value;
  const name = (key) => key.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [name(key), camel(item)]));
};

/** The class that stands for a resource type, or undefined for what no binding has (terraform_data). */
function bindingOf(type, kind) {
  const [provider, ...rest] = type.split('_');
  const path = join(
    root,
    'node_modules/@cdktf',
    `provider-${provider}`,
    'lib',
    `${kind === 'data' ? `data-${provider}-` : ''}${rest.join('-')}`,
    'index.js',
  );
  return existsSync(path) ? path : undefined;
}

/** A program without Plinth that emits what was synthesized: the same arguments by the same classes, the same assets. */
function plainProgram(outdir) {
  const { stacks } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
  let count = 0;
  const lines = Object.entries(stacks).flatMap(([name, { synthesizedStackPath }]) => {
    const {
      provider = {},
      resource = {},
      data = {},
    } = JSON.parse(readFileSync(join(outdir, synthesizedStackPath), 'utf8'));
    const made = [];
    for (const [kind, types] of Object.entries({ resource, data })) {
      for (const [type, blocks] of Object.entries(types)) {
        for (const [id, block] of Object.entries(blocks)) {
          const { depends_on: dependsOn, ...args } = Object.fromEntries(
            Object.entries(block).filter(([key]) => key !== '//'),
          );
          const config = { ...camel(args), ...(dependsOn && { dependsOn: dependsOn.map((fqn) => ({ fqn })) }) };
          made.push([bindingOf(type, kind) ?? null, type, id, config, kind]);
          count += 1;
        }
      }
    }
    const folder = join(outdir, dirname(synthesizedStackPath), 'assets');
    const assets = existsSync(folder)
      ? readdirSync(folder).map((id) => {
          const [hash = ''] = readdirSync(join(folder, id));
          const inside = readdirSync(join(folder, id, hash), { withFileTypes: true });
          const file = inside.length === 1 && inside[0].isFile() ? inside[0].name : undefined;
          return [id, join(folder, id, hash, file ?? ''), file === undefined ? 1 : 0];
        })
      : [];
    const providers = Object.entries(provider).flatMap(([type, configs]) =>
      configs.map((config) => [bindingOf(`${type}_provider`, 'resource'), type, camel(config)]),
    );
    return `stack(${JSON.stringify([name, providers, made, assets])});`;
  });
  const head = `
    const { App, TerraformStack, TerraformResource, TerraformAsset, LocalBackend } = require('cdktf');
    const app = new App();
    function stack([name, providers, made, assets]) {
      const stack = new TerraformStack(app, name);
      new LocalBackend(stack, {});
      for (const [path, type, config] of providers) {
        const binding = Object.values(require(path)).find((one) => one.tfResourceType === type);
        new binding(stack, type, config);
      }
      for (const [path, type, id, config, kind] of made) {
        if (path === null) {
          if (kind === 'data') stack.addOverride('data.' + type + '.' + id, config);
          else Object.assign(new TerraformResource(stack, id, { ...config, terraformResourceType: type }), {});
          continue;
        }
        const binding = Object.values(require(path)).find((one) => one.tfResourceType === type);
        new binding(stack, id, config);
      }
      for (const [id, path, type] of assets) new TerraformAsset(stack, 'asset-' + id, { path, type });
    }`;
  return { text: [head, ...lines, 'app.synth();'].join('\n'), count };
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
  const peak = median(runs.plinth.map(({ megabytes }) => megabytes));
  report({
    name: 'synth',
    ok: ratio <= 1.5 && peak < 700,
    result: { resources: count, rounds, ratio, megabytes: peak, runs },
    markdown: [
      `Synthesis of \`examples/complete\` (${count} resources and data sources), ${rounds} rounds in turn (medians)`,
      '',
      table(
        ['program', 'seconds', 'peak MB'],
        [
          row('examples/complete', runs.plinth),
          row('plain cdktf, the same resources', runs.plain),
          [`**ratio** (target at most 1.5; under 700 MB)`, `**${ratio.toFixed(2)}**`, ''],
        ],
      ),
    ],
  });
} finally {
  rmSync(work, { recursive: true, force: true });
}
