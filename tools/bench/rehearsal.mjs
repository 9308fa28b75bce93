// How long the rehearsal of examples/complete takes: synth apart, then plan, apply and plan again of every stack, by the
// real Terraform. The memory is that of the process that answers for every provider.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, report, table } from './lib.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const { rehearse } = createRequire(import.meta.url)('../../src/rehearsal/dist/index.js');
const rounds = Number(process.env.PLINTH_BENCH_ROUNDS ?? 3);
const phases = ['init', 'validate', 'plan', 'apply', 'replan', 'destroy'];

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
report({
  name: 'rehearsal',
  ok: of('planApplyReplan') < 60,
  result: { rounds, megabytes: process.resourceUsage().maxRSS / 1024, runs },
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
  ],
});
