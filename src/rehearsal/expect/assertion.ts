/**
 * An expectation that does not hold. Every test runner shows its message as it stands; of what is called `AssertionError`, Jest would show
 * two values that are not there.
 */
export class RehearsalAssertionError extends Error {
  override readonly name = 'RehearsalAssertionError';
}

/** A list of sentences under a heading, as the messages of this room have them. */
export function listed(heading: string, lines: readonly string[]): string {
  return [heading, ...lines.map((line) => `  - ${line}`)].join('\n');
}
