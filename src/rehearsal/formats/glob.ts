/** One sign of a pattern: itself, any one sign, any run of signs, or a run with neither slash nor colon (a region, a bucket). */
export type Token = { readonly sign: string } | 'any' | 'run' | 'name';

/** A pattern of IAM (`*`, `?`) as tokens; a policy variable `${...}` stands for any text. */
export function tokensOf(pattern: string): Token[] {
  return [...pattern.replace(/\$\{[^}]*\}/g, '*')].map((sign) =>
    sign === '*' ? 'run' : sign === '?' ? 'any' : { sign },
  );
}

/** Whether some text fits both patterns. */
export function overlap(a: readonly Token[], b: readonly Token[]): boolean {
  const tried = new Set<number>();
  const width = b.length + 1;
  const meet = (i: number, j: number): boolean => {
    const key = i * width + j;
    if (tried.has(key)) return false;
    tried.add(key);
    const left = a[i];
    const right = b[j];
    if (left === undefined && right === undefined) return true;
    if (repeats(left) && meet(i + 1, j)) return true;
    if (repeats(right) && meet(i, j + 1)) return true;
    if (left === undefined || right === undefined || !together(left, right)) return false;
    return meet(repeats(left) ? i : i + 1, repeats(right) ? j : j + 1);
  };
  return meet(0, 0);
}

/** Whether a text fits a pattern of IAM. Capitals do not count. */
export function fits(text: string, pattern: string): boolean {
  return overlap(
    [...text.toLowerCase()].map((sign) => ({ sign })),
    tokensOf(pattern.toLowerCase()),
  );
}

function repeats(token: Token | undefined): boolean {
  return token === 'run' || token === 'name';
}

/** Whether one sign fits both tokens. */
function together(a: Token, b: Token): boolean {
  if (typeof a === 'object' && typeof b === 'object') return a.sign === b.sign;
  if (typeof a === 'object') return b !== 'name' || !/[/:]/.test(a.sign);
  if (typeof b === 'object') return a !== 'name' || !/[/:]/.test(b.sign);
  return true;
}
