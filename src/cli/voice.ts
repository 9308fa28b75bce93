import { exitCodes, jsonDocument, sentence, type Finding } from '@plinth/contract';

/** Where a command speaks: results on `out`, everything else on `err`. */
export interface Streams {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
}

/** What a command ends with. */
export interface Outcome<T> {
  /** Printed as `result` with `--json`. */
  readonly result: T | null;
  readonly findings: readonly Finding[];
  /** For people, on standard output; not printed with `--json`. */
  readonly text: string;
}

/** Findings that say that a tool is missing, and those that say that the command was called wrongly; all others are about the world. */
const toolCodes: ReadonlySet<string> = new Set([
  'terraform-missing',
  'bindings-missing',
  'git-missing',
  'tool-missing',
]);
const usageCodes =
  /^(unknown-(command|flag|stack|category|system|platform)|flag-|drift-(form|unknown)|fault-(form|unknown)|states-unreadable|git-ref|unexpected-argument|argument-missing|fixtures-unreadable|synth-no-app)/;

export function exitCodeOf(findings: readonly Finding[]): number {
  if (findings.length === 0) return exitCodes.ok;
  if (findings.some(({ code }) => toolCodes.has(code))) return exitCodes.toolMissing;
  return findings.some(({ code }) => usageCodes.test(code)) ? exitCodes.usage : exitCodes.finding;
}

/** Says an outcome once, to a machine or to a person, and gives the exit code. */
export function say<T>(outcome: Outcome<T>, json: boolean, { out, err }: Streams): number {
  const { result, findings, text } = outcome;
  if (json) out.write(`${JSON.stringify(jsonDocument(result, findings), null, 2)}\n`);
  else {
    if (text !== '') out.write(text.endsWith('\n') ? text : `${text}\n`);
    for (const finding of findings) err.write(`${sentence(finding)}\n`);
  }
  return exitCodeOf(findings);
}

/** Columns under each other, two spaces apart; the last is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
