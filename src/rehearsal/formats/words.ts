/** What a check says of a text: nothing where it is right, else a clause with what is wrong and, after a semicolon, the cure. */
export type Check = (text: string) => string | undefined;

/** A text in quotes, cut where it would fill the line. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

/** `a`, `a or b`, `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
}
