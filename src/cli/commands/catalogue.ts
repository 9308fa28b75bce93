import { nearest, PlinthError } from '@plinth/contract';
import { catalogue, type CatalogueRow } from '../../../constructs/catalogue';
import { table } from '../voice';
import type { AddCommand } from './command';

export const addCatalogue: AddCommand = (program, context) => {
  program
    .command('catalogue')
    .description('lists every system: how it arrives, chart, licence, and whether it is proven')
    .option('--category <name>', 'only systems of this category')
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action(({ category, json = false }: { category?: string; json?: boolean }) => {
      const all = catalogue();
      const rows = category === undefined ? all : ofCategory(all, category);
      const shown = rows.map(({ system, categories, form, chart, version, licence, product, proof, now }) => [
        system,
        categories.join(', '),
        form,
        chart === null ? '' : `${chart} ${version ?? ''}`.trim(),
        licence,
        product === 'active' ? proof : now === null ? product : `${product}: ${now}`,
      ]);
      const proven = rows.filter(({ proof }) => proof === 'proven').length;
      const head = ['SYSTEM', 'CATEGORIES', 'FORM', 'CHART', 'LICENCE', 'STATUS'];
      const text = `${table([head, ...shown])}\n\n${rows.length} systems, ${proven} proven.\n`;
      context.done({ result: rows, findings: [], text }, json);
    });
};

const examples = `
Examples:
  plinth catalogue
  plinth catalogue --category 'vector databases'
  plinth catalogue --json | jq '.result[] | select(.proof == "proven") | .system'`;

function ofCategory(rows: readonly CatalogueRow[], category: string): CatalogueRow[] {
  const known = [...new Set(rows.flatMap(({ categories }) => categories))];
  const asked = category.toLowerCase();
  const name = known.find((candidate) => candidate.toLowerCase() === asked);
  if (name !== undefined) return rows.filter(({ categories }) => categories.includes(name));
  const near = nearest(category, known) ?? known.find((candidate) => candidate.toLowerCase().includes(asked));
  throw new PlinthError({
    code: 'unknown-category',
    what: `there is no category "${category}"`,
    where: 'plinth catalogue --category',
    why: `the catalogue has ${known.join(', ')}`,
    cure: near === undefined ? 'name one of these' : `did you mean "${near}"`,
  });
}
