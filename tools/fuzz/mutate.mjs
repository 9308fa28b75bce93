// Seeded chance, and what it does to valid requests.

/** The same numbers for the same seed (mulberry32), from 0 to 1. */
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit) => Math.floor(next() * limit);
  const one = (list) => list[below(list.length)];
  return { next, below, one, often: (share) => next() < share };
}

const oddTokens = [
  'null', 'true', '{}', '[]', '""', '"x"', '-0', '1e999', '-1e999', '9007199254740993', '18446744073709551616', '1.5',
  '-1', '0', 'NaN', 'Infinity', '[[[[1]]]]', '"\\ud800"', '"\\u0000"', '{"a":', ']', '}', ',', '"', '\\', '4294967296',
  '"FP16"', '"BF16"', '"BYTES"', '"__proto__"', '"constructor"', '{"__proto__":{"x":1}}',
]; // prettier-ignore
const oddValues = [
  null, true, false, 0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, '', 'x', '\0', '__proto__', 'constructor', [], {}, [[]], [null],
  { b64: '!' }, [1, [2]], 'a'.repeat(5000), Array.from({ length: 300 }, (_, i) => i),
]; // prettier-ignore

/** A document with a few of its values exchanged, taken away, doubled or moved. */
export function mutateDocument(document, dice) {
  const copy = structuredClone(document);
  const places = [];
  const walk = (node) => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node, key]);
      walk(node[key]);
    }
  };
  walk(copy);
  for (let times = 1 + dice.below(3); times > 0 && places.length > 0; times--) {
    const [node, key] = dice.one(places);
    const kind = dice.below(5);
    if (kind === 0) delete node[key];
    else if (kind === 1 && Array.isArray(node)) node.push(structuredClone(node[key]));
    else if (kind === 2) node[dice.one(['name', 'shape', 'data', 'datatype', 'parameters', 'x', '0'])] = node[key];
    else node[key] = structuredClone(dice.one(oddValues));
  }
  try {
    return JSON.stringify(copy);
  } catch {
    // A value was moved into itself.
    return '{"inputs":';
  }
}

/** Bytes with a few of them changed, taken away, doubled, or tokens put between them. */
export function mutateBytes(bytes, dice) {
  let out = Buffer.from(bytes);
  for (let times = 1 + dice.below(4); times > 0; times--) {
    const at = dice.below(out.length + 1);
    const length = dice.below(8) + 1;
    const kind = dice.below(6);
    if (kind === 0) out = out.subarray(0, at);
    else if (kind === 1) out = Buffer.concat([out.subarray(0, at), out.subarray(at + length)]);
    else if (kind === 2) out = Buffer.concat([out.subarray(0, at), Buffer.from(dice.one(oddTokens)), out.subarray(at)]);
    else if (kind === 3) out = Buffer.concat([out, out.subarray(0, at)]);
    else if (at < out.length) {
      out = Buffer.from(out);
      out[at] = kind === 4 ? dice.below(256) : out[at] ^ (1 << dice.below(8));
    }
  }
  return out;
}

/** Text for a path or a header that may hold anything a client may send there. */
export function mutateText(text, dice) {
  const at = dice.below(text.length + 1);
  const odd = dice.one(['%', '%00', '%ff', '%2F', '..', '//', '/', '?', '#', ':', '@', '@champion', 'é', 'x'.repeat(2000), '0', '-1', '99999999999999999999', ';', ',', ' ', 'NaN', '"']); // prettier-ignore
  return text.slice(0, at) + odd + text.slice(at + dice.below(3));
}
