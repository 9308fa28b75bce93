import { catalogue } from '../../../constructs/catalogue';
import { conclude, table } from '../output';

export interface CatalogueFlags {
  readonly category?: string;
  readonly proven?: boolean;
  readonly json?: boolean;
}

/** `plinth catalogue [SYSTEM...]`: what the platform holds, and what is proven of it. */
export async function catalogueCommand(names: readonly string[], flags: CatalogueFlags): Promise<void> {
  const { category, proven, json = false } = flags;
  await conclude(
    json,
    () => ({
      result: catalogue(names.length === 0 ? undefined : names)
        .filter(({ categories }) => category === undefined || categories.includes(category))
        .filter(({ proof }) => !proven || proof === 'proven'),
    }),
    (rows) => {
      const lines = rows.map((row) => [
        row.system,
        row.categories[0] ?? '',
        row.form,
        row.chart === null ? '' : `${row.chart} ${row.version}`,
        row.licence,
        row.product === 'active' ? row.proof : `${row.proof}, ${row.product}: ${row.now}`,
      ]);
      const count = rows.filter(({ proof }) => proof === 'proven').length;
      return `${table(['system', 'for', 'form', 'chart', 'licence', 'proof'], lines)}\n\n${count} of ${rows.length} proven; docs/catalogue.md says what that means.`;
    },
  );
}
