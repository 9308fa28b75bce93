import { randomBytes } from 'node:crypto';
import { isObject, type TfObject, type TfValue } from './protocol/codec';

/** An answer that a user gives for a data source which nothing in the program makes. */
export interface Fixture {
  /** Type of the data source: `aws_route53_zone`. */
  readonly data: string;
  /** The answer serves where every one of these arguments is given so. Default: always. */
  readonly match?: TfObject;
  readonly values: TfObject;
}

/** Something that stands. */
export interface Thing {
  readonly type: string;
  readonly values: TfObject;
  /** It was imported, and nobody said what it is like. */
  readonly blank?: boolean;
}

/** How a world was at one moment; things themselves never change, they are replaced. */
export interface WorldSnapshot {
  readonly things: ReadonlyMap<string, Thing>;
  readonly births: ReadonlyMap<string, number>;
}

/**
 * What stands: everything that was applied in any stack, and what the user says stands besides. Each thing has a token, which Terraform
 * keeps with the resource (the `private` of the plugin protocol), so that a thing is known again whatever its id is.
 */
export class World {
  private things = new Map<string, Thing>();
  private births = new Map<string, number>();
  /** Tokens of other worlds do not begin so. */
  private readonly name = randomBytes(6).toString('hex');
  private tokens = 0;

  /** Tokens of what went, in the order in which it went. */
  readonly removals: string[] = [];

  constructor(readonly fixtures: readonly Fixture[] = []) {}

  /** How often a resource of this type with these very arguments was made before: their ids must differ. */
  birth(seed: string): number {
    const count = this.births.get(seed) ?? 0;
    this.births.set(seed, count + 1);
    return count;
  }

  token(): string {
    return `${this.name}-${this.tokens++}`;
  }

  /** Whether a token was given here, so that a thing which is missing is gone, and not of another world. */
  knows(token: string): boolean {
    return token.startsWith(`${this.name}-`);
  }

  put(token: string, type: string, values: TfObject, blank = false): void {
    // What was changed last is found first.
    this.things.delete(token);
    this.things.set(token, blank ? { type, values, blank } : { type, values });
  }

  get(token: string): Thing | undefined {
    return this.things.get(token);
  }

  remove(token: string): void {
    if (this.things.delete(token)) this.removals.push(token);
  }

  /** The token of a thing of which only the values are known. */
  tokenOf(type: string, values: TfObject): string | undefined {
    const alike = [...this.things].filter(([, thing]) => thing.type === type && thing.values['id'] === values['id']);
    const text = JSON.stringify(values);
    return (alike.find(([, thing]) => JSON.stringify(thing.values) === text) ?? alike[0])?.[0];
  }

  /** Everything that stands, by its token. */
  all(): ReadonlyMap<string, Thing> {
    return this.things;
  }

  /** The applied resource of a type whose arguments hold those that are asked for; the newest where there are several. */
  find(type: string, asked: TfObject): TfObject | undefined {
    // The same Kubernetes object can be made under its old name and under the one with a version.
    const types = type.endsWith('_v1') ? [type, type.slice(0, -3)] : [type, `${type}_v1`];
    return [...this.things.values()].findLast((thing) => types.includes(thing.type) && holds(thing.values, asked))
      ?.values;
  }

  fixture(type: string, asked: TfObject): TfObject | undefined {
    return this.fixtures.find(({ data, match }) => data === type && holds(asked, match ?? {}))?.values;
  }

  /** What stands under an id, as far as anybody told: what was applied, or a fixture that matches by `id`. */
  standingAt(type: string, id: string): TfObject | undefined {
    return (
      this.find(type, { id }) ?? this.fixtures.find(({ data, match }) => data === type && match?.['id'] === id)?.values
    );
  }

  snapshot(): WorldSnapshot {
    return { things: new Map(this.things), births: new Map(this.births) };
  }

  restore({ things, births }: WorldSnapshot): void {
    this.things = new Map(things);
    this.births = new Map(births);
  }
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
