import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sentence, type Finding } from '@plinth/contract';
import { rehearse } from '@plinth/rehearsal';
import { brokenPrograms, merged, ownerOf, prefixOf, renamed, stages, type BrokenProgram } from './broken-programs';

const files = brokenPrograms();
const programs = files.flatMap((file) => file.programs);

const configured = {
  provider: { aws: [{ region: 'eu-west-1' }], kubernetes: [{}], helm: [{}] },
  terraform: {
    required_providers: Object.fromEntries(
      ['aws', 'kubernetes', 'helm'].map((name) => [name, { source: `hashicorp/${name}` }]),
    ),
  },
};

interface Stack {
  readonly name: string;
  readonly json: object;
  /** Indices of the programs in it. */
  readonly holds: readonly number[];
}

function stacksOf(all: readonly BrokenProgram[]): Stack[] {
  const index = new Map(all.map((program, i) => [program, i]));
  const numbers = (chosen: readonly BrokenProgram[]): number[] => chosen.map((program) => index.get(program) ?? -1);
  const shared = stages.map((stage) => {
    const together = all.filter((program) => program.stage === stage && program.alone !== true);
    const holds = numbers(together);
    return {
      name: stage,
      json: merged([configured, ...together.map(({ json }, i) => renamed(json, prefixOf(holds[i] ?? -1)))]),
      holds,
    };
  });
  const single = all.filter(({ alone }) => alone === true);
  const own = numbers(single).map((number, i) => ({
    name: `alone-${number}`,
    json: merged([configured, single[i]?.json ?? {}]),
    holds: [number],
  }));
  return [...shared.filter(({ holds }) => holds.length > 0), ...own];
}

/** Everything that was found, by the number of the program. */
const told = new Map<number, { phase: string; says: string }[]>();
const strays: string[] = [];

/** Which command of Terraform said it; a second plan that is not empty is found by looking at it. */
const phaseOf = ({ what }: Finding): string => /^terraform (\w+)/.exec(what)?.[1] ?? 'replan';

beforeAll(async () => {
  const outdir = mkdtempSync(join(tmpdir(), 'plinth-broken-'));
  const stacks = stacksOf(programs);
  const texts = new Map<string, string>();
  for (const { name, json } of stacks) {
    mkdirSync(join(outdir, name));
    const text = JSON.stringify(json, null, 2);
    texts.set(name, text);
    writeFileSync(join(outdir, name, 'cdk.tf.json'), text);
  }
  const manifest = Object.fromEntries(
    stacks.map(({ name }) => [name, { name, synthesizedStackPath: `${name}/cdk.tf.json` }]),
  );
  writeFileSync(join(outdir, 'manifest.json'), JSON.stringify({ stacks: manifest }));
  try {
    const rehearsal = await rehearse({ cwd: join(__dirname, '../../../..'), outdir });
    await rehearsal.close();
    for (const finding of rehearsal.report.findings) {
      const stack = /^stack ([\w-]+)/.exec(finding.where)?.[1] ?? '';
      const holds = stacks.find(({ name }) => name === stack)?.holds ?? [];
      const owner = stack.startsWith('alone') ? holds[0] : ownerOf(finding, texts.get(stack) ?? '', holds, programs);
      if (owner === undefined || !holds.includes(owner)) {
        strays.push(sentence(finding));
        continue;
      }
      const says = sentence({ ...finding, where: finding.where.replace(stack, 'broken') })
        .replaceAll(/(cdk\.tf\.json line )\d+/g, '$1N')
        .replaceAll(/(cdk\.tf\.json:)[\d,-]+/g, '$1N')
        .replaceAll(prefixOf(owner), '');
      told.set(owner, [...(told.get(owner) ?? []), { phase: phaseOf(finding), says }]);
    }
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
  if (process.env['PLINTH_SAYS'] === 'write') write();
}, 280_000);

/** For authors: what was told becomes what is expected. */
function write(): void {
  programs.forEach((program, i) => {
    const says = (told.get(i) ?? []).map((one) => one.says);
    program.says = says.length === 1 ? (says[0] ?? '') : says;
  });
  for (const file of files) writeFileSync(file.file, JSON.stringify(file.programs, null, 2));
}

test('every finding belongs to a program', () => expect(strays).toEqual([]));

test.each(programs.map((program, i) => [program.name, program, i] as const))('%s', (_name, { says, stage }, i) => {
  const found = told.get(i) ?? [];
  expect(found.map((one) => one.says)).toEqual(typeof says === 'string' ? [says] : says);
  expect(new Set(found.map(({ phase }) => phase))).toEqual(new Set([stage]));
});
