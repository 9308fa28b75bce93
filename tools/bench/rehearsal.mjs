// How long the rehearsal of examples/complete takes: synth apart, then plan, apply and plan again of every stack, by the
// real Terraform; and how the time grows with the size of a program (rehearsal-sizes.mjs). The memory is that of the process
// that answers for every provider.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, report, table } from './lib.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);
const { rehearse } = require('../../src/rehearsal/dist/index.js');
// As the command does.
require('../../dist/src/cli/heap.js').keepHeapSmall();
const rounds = Number(process.env.PLINTH_BENCH_ROUNDS ?? 3);
const phases = ['init', 'plan', 'apply', 'replan', 'destroy'];

const runs = [];
for (let round = 0; round < rounds; round++) {
  const begin = performance.now();
  let synth = 0;
  const rehearsal = await rehearse({
    cwd: root,
    app: `${process.execPath} dist/examples/complete/main.js`,
    destroy: true,
    onProgress: ({ phase, state, seconds }) => {
      if (phase === 'synth' && state === 'end') synth = seconds;
    },
  });
  const { stacks, resources, ok } = rehearsal.report;
  await rehearsal.close();
  if (!ok) throw new Error('the rehearsal has findings: plinth rehearse tells them');
  const spent = Object.fromEntries(
    phases.map((phase) => [phase, stacks.reduce((sum, { seconds }) => sum + (seconds[phase] ?? 0), 0)]),
  );
  const whole = (performance.now() - begin) / 1000;
  runs.push({ resources, synth, ...spent, planApplyReplan: spent.plan + spent.apply + spent.replan, whole });
}
const of = (key) => median(runs.map((run) => run[key]));

const programs = join(root, 'tools/bench/rehearsal-sizes.mjs');
const sizes = [1, 10].flatMap((stacks) =>
  [300, 1000, 3000].map((resources) => {
    const args = [programs, String(resources), String(stacks)];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
  }),
);
const sized = (resources, stacks) => sizes.find((size) => size.resources === resources && size.stacks === stacks);
const growth = (stacks) => sized(3000, stacks).seconds / 10 / sized(300, stacks).seconds;
const quick = sized(300, 1).seconds < 8 && sized(1000, 1).seconds < 25 && growth(1) <= 1.2;
const small = sized(300, 1).megabytes < 150;
report({
  name: 'rehearsal',
  ok: of('planApplyReplan') < 60 && quick && small,
  result: { rounds, megabytes: process.resourceUsage().maxRSS / 1024, runs, sizes },
  markdown: [
    `Rehearsal of \`examples/complete\` (${runs[0].resources} resources in five stacks), ${rounds} rounds (medians)`,
    '',
    table(
      ['phase', 'seconds'],
      [
        ...['synth', ...phases].map((phase) => [phase, of(phase).toFixed(1)]),
        ['**plan, apply and plan again** (target under 60)', `**${of('planApplyReplan').toFixed(1)}**`],
        ['from beginning to end', of('whole').toFixed(1)],
      ],
    ),
    '',
    `Peak memory of the providers' process: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB.`,
    '',
    'By size, from init to an empty destroy: a mix of networks, roles, buckets, queues, ConfigMaps, Deployments and Services',
    '',
    table(
      ['resources', 'stacks', 'seconds', "Terraform's processor seconds", 'ours', 'memory of ours'],
      sizes.map(({ resources, stacks, seconds, terraform, ours, megabytes }) => [
        ...[resources, stacks, seconds.toFixed(1), terraform.toFixed(1), ours.toFixed(1)],
        `${megabytes.toFixed(0)} MB`,
      ]),
    ),
    '',
    `Targets: 300 resources in one stack under 8 s and 150 MB, 1,000 under 25 s. From 300 to 3,000, the time for each resource grows ${growth(1).toFixed(2)} times in one stack and ${growth(10).toFixed(2)} times in ten (target: 1.2).`,
  ],
});
