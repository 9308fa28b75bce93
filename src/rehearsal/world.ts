import { isObject, type TfObject, type TfValue } from './protocol/codec';

/** An answer that a user gives for a data source which nothing in the program makes. */
export interface Fixture {
  /** Type of the data source: `aws_route53_zone`. */
  readonly data: string;
  /** The answer serves where every one of these arguments is given so. Default: always. */
  readonly match?: TfObject;
  readonly values: TfObject;
}

/** What stands: everything that was applied in any stack, and what the user says stands besides. */
export class World {
  private readonly applied = new Map<string, Map<string, TfObject>>();
  private readonly births = new Map<string, number>();

  constructor(readonly fixtures: readonly Fixture[] = []) {}

  /** How often a resource of this type with these very arguments was made before: their ids must differ. */
  birth(seed: string): number {
    const count = this.births.get(seed) ?? 0;
    this.births.set(seed, count + 1);
    return count;
  }

  put(type: string, values: TfObject): void {
    const key = idOf(values);
    const known = this.applied.get(type) ?? new Map<string, TfObject>();
    known.set(key, values);
    this.applied.set(type, known);
  }

  remove(type: string, values: TfObject): void {
    this.applied.get(type)?.delete(idOf(values));
  }

  all(type: string): TfObject[] {
    return [...(this.applied.get(type)?.values() ?? [])];
  }

  /** The applied resource of a type whose arguments hold those that are asked for; the newest where there are several. */
  find(type: string, asked: TfObject): TfObject | undefined {
    // The same Kubernetes object can be made under its old name and under the one with a version.
    const types = type.endsWith('_v1') ? [type, type.slice(0, -3)] : [type, `${type}_v1`];
    return types.flatMap((name) => this.all(name)).findLast((values) => holds(values, asked));
  }

  fixture(type: string, asked: TfObject): TfObject | undefined {
    return this.fixtures.find(({ data, match }) => data === type && holds(asked, match ?? {}))?.values;
  }
}

function idOf(values: TfObject): string {
  const id = values['id'] ?? values['name'];
  return typeof id === 'string' ? id : JSON.stringify(values);
}

/** Whether `values` says everything that `asked` says: null asks nothing, and what `values` does not know cannot differ. */
export function holds(values: TfValue, asked: TfValue): boolean {
  if (asked === null) return true;
  if (Array.isArray(asked)) {
    return asked.length === 0 || (Array.isArray(values) && asked.every((item, i) => holds(values[i] ?? null, item)));
  }
  if (isObject(asked)) {
    return (
      isObject(values) &&
      Object.entries(asked).every(([key, item]) => !(key in values) || holds(values[key] ?? null, item))
    );
  }
  return values === asked;
}
