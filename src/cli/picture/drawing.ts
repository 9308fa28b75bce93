import type { Box, TagLabel } from './box';
import type { Room } from './rooms';

/** A stack's area, with the text that says what it is. */
export interface DrawnRoom {
  readonly room: Room;
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label: readonly DrawnText[];
}

export interface DrawnBox {
  readonly box: Box;
  /** Index of its room, which colours it. */
  readonly room: number;
  readonly x: number;
  readonly y: number;
  /** At least the box's own: boxes in one row are of one height. */
  readonly height: number;
}

export interface DrawnArrow {
  readonly from: string;
  readonly to: string;
  /** Index of the room of what is used. */
  readonly room: number;
  /** Corners of its way, the arrowhead at the last. */
  readonly points: readonly Point[];
}

export type Point = readonly [x: number, y: number];

export interface DrawnText {
  readonly text: string;
  readonly style: 'heading' | 'note' | 'room' | 'number';
  readonly x: number;
  readonly y: number;
  /** Colours it as a room's. */
  readonly room?: number;
}

/** Everything of one layout, in pixels. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly rooms: readonly DrawnRoom[];
  readonly boxes: readonly DrawnBox[];
  readonly arrows: readonly DrawnArrow[];
  readonly texts: readonly DrawnText[];
}

/** The name and colour of each piece, for the tags that stand for it. */
export function tagLabels(rooms: readonly Room[]): ReadonlyMap<string, TagLabel> {
  return new Map(
    rooms.flatMap(({ pieces }, room) => pieces.map(({ id, title }): [string, TagLabel] => [id, { text: title, room }])),
  );
}

/** The tags of these pieces, once each text. */
export function tagsOf(ids: readonly string[], labels: ReadonlyMap<string, TagLabel>): TagLabel[] {
  const found = ids.flatMap((id) => labels.get(id) ?? []);
  return [...new Map(found.map((label) => [`${label.room} ${label.text}`, label])).values()];
}

export function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
