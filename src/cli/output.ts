import { exitCodes, Finding, jsonDocument, PlinthError, sentence } from '@plinth/contract';

/** What a command found out. */
export interface Outcome<T> {
  readonly result: T | null;
  readonly errors?: readonly Finding[];
}

/** Findings that mean that a tool is missing, and so end with their own exit code. */
const missingTools = new Set(['terraform-missing']);

/**
 * Runs a command and ends the process with the exit code that fits: 0 ok, 1 a finding, 2 wrong usage, 3 a tool is missing.
 * With `--json` one document goes to standard output, whatever happens; otherwise what `print` makes of the result, and
 * each finding as a sentence to standard error.
 */
export async function conclude<T>(
  json: boolean,
  command: () => Promise<Outcome<T>> | Outcome<T>,
  print: (result: T) => string,
): Promise<void> {
  const { result, errors = [] } = await attempt(command);
  if (json) process.stdout.write(`${JSON.stringify(jsonDocument(result, errors), null, 2)}\n`);
  else {
    const text = result === null ? '' : print(result);
    if (text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    for (const finding of errors) process.stderr.write(`${sentence(finding)}\n`);
  }
  process.exitCode = exitCodeOf(errors);
}

async function attempt<T>(command: () => Promise<Outcome<T>> | Outcome<T>): Promise<Outcome<T>> {
  try {
    return await command();
  } catch (error) {
    if (error instanceof PlinthError) return { result: null, errors: [error.finding] };
    throw error;
  }
}

function exitCodeOf(errors: readonly Finding[]): number {
  if (errors.length === 0) return exitCodes.ok;
  return errors.some(({ code }) => missingTools.has(code)) ? exitCodes.toolMissing : exitCodes.finding;
}

/** Columns of plain text, each as wide as its widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
