import { boxOf, type Box } from './box';
import {
  plural,
  tagLabels,
  tagsOf,
  type Drawing,
  type DrawnArrow,
  type DrawnBox,
  type DrawnRoom,
  type DrawnText,
  type Point,
} from './drawing';
import type { Room } from './rooms';
import { route, type Cell, type Streets } from './streets';
import { wrap } from './text';

const page = { width: 1280, margin: 20, top: 76 } as const;
const rail = 138;
const columns = 5;
const boxWidth = 184;
/** Lanes are this far apart; a street has that much pavement on both sides of them. */
const lane = 7;
const pavement = { vertical: 12, horizontal: 13 } as const;
/** Space between a room's edge and its boxes. */
const padding = 12;

interface Row {
  readonly room: number;
  readonly boxes: readonly Box[];
  readonly height: number;
}

/** Rooms as bands from the first stack to the last, boxes on a grid, arrows in the streets between them. For screens from about 1000 pixels. */
export function wide(rooms: readonly Room[], heading: readonly [string, string]): Drawing {
  const labels = tagLabels(rooms);
  const rows: Row[] = rooms.flatMap(({ pieces }, room) => {
    const boxes = pieces.map((piece) => boxOf(piece, boxWidth, tagsOf(piece.tags, labels)));
    const count = Math.max(1, Math.ceil(boxes.length / columns));
    // Rows of nearly one length look calmer than full ones and a rest.
    const each = Math.ceil(boxes.length / count);
    return Array.from({ length: count }, (_, row): Row => {
      const own = boxes.slice(row * each, (row + 1) * each);
      return { room, boxes: own, height: Math.max(56, ...own.map(({ height }) => height)) };
    });
  });
  const cells = new Map<string, Cell>();
  rows.forEach(({ boxes }, row) => boxes.forEach(({ piece }, column) => cells.set(piece.id, { row, column })));
  const arrows = rooms.flatMap(({ pieces }) =>
    pieces.flatMap(({ id, uses }) => uses.map((used): [string, string] => [id, used])),
  );
  const streets = route(arrows, cells);

  const xs = columnsOf(streets);
  const bands = bandsOf(rooms, rows, streets);
  const boxes = rows.flatMap(({ room, boxes: own, height }, row) =>
    own.map((box, column): DrawnBox => ({ box, room, x: xs.box(column), y: bands.rows[row] ?? 0, height })),
  );
  const roomOf = new Map(boxes.map(({ box, room }) => [box.piece.id, room]));
  const drawn = streets.ways.map(({ from, to, edge, port, leave, cross, arrive }): DrawnArrow => {
    const [user, used] = [boxes.find(({ box }) => box.piece.id === from), boxes.find(({ box }) => box.piece.id === to)];
    const [start, end] = [user as DrawnBox, used as DrawnBox];
    const x = Math.round(start.x + port * boxWidth);
    const middle = end.x + boxWidth / 2;
    const out = bands.lane(leave.street, leave.lane);
    const back = bands.lane(arrive.street, arrive.lane);
    const trunk: Point[] =
      cross === undefined
        ? []
        : [cross.street, cross.street].map((street, index): Point => [
            xs.lane(street, cross.lane),
            index === 0 ? out : back,
          ]);
    const points: Point[] = [
      [x, edge === 'upper' ? start.y : start.y + start.height],
      [x, out],
      ...trunk,
      [middle, back],
      [middle, end.y + end.height],
    ];
    return { from, to, room: roomOf.get(to) ?? 0, points };
  });
  const texts: DrawnText[] = [
    { text: heading[0], style: 'heading', x: page.margin, y: 36 },
    { text: heading[1], style: 'note', x: page.margin, y: 58 },
  ];
  const right = xs.right + padding;
  const drawnRooms = rooms.map((room, index): DrawnRoom => {
    const { y = 0, height = 0 } = bands.rooms[index] ?? {};
    return { room, index, x: page.margin, y, width: right - page.margin, height, label: labelOf(room, index, y) };
  });
  return {
    width: right + page.margin,
    height: bands.bottom + page.margin,
    rooms: drawnRooms,
    boxes,
    arrows: drawn,
    texts,
  };
}

interface Columns {
  box(column: number): number;
  lane(street: number, lane: number): number;
  readonly right: number;
}

function columnsOf(streets: Streets): Columns {
  const needed = Array.from({ length: columns + 1 }, (_, street) => {
    const lanes = streets.vertical[street] ?? 0;
    return lanes === 0 ? 16 : (lanes - 1) * lane + 2 * pavement.vertical;
  });
  const left = page.margin + rail;
  const spare = page.width - page.margin - padding - left - columns * boxWidth - needed.reduce((a, b) => a + b, 0);
  const widths = needed.map((width) => width + Math.max(0, Math.floor(spare / needed.length)));
  const starts = widths.map(
    (_, street) => left + street * boxWidth + widths.slice(0, street).reduce((a, b) => a + b, 0),
  );
  const at = (values: readonly number[], index: number): number => values[index] ?? 0;
  return {
    box: (column) => at(starts, column) + at(widths, column),
    lane: (street, index) => {
      const used = ((streets.vertical[street] ?? 1) - 1) * lane;
      return Math.round(at(starts, street) + (at(widths, street) - used) / 2 + index * lane);
    },
    right: at(starts, columns) + at(widths, columns),
  };
}

interface Bands {
  readonly rows: readonly number[];
  readonly rooms: readonly { readonly y: number; readonly height: number }[];
  lane(street: number, lane: number): number;
  readonly bottom: number;
}

/** Streets between rooms run outside of both; those between rows of one room inside. */
function bandsOf(rooms: readonly Room[], rows: readonly Row[], streets: Streets): Bands {
  const width = (street: number): number => {
    const lanes = streets.horizontal[street] ?? 0;
    return lanes === 0 ? 14 : (lanes - 1) * lane + 2 * pavement.horizontal;
  };
  const tops: number[] = [];
  const starts: number[] = [];
  const drawn: { y: number; height: number }[] = [];
  let y: number = page.top;
  rows.forEach(({ room, height }, row) => {
    const first = rows[row - 1]?.room !== room;
    const last = rows[row + 1]?.room !== room;
    starts.push(y);
    // Nothing runs above the very first row unless something there is used from its own row.
    y += row === 0 && (streets.horizontal[0] ?? 0) === 0 ? 0 : width(row);
    if (first) {
      drawn.push({ y, height: 0 });
      y += padding;
    }
    tops.push(y);
    y += height;
    const band = drawn[room];
    if (last && band !== undefined) {
      const label = labelOf(rooms[room] as Room, room, 0).at(-1)?.y ?? 0;
      // A room's name may be taller than its boxes.
      y = Math.max(y + padding, band.y + label + padding);
      drawn[room] = { y: band.y, height: y - band.y };
    }
  });
  starts.push(y);
  const bottom = y + ((streets.horizontal[rows.length] ?? 0) === 0 ? 0 : width(rows.length));
  return {
    rows: tops,
    rooms: drawn,
    lane: (street, index) => Math.round((starts[street] ?? 0) + pavement.horizontal + index * lane),
    bottom,
  };
}

/** Number, name, what it holds, how much of it, in the band's left part. */
function labelOf(room: Room, index: number, top: number): DrawnText[] {
  const x = page.margin + 16;
  const width = rail - 24;
  const texts: DrawnText[] = [{ text: `stack ${index + 1}`, style: 'number', x, y: top + 24, room: index }];
  let y = top + 26;
  for (const line of wrap(room.title, width, 16, true))
    texts.push({ text: line, style: 'room', x, y: (y += 19), room: index });
  y += 3;
  for (const line of [...wrap(room.about, width, 11), ...wrap(plural(room.resources, 'resource'), width, 11)]) {
    texts.push({ text: line, style: 'note', x, y: (y += 14) });
  }
  return texts;
}
