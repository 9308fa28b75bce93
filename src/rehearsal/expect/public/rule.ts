import type { AppliedResource } from '../../report';

export type Values = Readonly<Record<string, unknown>>;

/** One way for a resource to be open to everybody. */
export interface PublicRule {
  /** Stable and short. */
  readonly code: string;
  readonly types: readonly string[];
  /** What is wrong, as a sentence without its subject: `it faces the internet`. */
  readonly says: string;
  /** Whether it is so, or with which particular. */
  readonly fires: (values: Values, resources: readonly AppliedResource[]) => boolean | string;
}

/** The blocks of that name, whether they stand in a list or alone. */
export const blocksOf = (values: Values, name: string): Values[] =>
  [values[name] ?? []].flat().filter((block): block is Values => typeof block === 'object' && block !== null);

export const textsOf = (values: Values, name: string): string[] =>
  [values[name] ?? []].flat().filter((text): text is string => typeof text === 'string');
