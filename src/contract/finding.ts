/**
 * One thing that is wrong, told to a person: what, where, why, and the cure.
 * Every message of Plinth, from synth to request, has this shape.
 */
export interface Finding {
  /** Stable and short, for machines: `unknown-system`, `port-taken`. */
  readonly code: string;
  /** What is wrong. */
  readonly what: string;
  /** Where: a construct path, a file, a flag, a request field. */
  readonly where: string;
  /** Why it cannot be accepted. */
  readonly why: string;
  /** What to do about it. */
  readonly cure: string;
}

/** The finding as one sentence: `where: what, because why; cure.` */
export function sentence(finding: Finding): string {
  return `${finding.where}: ${finding.what}, because ${finding.why}; ${finding.cure}.`;
}

/** The error that carries a finding; its message is the sentence. */
export class PlinthError extends Error {
  override readonly name = 'PlinthError';
  constructor(
    readonly finding: Finding,
    options?: ErrorOptions,
  ) {
    super(sentence(finding), options);
  }
}

/** The one document that every `--json` prints on standard output. */
export interface JsonDocument<T> {
  readonly schemaVersion: 1;
  readonly ok: boolean;
  readonly result: T | null;
  readonly errors: readonly Finding[];
}

/** A document with a result, or, where there are findings, one that is not ok. */
export function jsonDocument<T>(result: T | null, errors: readonly Finding[] = []): JsonDocument<T> {
  return { schemaVersion: 1, ok: errors.length === 0, result, errors };
}

/** Exit codes of every command. */
export const exitCodes = { ok: 0, finding: 1, usage: 2, toolMissing: 3 } as const;
