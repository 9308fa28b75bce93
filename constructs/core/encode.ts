import { Fn, IResolvable, Token, Tokenization } from 'cdktf';

/** What can be encoded: JSON, with Terraform tokens anywhere, and `undefined` for a key that is left out. */
export type Encodable =
  string | number | boolean | null | undefined | IResolvable | Encodable[] | { [key: string]: Encodable };

// Terraform's own escapes, which cdktf's renderer leaves undone. Token markers hold none of these characters.
const escapes: readonly (readonly [RegExp, string])[] = [
  [/\\/g, '\\\\'],
  [/"/g, '\\"'],
  [/%\{/g, '%%{'],
  [/\r/g, '\\r'],
  [/\t/g, '\\t'],
];

function escape(text: string): string {
  return escapes.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

/** A text with tokens in it, as a call: cdktf warns of the text itself where it stands in a function inside another. */
function joined(text: string): string {
  if (!Token.isUnresolved(text)) return text;
  const fragments = Tokenization.reverseString(text).join({ join: (left, right) => [left, right].flat() });
  return Fn.join('', [fragments].flat());
}

function prepare(value: Encodable): Encodable {
  if (typeof value === 'string') return escape(value);
  if (value === null || typeof value !== 'object') return value;
  // cdktf renders a null inside a list as nothing at all, which is not HCL.
  if (Array.isArray(value)) return value.filter((item) => item !== null && item !== undefined).map(prepare);
  if (Tokenization.isResolvable(value)) return value;
  const entries = Object.entries(value as Record<string, Encodable>)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => [escape(key), prepare(item)] as const);
  // cdktf loses the values of keys that hold a token.
  if (entries.some(([key]) => Token.isUnresolved(key))) {
    return Fn.zipmap(
      entries.map(([key]) => joined(key)),
      entries.map(([, item]) => item),
    ) as IResolvable;
  }
  return Object.fromEntries(entries);
}

function holdsTokens(value: Encodable): boolean {
  if (value === null || typeof value !== 'object') return Token.isUnresolved(value);
  if (Tokenization.isResolvable(value)) return true;
  return Object.entries(value).some(([key, item]) => Token.isUnresolved(key) || holdsTokens(item));
}

/** A document that is known already: nothing is left for Terraform to do but to keep its hands off what looks like a template. */
function known(value: Encodable): string {
  const withoutNulls = (_: string, item: unknown) =>
    Array.isArray(item) ? item.filter((one) => one !== null && one !== undefined) : item;
  return JSON.stringify(value, withoutNulls).replace(/[$%](?=\{)/g, (sign) => sign + sign);
}

/**
 * Encodes a document that may hold tokens for Terraform to render when it applies. The one way by which Helm values,
 * dashboards, policies and configuration leave Plinth: it carries tokens, Go templates, regular expressions and
 * `${datasource}` unharmed, which `Fn.yamlencode` of cdktf 0.21 and `JSON.stringify` do not.
 * Keys with `undefined` are left out, and so are nulls in lists. A document without tokens is written out at synth, as JSON,
 * which YAML contains.
 */
export const encode = {
  /** As YAML, for Helm values. */
  yaml: (value: Encodable): string => (holdsTokens(value) ? Fn.yamlencode(prepare(value)) : known(value)),
  /** As JSON, for policies, dashboards and the runtime's configuration. */
  json: (value: Encodable): string => (holdsTokens(value) ? Fn.jsonencode(prepare(value)) : known(value)),
} as const;
