import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A request to a real Triton and its answer, from test/fixtures/runtime/triton-responses.txt. */
export interface Recorded {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  /** undefined where the answer could not be written down. */
  readonly status: number | undefined;
  readonly type: string | undefined;
  /** As text; long ones are cut off. */
  readonly text: string;
}

export function recordings(): readonly Recorded[] {
  const text = readFileSync(join(__dirname, '../../../fixtures/runtime/triton-responses.txt'), 'utf8');
  const ok = /\$OK (\{.*\})\)\./.exec(text)?.[1] ?? '';
  return text
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [name = '', request = '', ...answer] = section.trimEnd().split('\n');
      const [, path = ''] = /(?:\$U|GET )(\S+)/.exec(request) ?? [];
      const [, quoted, other] = / -d (?:'([^']*)'|"([^"]*)")/.exec(request) ?? [];
      const status = /^HTTP\/1\.1 (\d+)/.exec(answer[0] ?? '')?.[1];
      const headers = status === undefined ? [] : answer.slice(1).filter((line) => /^[A-Za-z-]+: /.test(line));
      return {
        name,
        method: request.includes('-XPOST') ? 'POST' : 'GET',
        path,
        body: quoted ?? (other === '$OK' ? ok : other),
        status: status === undefined ? undefined : Number(status),
        type: headers.find((line) => line.startsWith('Content-Type'))?.slice('Content-Type: '.length),
        text: answer.slice(status === undefined ? 0 : 1 + headers.length).join('\n'),
      };
    });
}

/** A document that may be cut off: what is whole of it. */
export function parseCut(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // To the last comma outside of texts, and with everything closed that was open there.
    let [inText, whole, open] = [false, 0, ''];
    let closing = '';
    for (let i = 0; i < text.length; i++) {
      const character = text[i] as string;
      if (inText) {
        if (character === '\\') i++;
        else if (character === '"') inText = false;
      } else if (character === '"') inText = true;
      else if (character === '{') open = `}${open}`;
      else if (character === '[') open = `]${open}`;
      else if (character === '}' || character === ']') open = open.slice(1);
      else if (character === ',') [whole, closing] = [i, open];
    }
    return JSON.parse(text.slice(0, whole) + closing);
  }
}

const kind = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** How the structure of one document differs from that of another: fields that are missing (-), added (+), or of another type (~). */
export function differences(theirs: unknown, ours: unknown, at = '$'): string[] {
  if (kind(theirs) !== kind(ours)) return [`~ ${at}: ${kind(theirs)}, here ${kind(ours)}`];
  if (Array.isArray(theirs) && Array.isArray(ours)) {
    const found = theirs
      .slice(0, ours.length)
      .flatMap((value, index) => differences(value, (ours as unknown[])[index], `${at}[${index}]`));
    return theirs.length === ours.length ? found : [...found, `~ ${at}: ${theirs.length} long, here ${ours.length}`];
  }
  if (kind(theirs) !== 'object') return [];
  const [a, b] = [theirs as Record<string, unknown>, ours as Record<string, unknown>];
  return [
    ...Object.keys(a).flatMap((name) =>
      name in b ? differences(a[name], b[name], `${at}.${name}`) : [`- ${at}.${name}`],
    ),
    ...Object.keys(b).flatMap((name) => (name in a ? [] : [`+ ${at}.${name}`])),
  ];
}
