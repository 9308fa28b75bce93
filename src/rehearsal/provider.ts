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
import { Refusal, type Diagnostic, type Provider } from './protocol/server';
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
  /** Refuses to make a resource: for showing that the next apply converges. */
  readonly refuse?: (type: string, values: TfObject) => string | undefined;
}

/** A provider without a cloud: it plans as the schema says, and answers with values that a real one could have given. */
export class RehearsedProvider implements Provider {
  private config: TfObject = {};

  constructor(private readonly props: RehearsedProviderProps) {}

  schema(): ProviderSchema {
    return this.props.schema();
  }

  configure(config: TfObject): void {
    this.config = config;
  }

  validateResource(type: string, block: Block, config: TfObject): Diagnostic[] {
    return block.attributes
      .filter(({ computed, optional, required }) => computed && !optional && !required)
      .filter(({ name }) => config[name] !== null && config[name] !== undefined)
      .map(({ name }) => ({
        severity: 'error',
        summary: 'Value for an attribute that only the provider can set',
        detail: `${type} decides "${name}" itself; leave it out.`,
        path: [name],
      }));
  }

  plan(type: string, block: Block, prior: TfObject | null, proposed: TfObject, _config: TfObject): TfObject {
    const values = this.props.knowledge.planned?.(proposed, this.config) ?? proposed;
    if (type === 'kubernetes_manifest') return { ...values, object: values['manifest'] ?? null };
    return prior === null ? unknownWhereComputed(block, values) : values;
  }

  apply(type: string, block: Block, prior: TfObject | null, planned: TfObject | null): TfObject | null {
    const { world, knowledge } = this.props;
    if (planned === null) {
      if (prior !== null) world.remove(type, prior);
      knowledge.changed?.(type, prior, null);
      return null;
    }
    const refusal = this.props.refuse?.(type, planned);
    if (refusal !== undefined) {
      throw new Refusal({ severity: 'error', summary: `${type} was refused`, detail: refusal });
    }
    const made = fillUnknown(block, planned, this.making(type, planned, prior === null), knowledge.curated);
    if (prior !== null) world.remove(type, prior);
    world.put(type, made);
    knowledge.changed?.(type, prior, made);
    return made;
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
