import type { TfObject, TfValue } from './codec';
import type { Block, ProviderSchema, TfType } from '../schema/types';

/** Something a provider has to say about a value; an error ends the operation. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  /** Attribute names from the outside in, with the place in a list between them. */
  readonly path?: readonly (string | number)[];
}

/** A resource as Terraform holds it. */
export interface Held {
  readonly values: TfObject;
  /** What the provider knows it again by; Terraform keeps it with the state, unseen. */
  readonly token: string;
}

/** What Terraform asks to plan. */
export interface PlanRequest {
  readonly type: string;
  readonly block: Block;
  /** Null where it is yet to be made. */
  readonly prior: TfObject | null;
  readonly proposed: TfObject;
  readonly config: TfObject;
  readonly token: string;
}

export interface Plan {
  readonly values: TfObject;
  /** Attributes whose change needs another resource in this one's place. */
  readonly replaces: readonly (readonly string[])[];
  /** Why it cannot be done. */
  readonly refused?: readonly Diagnostic[];
}

/** What Terraform asks to make, change or (`planned` null) destroy. */
export interface ApplyRequest {
  readonly type: string;
  readonly block: Block;
  readonly prior: TfObject | null;
  readonly planned: TfObject | null;
  readonly token: string;
}

/** A function of a provider: `provider::aws::arn_parse`. */
export interface ProviderFunction {
  readonly parameters: readonly { readonly name: string; readonly type: TfType }[];
  readonly returns: TfType;
  /** @throws Error whose message is told beside the call */
  call(values: readonly TfValue[]): TfValue;
}

/** What a provider does, in values instead of bytes. */
export interface Provider {
  schema(): ProviderSchema;
  readonly functions: Readonly<Record<string, ProviderFunction>>;
  validateResource(type: string, block: Block, config: TfObject): Diagnostic[];
  configure(config: TfObject): void;
  plan(request: PlanRequest): Plan;
  /** @throws Refusal */
  apply(request: ApplyRequest): Held | null;
  /** How a resource is now; null where it is gone. */
  read(type: string, held: Held): Held | null;
  /** What stands under an id, to be taken into the state. */
  import(type: string, block: Block, id: string): Held;
  readData(type: string, block: Block, config: TfObject): TfObject;
}

/** What a provider throws when it refuses a change: Terraform goes on with what does not depend on it. */
export class Refusal extends Error {
  /** @param left what stands nevertheless; default: what stood before */
  constructor(
    readonly diagnostic: Diagnostic,
    readonly left?: Held | null,
  ) {
    super(diagnostic.summary);
  }
}
