import type { formats } from '../formats';
import type { TfObject, TfValue } from '../protocol/codec';
import type { Diagnostic } from '../protocol/provider';

/** The name of a check of `formats`. */
export type Format = keyof typeof formats;

/** What a text or number has to be. */
export type Rule =
  | { readonly oneOf: readonly string[] }
  /** `means` ends the sentence "give ...". */
  | { readonly pattern: RegExp; readonly means: string }
  /** Least and greatest number of characters. */
  | { readonly length: readonly [least: number, most: number] }
  /** Least and greatest number. */
  | { readonly between: readonly [least: number, most: number] }
  | { readonly format: Format };

/**
 * What a provider knows of one type of resource beyond the types of its arguments, and which is in no binding. Arguments are named by
 * dotted paths without places in lists: `vpc_config.subnet_ids`.
 */
export interface TypeFacts {
  /** The page or file where these facts stand. */
  readonly source: string;
  /** What it holds is lost with it. */
  readonly stateful?: true;
  /**
   * Arguments whose change needs another resource in this one's place (ForceNew). Of a block, whatever changes in it; with `.#`
   * behind its path only that such a block comes or goes, which is all that ForceNew of a block means to the provider's SDK.
   */
  readonly replaces?: readonly string[];
  /** Arguments that Terraform must not show. */
  readonly sensitive?: readonly string[];
  /** Arguments that Terraform hands over and forgets. */
  readonly writeOnly?: readonly string[];
  /** Groups of arguments of which exactly one is given. */
  readonly exactlyOneOf?: readonly (readonly string[])[];
  /** Groups of arguments of which no two are given together (ConflictsWith). */
  readonly atMostOneOf?: readonly (readonly string[])[];
  readonly atLeastOneOf?: readonly (readonly string[])[];
  /** Groups of arguments of which all are given, or none (RequiredWith). */
  readonly together?: readonly (readonly string[])[];
  readonly rules?: Readonly<Record<string, Rule | readonly Rule[]>>;
  /** What the provider takes where an argument is left out. */
  readonly defaults?: Readonly<Record<string, TfValue>>;
  /** What no single argument tells: a selector that does not match the labels of its pods. */
  readonly check?: (config: TfObject) => readonly Diagnostic[];
  /** What the API refuses of a change that the provider tries in place. */
  readonly change?: (prior: TfObject, planned: TfObject) => readonly Diagnostic[];
}

/** Fact sheets by the type of the resource. */
export type FactSheets = Readonly<Record<string, TypeFacts>>;
