import type { Check } from './words';

/** A JSON text (RFC 8259). The text may hold secrets, so the clause repeats nothing of it. */
export const json: Check = (text) => {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const [, position] = /position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
    const where = position === undefined ? '' : ` (from its character ${Number(position) + 1})`;
    return `the text is not JSON${where}; make it with jsonencode or JSON.stringify`;
  }
};
