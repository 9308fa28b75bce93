import { factsOf } from './facts';
import { checkConfig, replacedBy } from './facts/check';
import {
  digitsOf,
  conform,
  fillUnknown,
  plausible,
  unknownWhereComputed,
  type Curated,
  type Making,
} from './plausible';
import { isKnown, isObject, type TfObject, type TfValue } from './protocol/codec';
import {
  Refusal,
  type ApplyRequest,
  type Diagnostic,
  type Held,
  type Plan,
  type PlanRequest,
  type Provider,
  type ProviderFunction,
} from './protocol/provider';
import { typeOf, type Block, type ProviderSchema } from './schema/types';
import type { World } from './world';

/** The account of AWS's own documentation. */
export const account = '111122223333';

/** What is known of one provider's types beyond their schemas. */
export interface Knowledge {
  /** Values of attributes that only the provider can know. */
  readonly curated: Curated;
  /** Members of a data source's answer; undefined where nothing special is known. */
  answer(type: string, config: TfObject, making: Making, world: World): TfObject | undefined;
  /** Told after a resource was made, changed or destroyed (`after` null). */
  changed?(type: string, before: TfObject | null, after: TfObject | null): void;
  /** Values that the provider adds to every plan: default tags. */
  planned?(values: TfObject, providerConfig: TfObject): TfObject;
}

export interface RehearsedProviderProps {
  readonly schema: () => ProviderSchema;
  readonly world: World;
  readonly knowledge: Knowledge;
  readonly functions?: Readonly<Record<string, ProviderFunction>>;
  /** Asked before every change: makes it fail, to show what Terraform leaves behind. Default: nothing fails. */
  readonly fail?: Fail;
}

/** A change that Terraform asks for. */
export interface Change {
  readonly type: string;
  readonly operation: 'create' | 'update' | 'delete';
  readonly before: TfObject | null;
  readonly after: TfObject | null;
}

/** How a change fails. */
export interface Failure {
  readonly summary: string;
  readonly detail: string;
  /** The cloud did what was asked, and only the answer was lost. Default false: nothing was done. */
  readonly done?: boolean;
}

export type Fail = (change: Change) => Failure | undefined;

/** A provider without a cloud: it plans as the schema says, and answers with values that a real one could have given. */
export class RehearsedProvider implements Provider {
  private config: TfObject = {};

  constructor(private readonly props: RehearsedProviderProps) {}

  get functions(): Readonly<Record<string, ProviderFunction>> {
    return this.props.functions ?? {};
  }

  schema(): ProviderSchema {
    return this.props.schema();
  }

  configure(config: TfObject): void {
    this.config = config;
  }

  validateResource(type: string, block: Block, config: TfObject): Diagnostic[] {
    const own = block.attributes
      .filter(({ computed, optional, required }) => computed && !optional && !required)
      .filter(({ name }) => config[name] !== null && config[name] !== undefined)
      .map(({ name }): Diagnostic => ({
        severity: 'error',
        summary: 'Value for an attribute that only the provider can set',
        detail: `${type} decides "${name}" itself; leave it out.`,
        path: [name],
      }));
    const facts = factsOf(type);
    return facts === undefined ? own : [...own, ...checkConfig(type, facts, config)];
  }

  plan({ type, block, prior, proposed, token }: PlanRequest): Plan {
    const values = withoutWriteOnly(block, this.props.knowledge.planned?.(proposed, this.config) ?? proposed);
    if (type === 'kubernetes_manifest') {
      return { values: { ...values, object: values['manifest'] ?? null }, replaces: [] };
    }
    if (prior === null) return { values: unknownWhereComputed(block, values), replaces: [] };
    const facts = factsOf(type);
    // Of what was imported without a description nobody can say that it differs.
    const blank = this.props.world.get(token)?.blank === true;
    if (facts === undefined || blank) return { values, replaces: [] };
    const replaces = replacedBy(facts, prior, values, block);
    return { values, replaces, refused: replaces.length > 0 ? [] : (facts.change?.(prior, values) ?? []) };
  }

  apply(request: ApplyRequest): Held | null {
    const { type, prior, planned } = request;
    const operation = planned === null ? 'delete' : prior === null ? 'create' : 'update';
    const failure = this.props.fail?.({ type, operation, before: prior, after: planned });
    if (failure === undefined) return this.change(request);
    const { summary, detail, done = false } = failure;
    const diagnostic = { severity: 'error', summary, detail } as const;
    if (!done) throw new Refusal(diagnostic);
    const made = this.change(request);
    // What was half made is tainted; of a change or an end whose answer was lost, Terraform learns when it looks again.
    throw operation === 'create' ? new Refusal(diagnostic, made) : new Refusal(diagnostic);
  }

  private change({ type, block, prior, planned, token }: ApplyRequest): Held | null {
    const { world, knowledge } = this.props;
    if (planned === null) {
      // Of a tainted resource that is replaced, Terraform hands over the values alone.
      world.remove(token === '' && prior !== null ? (world.tokenOf(type, prior) ?? '') : token);
      knowledge.changed?.(type, prior, null);
      return null;
    }
    const values = fillUnknown(block, planned, this.making(type, planned, prior === null), knowledge.curated);
    const held = { values, token: prior === null ? world.token() : token };
    world.put(held.token, type, values);
    knowledge.changed?.(type, prior, values);
    return held;
  }

  read(type: string, held: Held): Held | null {
    const { world } = this.props;
    const now = world.get(held.token);
    if (now !== undefined) return { ...held, values: now.values };
    if (world.knows(held.token)) return null;
    // Of another world, such as an older state: it stands as the state says.
    const adopted = { values: held.values, token: world.token() };
    world.put(adopted.token, type, adopted.values);
    return adopted;
  }

  import(type: string, block: Block, id: string): Held {
    const { world, knowledge } = this.props;
    const standing = world.standingAt(type, id);
    // Of what nobody told us anything, only the id is known: the plan then says what the program makes of it.
    const blank: TfObject = Object.fromEntries([
      ...block.attributes.map(({ name }) => [name, null] as const),
      ...block.blocks.map(({ name, nesting }) => [name, nesting === 'single' ? null : []] as const),
    ]);
    const token = world.token();
    const made = fillUnknown(
      block,
      unknownWhereComputed(block, { ...blank, ...standing, id }),
      this.making(type, { id }, false),
      knowledge.curated,
    );
    const values = Object.fromEntries(Object.keys(blank).map((name) => [name, made[name] ?? null]));
    world.put(token, type, values, standing === undefined);
    return { values, token };
  }

  readData(type: string, block: Block, config: TfObject): TfObject {
    const { world, knowledge } = this.props;
    const making = this.making(type, config, false);
    const asked = Object.fromEntries(block.attributes.map(({ name }) => [name, config[name] ?? null]));
    for (const { name } of block.blocks) if (name === 'metadata') asked[name] = config[name] ?? null;
    const found = {
      ...(world.find(type, asked) ?? {}),
      ...(knowledge.answer(type, config, making, world) ?? {}),
      ...(world.fixture(type, config) ?? {}),
    };
    const answer: TfObject = { ...config };
    for (const attribute of block.attributes) {
      const { name, computed, optional } = attribute;
      const given = config[name] ?? null;
      if (given !== null || !computed) continue;
      const around = { ...making, values: { ...making.values, ...found } };
      answer[name] =
        found[name] === undefined || found[name] === null
          ? plausible(typeOf(attribute), name, around, knowledge.curated, !optional)
          : conform(found[name], typeOf(attribute), name, around, knowledge.curated);
    }
    for (const { name, block: inner } of block.blocks) {
      const given = config[name] ?? null;
      const fromFound = found[name];
      if (Array.isArray(given) && Array.isArray(fromFound)) {
        answer[name] = given.map((item, i) => within(inner, item, fromFound[i] ?? null));
      }
    }
    return answer;
  }

  private making(type: string, values: TfObject, birth: boolean): Making {
    const seed = `${type} ${JSON.stringify(known(values))}`;
    const count = birth ? this.props.world.birth(seed) : 0;
    const configured = this.config['region'];
    const own = values['region'];
    const fallback = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
    const region = typeof own === 'string' ? own : typeof configured === 'string' ? configured : fallback;
    return { type, values, region, account, digits: digitsOf(count === 0 ? seed : `${seed} ${count}`) };
  }
}

/** What Terraform hands over and forgets stands in no plan. */
function withoutWriteOnly(block: Block, values: TfObject): TfObject {
  const forgotten = block.attributes.filter(({ writeOnly }) => writeOnly === true).map(({ name }) => [name, null]);
  return forgotten.length === 0 ? values : { ...values, ...Object.fromEntries(forgotten) };
}

/** A block of a data source, its computed members taken from what was found. */
function within(block: Block, given: TfValue, found: TfValue): TfValue {
  if (!isObject(given) || !isObject(found)) return given;
  const result: TfObject = { ...given };
  for (const { name, computed } of block.attributes)
    if (computed && result[name] === null) result[name] = found[name] ?? null;
  return result;
}

function known(values: TfObject): TfObject {
  return Object.fromEntries(
    Object.keys(values)
      .sort()
      .filter((key) => values[key] !== null && isKnown(values[key] ?? null))
      .map((key) => [key, values[key] ?? null]),
  );
}
