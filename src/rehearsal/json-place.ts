/**
 * The keys that lead to what begins on a line of a JSON text (or ends there, where the line begins with a bracket that closes), from the
 * outside in; places in lists are left out. Terraform names a line, and in a synthesized file a line tells nobody which construct it is.
 * @param line counted from 1
 */
export function placeAt(text: string, line: number): string[] {
  const path: (string | undefined)[] = [];
  let at = 1;
  let pending: string | undefined;
  // Strings, brackets and line breaks are all that matters.
  for (const [token] of text.matchAll(/"(?:[^"\\\n]|\\.)*"(?:\s*:)?|[[\]{},\n]/g)) {
    if (token === '\n') {
      at++;
      continue;
    }
    if (token === '}' || token === ']') {
      if (at === line) break;
      path.pop();
      pending = undefined;
    } else if (token === '{' || token === '[') {
      path.push(pending);
      pending = undefined;
    } else {
      pending = token.endsWith(':') ? (JSON.parse(token.slice(0, -1).trim()) as string) : undefined;
    }
    if (at >= line) break;
  }
  return [...path, pending].filter((key) => key !== undefined);
}

/** The address of the block that a path lies in, as Terraform writes it: `aws_vpc.v`, `data.aws_ami.image`, `output.url`. */
export function addressAt([kind, ...names]: readonly string[]): string | undefined {
  if (kind === undefined || names[0] === undefined) return kind;
  if (kind === 'resource') return names.slice(0, 2).join('.');
  if (kind === 'data' || kind === 'ephemeral') return [kind, ...names.slice(0, 2)].join('.');
  const written: Record<string, string> = { variable: 'var', locals: 'local' };
  return `${written[kind] ?? kind}.${names[0]}`;
}
