/** One place where a value is not what was expected. */
export interface Mismatch {
  /** `spec.0.template.0.metadata`; empty for the value itself. */
  readonly path: string;
  /** Such as: is "a", expected "b". */
  readonly says: string;
}

/** An expected value that decides for itself, as those of Jest and Vitest do (`expect.stringMatching(...)`). */
export interface Matcher {
  asymmetricMatch(actual: unknown): boolean;
  toAsymmetricMatcher?(): string;
}

/** A matcher that can say where the value differs. */
interface Telling extends Matcher {
  mismatches(actual: unknown, path: string): Mismatch[];
}

/**
 * Where a value is not what was expected. An expected object may leave out keys, at any depth; a list has as many items as are expected.
 * Terraform's JSON takes a block without a list around it where there is one, so both fit both. A regular expression fits texts.
 */
export function mismatches(expected: unknown, actual: unknown, path = ''): Mismatch[] {
  if (isTelling(expected)) return expected.mismatches(actual, path);
  if (isMatcher(expected)) return expected.asymmetricMatch(actual) ? [] : [differs(path, actual, nameOf(expected))];
  if (expected instanceof RegExp) {
    return typeof actual === 'string' && actual.search(expected) >= 0 ? [] : [differs(path, actual, String(expected))];
  }
  if (Array.isArray(expected)) {
    const items: unknown = Array.isArray(actual) ? actual : isObject(actual) ? [actual] : actual;
    if (!Array.isArray(items)) return [differs(path, actual, shown(expected))];
    if (items.length !== expected.length) {
      return [{ path, says: `has ${items.length} items, expected ${expected.length}: ${shown(actual)}` }];
    }
    return expected.flatMap((item, i) => mismatches(item, items[i], below(path, String(i))));
  }
  if (isObject(expected)) {
    const [only, ...more] = Array.isArray(actual) ? (actual as unknown[]) : [];
    const held = isObject(only) && more.length === 0 ? only : actual;
    if (!isObject(held)) return [differs(path, actual, shown(expected))];
    return Object.entries(expected).flatMap(([key, value]) => mismatches(value, held[key], below(path, key)));
  }
  return Object.is(expected, actual) ? [] : [differs(path, actual, shown(expected))];
}

function telling(name: string, find: (actual: unknown, path: string) => Mismatch[]): Matcher {
  const matcher: Telling = {
    asymmetricMatch: (actual) => find(actual, '').length === 0,
    toAsymmetricMatcher: () => name,
    mismatches: find,
  };
  return matcher;
}

/** Expected values that are more than a value. They work in Jest's own assertions too. */
export const Match = {
  /** Anything that is there. */
  any: (): Matcher =>
    telling('anything', (actual, path) =>
      actual === undefined || actual === null ? [{ path, says: 'is missing' }] : [],
    ),
  /** Nothing: the argument is not given. */
  absent: (): Matcher =>
    telling('nothing', (actual, path) =>
      actual === undefined || actual === null ? [] : [differs(path, actual, 'nothing')],
    ),
  /** A text that a regular expression fits, or that holds the given one. */
  stringMatching: (pattern: RegExp | string): Matcher => {
    const fits = (text: string): boolean =>
      typeof pattern === 'string' ? text.includes(pattern) : text.search(pattern) >= 0;
    const name = typeof pattern === 'string' ? `a text with ${shown(pattern)}` : String(pattern);
    return telling(name, (actual, path) =>
      typeof actual === 'string' && fits(actual) ? [] : [differs(path, actual, name)],
    );
  },
  /** A list that holds each of these, in any order, and maybe more. */
  arrayWith: (items: readonly unknown[]): Matcher =>
    telling(`a list with ${shown(items)}`, (actual, path) => {
      if (!Array.isArray(actual)) return [differs(path, actual, `a list with ${shown(items)}`)];
      const missing = items.filter((item) => !actual.some((one) => mismatches(item, one).length === 0));
      return missing.map((item) => ({ path, says: `holds no ${shown(item)}: ${shown(actual)}` }));
    }),
  /** A JSON text that holds this. Policies and definitions leave a program as such texts. */
  json: (expected: unknown): Matcher =>
    telling(`JSON with ${shown(expected)}`, (actual, path) => {
      if (typeof actual !== 'string') return [differs(path, actual, 'a JSON text')];
      try {
        return mismatches(expected, JSON.parse(actual), path);
      } catch {
        return [differs(path, actual, 'a JSON text')];
      }
    }),
  /** Anything but this. */
  not: (expected: unknown): Matcher =>
    telling(`anything but ${shown(expected)}`, (actual, path) =>
      mismatches(expected, actual).length > 0 ? [] : [differs(path, actual, `anything but ${shown(expected)}`)],
    ),
} as const;

const differs = (path: string, actual: unknown, expected: string): Mismatch => ({
  path,
  says: actual === undefined ? `is missing, expected ${expected}` : `is ${shown(actual)}, expected ${expected}`,
});

const below = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** A value as JSON, shortened; matchers and regular expressions by what they want. */
export function shown(value: unknown): string {
  const text =
    JSON.stringify(value, (_key, held: unknown) =>
      isMatcher(held) ? `<${nameOf(held)}>` : held instanceof RegExp ? `<${String(held)}>` : held,
    ) ?? String(value);
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isMatcher = (value: unknown): value is Matcher =>
  isObject(value) && typeof (value as Partial<Matcher>).asymmetricMatch === 'function';
const isTelling = (value: unknown): value is Telling => isMatcher(value) && 'mismatches' in value;
const nameOf = (matcher: Matcher): string => matcher.toAsymmetricMatcher?.() ?? String(matcher);
