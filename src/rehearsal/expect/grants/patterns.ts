const run = Symbol('*');
const any = Symbol('?');
/** One sign of a pattern of IAM; a policy variable such as `${aws:username}` is one sign, as nobody knows its text. */
type Sign = string | typeof run | typeof any;

/** A pattern as signs. */
function signsOf(pattern: string): Sign[] {
  const signs: Sign[] = [];
  for (const [text, variable] of pattern.matchAll(/\$\{([^}]*)\}|[^]/gu)) {
    if (text === '*') signs.push(run);
    else if (text === '?') signs.push(any);
    else if (variable !== undefined && /^[*?$]$/.test(variable)) signs.push(variable);
    else signs.push(text);
  }
  return signs;
}

/** Any sign that neither pattern names. */
const other: unique symbol = Symbol('other');

/**
 * Whether every text that fits one pattern of IAM fits the other too: walks through the narrower one sign by sign, with all places at
 * which the wider one may be by then, and looks for an end of the one that is no end of the other.
 */
export function covers(wider: string, narrower: string): boolean {
  const outer = signsOf(wider);
  const inner = signsOf(narrower);
  const named = [...new Set(outer.filter((sign): sign is string => typeof sign === 'string' && isOne(sign)))];
  const tried = new Set<string>();
  const always = (i: number, places: readonly number[]): boolean => {
    const key = `${i} ${places.join()}`;
    if (tried.has(key)) return true;
    tried.add(key);
    if (i === inner.length) return places.includes(outer.length);
    const sign = inner[i];
    const next = sign === run ? i : i + 1;
    if (sign === run && !always(i + 1, places)) return false;
    const letters: (string | typeof other)[] = typeof sign === 'string' ? [sign] : [...named, other];
    return letters.every((letter) => always(next, reached(outer, places, letter)));
  };
  return always(0, skipped(outer, [0]));
}

const isOne = (sign: string): boolean => [...sign].length === 1;

/** Where a pattern may be after one more sign. */
function reached(signs: readonly Sign[], places: readonly number[], letter: string | typeof other): number[] {
  const next = places.flatMap((j) => {
    const sign = signs[j];
    if (sign === run) return [j];
    return sign === letter || (sign === any && (letter === other || isOne(letter))) ? [j + 1] : [];
  });
  return skipped(signs, next);
}

/** The same places, and those behind a `*` that fits nothing. */
function skipped(signs: readonly Sign[], places: readonly number[]): number[] {
  const all = new Set(places);
  // A set gives what is added while it is walked through.
  for (const j of all) if (signs[j] === run) all.add(j + 1);
  return [...all].sort((a, b) => a - b);
}

/** Whether one action's pattern lies within another; capitals do not count. */
export const coversAction = (wider: string, narrower: string): boolean =>
  covers(wider.toLowerCase(), narrower.toLowerCase());

/**
 * Whether one ARN's pattern lies within another. Wildcards stay between the colons of the first five parts, and what is
 * missing at the end is a wildcard (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
 */
export function coversResource(wider: string, narrower: string): boolean {
  if (covers(wider, narrower) && /^\**$/.test(wider)) return true;
  const outer = partsOf(wider);
  const inner = partsOf(narrower);
  if (outer === undefined || inner === undefined) return covers(wider, narrower);
  return outer.every((part, i) => covers(part, inner[i] ?? '*'));
}

function partsOf(arn: string): string[] | undefined {
  // A policy variable has a colon of its own.
  const variables: string[] = [];
  const plain = arn.replace(/\$\{[^}]*\}/g, (variable) => `\u0000${variables.push(variable) - 1}\u0000`);
  if (!plain.startsWith('arn:')) return undefined;
  const split = plain.split(':');
  const parts = [...split.slice(0, 5), ...(split.length > 5 ? [split.slice(5).join(':')] : [])];
  while (parts.length < 6) parts.push('*');
  return parts.map((part) =>
    part.replace(/\u0000(\d+)\u0000/g, (_all, index: string) => variables[Number(index)] ?? ''),
  );
}

/** Whether some text may fit both patterns; a policy variable may be any text. */
export function mayOverlap(a: string, b: string): boolean {
  const loose = (pattern: string): Sign[] => signsOf(pattern.replace(/\$\{[^}*?$]+\}/g, '*'));
  const [left, right] = [loose(a), loose(b)];
  const tried = new Set<number>();
  const meet = (i: number, j: number): boolean => {
    const key = i * (right.length + 1) + j;
    if (tried.has(key)) return false;
    tried.add(key);
    const [x, y] = [left[i], right[j]];
    if (x === undefined && y === undefined) return true;
    if (x === run && (meet(i + 1, j) || (y !== undefined && meet(i, j + 1)))) return true;
    if (y === run && (meet(i, j + 1) || (x !== undefined && meet(i + 1, j)))) return true;
    if (x === undefined || y === undefined || x === run || y === run) return false;
    return (x === any || y === any || x === y) && meet(i + 1, j + 1);
  };
  return meet(0, 0);
}
