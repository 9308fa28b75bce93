/**
 * The blocks and literal arguments of a text in Terraform's own language: enough to know which providers, types, modules and backend it
 * uses. Expressions are passed over, and what is wrong is left for Terraform to tell.
 */
export interface HclBody {
  /** Arguments whose value is a literal or an object of such. */
  readonly values: Record<string, HclValue>;
  readonly blocks: { readonly type: string; readonly labels: readonly string[]; readonly body: HclBody }[];
}
export type HclValue = string | number | boolean | { [key: string]: HclValue };

const token =
  /(?<space>[ \t\r]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<heredoc><<-?(?<mark>\w+)\n[\s\S]*?\n[ \t]*\k<mark>(?=\W|$))|(?<name>[\p{L}_][\p{L}\p{N}_-]*)|(?<number>\d+(?:\.\d+)?)|(?<newline>\n)|(?<quote>")|(?<other>.)/gsuy;

interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'newline' | 'other';
  readonly text: string;
}

export function readHcl(text: string): HclBody {
  return body(new Tokens(text), '');
}

class Tokens {
  private readonly all: Token[] = [];
  private at = 0;

  constructor(text: string) {
    for (let position = 0; position < text.length;) {
      token.lastIndex = position;
      const found = token.exec(text)?.groups;
      if (found === undefined) break;
      position = token.lastIndex;
      if (found['quote'] !== undefined) {
        const end = endOfText(text, position);
        this.all.push({ kind: 'text', text: text.slice(position, end) });
        position = end + 1;
      } else if (found['name'] !== undefined) this.all.push({ kind: 'name', text: found['name'] });
      else if (found['number'] !== undefined) this.all.push({ kind: 'number', text: found['number'] });
      else if (found['newline'] !== undefined) this.all.push({ kind: 'newline', text: '\n' });
      else if (found['other'] !== undefined) this.all.push({ kind: 'other', text: found['other'] });
      else if (found['heredoc'] !== undefined) this.all.push({ kind: 'other', text: 'heredoc' });
    }
  }

  peek(ahead = 0): Token | undefined {
    return this.all[this.at + ahead];
  }
  next(): Token | undefined {
    return this.all[this.at++];
  }
}

/** Where a quoted text ends: `${...}` in it holds texts of its own. */
function endOfText(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
    else if ((text[at] === '$' || text[at] === '%') && text[at + 1] === '{' && text[at - 1] !== text[at]) {
      let depth = 1;
      for (at += 2; at < text.length && depth > 0; at++) {
        if (text[at] === '"') at = endOfText(text, at + 1);
        else if (text[at] === '{') depth++;
        else if (text[at] === '}') depth--;
      }
      at--;
    }
  }
  return text.length;
}

function body(tokens: Tokens, end: '' | '}'): HclBody {
  const result: HclBody = { values: {}, blocks: [] };
  for (let first = tokens.next(); first !== undefined && first.text !== end; first = tokens.next()) {
    if (first.kind !== 'name' && first.kind !== 'text') continue;
    if (tokens.peek()?.text === '=' || (end === '}' && tokens.peek()?.text === ':')) {
      tokens.next();
      const value = argument(tokens);
      if (value !== undefined) result.values[first.text] = value;
      continue;
    }
    const labels: string[] = [];
    while (tokens.peek()?.kind === 'name' || tokens.peek()?.kind === 'text') labels.push(tokens.next()?.text ?? '');
    if (tokens.peek()?.text !== '{') continue;
    tokens.next();
    result.blocks.push({ type: first.text, labels, body: body(tokens, '}') });
  }
  return result;
}

/** A literal, if that is all there is up to the end of the argument. */
function argument(tokens: Tokens): HclValue | undefined {
  const first = tokens.peek();
  const after = tokens.peek(1)?.text;
  const alone = after === undefined || after === '\n' || after === ',' || after === '}';
  if (first?.text === '{' && first.kind === 'other') {
    tokens.next();
    return body(tokens, '}').values;
  }
  if (alone && first !== undefined && first.kind !== 'newline') {
    tokens.next();
    if (first.kind === 'text') return /[$%]\{/.test(first.text) ? undefined : first.text;
    if (first.kind === 'number') return Number(first.text);
    return first.text === 'true' ? true : first.text === 'false' ? false : undefined;
  }
  let depth = 0;
  for (let next = tokens.peek(); next !== undefined; next = tokens.peek()) {
    if (next.kind === 'other' && '([{'.includes(next.text)) depth++;
    if (next.kind === 'other' && ')]}'.includes(next.text)) depth--;
    if (depth < 0 || (depth === 0 && (next.kind === 'newline' || next.text === ','))) return undefined;
    tokens.next();
  }
  return undefined;
}
