/** A type as Terraform writes it in JSON: `"string"`, `["list","string"]`, `["object",{...}]`. */
export type TfType =
  | 'string'
  | 'number'
  | 'bool'
  | 'dynamic'
  | readonly ['list' | 'set' | 'map', TfType]
  | readonly ['object', Readonly<Record<string, TfType>>];

export type Nesting = 'single' | 'list' | 'set' | 'map';

interface AttributeFlags {
  readonly name: string;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
  /** Terraform shows it nowhere. Default false. */
  readonly sensitive?: boolean;
  /** Terraform hands it over and forgets it: it is in no plan and no state. Default false. */
  readonly writeOnly?: boolean;
}

/** An attribute of a plain type. */
export interface PlainAttribute extends AttributeFlags {
  readonly type: TfType;
  readonly nested?: undefined;
}

/** An attribute whose members have flags of their own (`nested_type` in the protocol). */
export interface NestedAttribute extends AttributeFlags {
  readonly type?: undefined;
  readonly nested: { readonly nesting: Nesting; readonly attributes: readonly Attribute[] };
}

export type Attribute = PlainAttribute | NestedAttribute;

export interface NestedBlock {
  readonly name: string;
  readonly nesting: 'single' | 'list' | 'set';
  readonly minItems: number;
  /** 0 means any number. */
  readonly maxItems: number;
  readonly block: Block;
}

/** What may stand between a pair of braces: the schema of a resource, a data source, a provider, or a block in one. */
export interface Block {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly NestedBlock[];
}

/** The schemas of one provider, as far as they are needed. */
export interface ProviderSchema {
  readonly provider: Block;
  readonly resources: ReadonlyMap<string, Block>;
  readonly dataSources: ReadonlyMap<string, Block>;
  readonly ephemeral: ReadonlyMap<string, Block>;
}

/** The plain type of an attribute, whichever way it is written. */
export function typeOf(attribute: Attribute): TfType {
  if (attribute.nested === undefined) return attribute.type;
  const object: TfType = [
    'object',
    Object.fromEntries(attribute.nested.attributes.map((member) => [member.name, typeOf(member)])),
  ];
  return attribute.nested.nesting === 'single' ? object : [attribute.nested.nesting, object];
}
