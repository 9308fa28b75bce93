/** Widths in em of DejaVu Sans, the widest of the fonts that the pictures may meet: what fits here fits everywhere. */
const narrow = /[ijl.,:;'|!I ]/;
const slim = /[ftr()[\]{}"\-/\\·]/;
const wide = /[mwMWQO@%&—→]/;

/** Width of a text in pixels, never too small for a sans-serif font. */
export function widthOf(text: string, size: number, bold = false): number {
  let em = 0;
  for (const char of text) {
    if (narrow.test(char)) em += 0.36;
    else if (slim.test(char)) em += 0.46;
    else if (wide.test(char)) em += 1.02;
    else if (/[A-Z]/.test(char)) em += 0.74;
    else if (/[\u0000-\u024f]/.test(char)) em += 0.65;
    else em += 1.1;
  }
  return em * size * (bold ? 1.12 : 1);
}

/** Breaks a text into lines that fit: between words, else behind a hyphen, else anywhere. */
export function wrap(text: string, width: number, size: number, bold = false): string[] {
  const fits = (line: string): boolean => widthOf(line, size, bold) <= width;
  const lines: string[] = [];
  let line = '';
  for (const piece of text.split(/(?<=[ \-/])/)) {
    if (fits((line + piece).trimEnd())) {
      line += piece;
      continue;
    }
    if (line.trim() !== '') lines.push(line.trimEnd());
    line = '';
    for (const char of piece) {
      if (line !== '' && !fits(line + char)) {
        lines.push(line);
        line = '';
      }
      line += char;
    }
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  return lines;
}
