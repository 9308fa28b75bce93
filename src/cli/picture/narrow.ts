import { boxOf } from './box';
import { plural, tagLabels, tagsOf, type Drawing, type DrawnBox, type DrawnRoom, type DrawnText } from './drawing';
import type { Room } from './rooms';
import { wrap } from './text';

const page = { width: 390, margin: 10 } as const;
const columns = 2;
const padding = 10;
const gap = 10;
const boxWidth = (page.width - 2 * page.margin - 2 * padding - gap) / columns;

/** Rooms under each other, two boxes beside each other; tags say what a box uses, since arrows would not be followed here. For phones. */
export function narrow(rooms: readonly Room[], heading: readonly [string, string]): Drawing {
  const labels = tagLabels(rooms);
  const drawn: DrawnRoom[] = [];
  const boxes: DrawnBox[] = [];
  const texts: DrawnText[] = [];
  const width = page.width - 2 * page.margin;
  let y = 12;
  for (const line of wrap(heading[0], width, 20, true))
    texts.push({ text: line, style: 'heading', x: page.margin, y: (y += 22) });
  for (const line of wrap(heading[1], width, 11))
    texts.push({ text: line, style: 'note', x: page.margin, y: (y += 16) });
  y += 14;
  rooms.forEach((room, index) => {
    const top = y;
    const x = page.margin + padding;
    const label: DrawnText[] = [{ text: `stack ${index + 1}`, style: 'number', x, y: (y += 20), room: index }];
    for (const line of wrap(room.title, width - 2 * padding, 16, true))
      label.push({ text: line, style: 'room', x, y: (y += 19), room: index });
    const about =
      room.about === '' ? plural(room.resources, 'resource') : `${room.about}; ${plural(room.resources, 'resource')}`;
    for (const line of wrap(about, width - 2 * padding, 11)) label.push({ text: line, style: 'note', x, y: (y += 15) });
    y += gap;
    const own = room.pieces.map((piece) => boxOf(piece, boxWidth, tagsOf([...piece.uses, ...piece.tags], labels)));
    for (let first = 0; first < own.length; first += columns) {
      const row = own.slice(first, first + columns);
      const height = Math.max(...row.map((box) => box.height));
      row.forEach((box, column) => boxes.push({ box, room: index, x: x + column * (boxWidth + gap), y, height }));
      y += height + gap;
    }
    drawn.push({ room, index, x: page.margin, y: top, width, height: y - top, label });
    y += gap;
  });
  return { width: page.width, height: y, rooms: drawn, boxes, arrows: [], texts };
}
