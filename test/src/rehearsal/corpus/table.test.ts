import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brokenSynths } from '../../../fixtures/rehearsal/broken/synth';
import { brokenPrograms, folder, stages } from './broken-programs';

const file = join(__dirname, '../../../../docs/rehearsal.md');
const files = brokenPrograms().map(({ file: path, programs }) => ({ name: basename(path, '.json'), programs }));
const types = (readFileSync(join(folder, 'types.txt'), 'utf8').match(/^\/\/\/\/ /gm) ?? []).length;

/** How many programs there are, by the stage that must tell them and by what they are about. */
function table(): { text: string; total: number } {
  const words = { init: 'init', validate: 'validate', plan: 'plan', apply: 'apply', replan: 'the second plan' };
  const rows = [
    ['types', types],
    ['synth', brokenSynths.length],
    ...stages.map((stage) => {
      const counts = files.map(
        ({ name, programs }) => [name, programs.filter((one) => one.stage === stage).length] as const,
      );
      const told = counts.filter(([, count]) => count > 0).map(([name, count]) => `${name} ${count}`);
      return [`rehearsal, ${words[stage]}`, counts.reduce((sum, [, count]) => sum + count, 0), told.join(', ')];
    }),
  ] as [string, number, string?][];
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  const lines = [...rows, ['together', total]].map(([stage, count, of = '']) => `| ${stage} | ${count} | ${of} |`);
  return { text: ['| told by | programs | of which |', '|---|---|---|', ...lines].join('\n'), total };
}

test('the table in the docs counts the corpus as it is', () => {
  const { text } = table();
  const between = /(<!-- corpus: [^\n]*-->\n)[\s\S]*(<!-- \/corpus -->)/;
  if (process.env['PLINTH_SAYS'] === 'write') {
    writeFileSync(file, readFileSync(file, 'utf8').replace(between, `$1\n${text}\n\n$2`));
  }
  expect(readFileSync(file, 'utf8')).toContain(text);
});

test('there are 150 programs at least, and no two have one name', () => {
  expect(table().total).toBeGreaterThanOrEqual(150);
  const names = files.flatMap(({ name, programs }) => programs.map((one) => `${name}: ${one.name}`));
  expect(names).toEqual([...new Set(names)]);
});
