import type { Piece } from './rooms';
import { widthOf, wrap } from './text';

/** A line of text inside a box; y is its baseline, both from the box's corner. */
export interface TextLine {
  readonly text: string;
  readonly style: 'title' | 'about' | 'ports';
  readonly x: number;
  readonly y: number;
}

/** A tag inside a box. `room` colours it. */
export interface Tag {
  readonly lines: readonly string[];
  readonly room: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A component laid out for a given width. */
export interface Box {
  readonly piece: Piece;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly TextLine[];
  readonly tags: readonly Tag[];
}

/** What a tag says of the piece it names. */
export interface TagLabel {
  readonly text: string;
  readonly room: number;
}

/** Font sizes in pixels. */
export const sizes = { title: 13, about: 11, ports: 11, tag: 10 } as const;
/** Space between the box's edge and its text; on the left there is a coloured bar besides. */
const inset = { left: 14, right: 8, top: 9, bottom: 9 } as const;
const tagInset = 6;
/** Distance of a tag's lines. */
export const tagLeading = 12;

/** Lays a component out; `tags` are those that are shown instead of arrows. */
export function boxOf(piece: Piece, width: number, tags: readonly TagLabel[]): Box {
  const room = width - inset.left - inset.right;
  const lines: TextLine[] = [];
  let y: number = inset.top;
  const write = (text: string, style: TextLine['style'], leading: number): void => {
    for (const line of wrap(text, room, sizes[style], style === 'title')) {
      lines.push({ text: line, style, x: inset.left, y: y + sizes[style] });
      y += leading;
    }
  };
  write(piece.title, 'title', 17);
  y += 1;
  write(piece.about, 'about', 15);
  if (piece.ports.length > 0) write(piece.ports.join(' · '), 'ports', 15);
  const placed: Tag[] = [];
  let x: number = inset.left;
  y += tags.length > 0 ? 4 : 0;
  let tallest = 0;
  for (const { text, room: colour } of tags) {
    const lines = wrap(text, room - 2 * tagInset, sizes.tag);
    const wide = Math.ceil(Math.max(...lines.map((line) => widthOf(line, sizes.tag)))) + 2 * tagInset;
    const high = lines.length * tagLeading + 4;
    if (x > inset.left && x + wide > width - inset.right) {
      x = inset.left;
      y += tallest + 4;
      tallest = 0;
    }
    placed.push({ lines, room: colour, x, y, width: wide, height: high });
    x += wide + 4;
    tallest = Math.max(tallest, high);
  }
  if (tags.length > 0) y += tallest + 2;
  return { piece, width, height: Math.ceil(y + inset.bottom), lines, tags: placed };
}
