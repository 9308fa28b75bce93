import { sizes, type Box } from '../../../../src/cli/picture/box';
import type { Drawing, DrawnBox, Point } from '../../../../src/cli/picture/drawing';
import { narrow } from '../../../../src/cli/picture/narrow';
import { roomsOf } from '../../../../src/cli/picture/rooms';
import { widthOf } from '../../../../src/cli/picture/text';
import { wide } from '../../../../src/cli/picture/wide';
import { generated } from './graphs';

const heading = ['acme', 'what it holds'] as const;
const seeds = Array.from({ length: 30 }, (_, seed) => seed + 1);

interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const areaOf = ({ x, y, box: { width }, height }: DrawnBox): Area => ({
  left: x,
  top: y,
  right: x + width,
  bottom: y + height,
});
const meet = (a: Area, b: Area): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
const lineOf = ([x1, y1]: Point, [x2, y2]: Point): Area => ({
  left: Math.min(x1, x2),
  right: Math.max(x1, x2),
  top: Math.min(y1, y2),
  bottom: Math.max(y1, y2),
});
const inside = (inner: Area, outer: Area): boolean =>
  inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;

function segments(drawing: Drawing): { to: string; area: Area }[] {
  return drawing.arrows.flatMap(({ to, points }) =>
    points.slice(1).map((point, index) => ({ to, area: lineOf(points[index] as Point, point) })),
  );
}

/** What stands out of a box. */
function sticksOut({ lines, tags, width, height }: Box): string[] {
  return [
    ...lines
      .filter(({ text, style, x, y }) => x + widthOf(text, sizes[style], style === 'title') > width || y > height)
      .map(({ text }) => text),
    ...tags.filter((tag) => tag.lines.some((line) => widthOf(line, sizes.tag) > tag.width)).flatMap((tag) => tag.lines),
    ...tags.filter((tag) => tag.x + tag.width > width || tag.y + tag.height > height).flatMap((tag) => tag.lines),
  ];
}

function labelsOf({ rooms }: Drawing): { text: string; area: Area }[] {
  return rooms.flatMap(({ label }) =>
    label.map(({ text, style, x, y }) => {
      const size = style === 'room' ? 16 : 11;
      const right = x + widthOf(text, size, style === 'room');
      return { text, area: { left: x, right, top: y - size, bottom: y } };
    }),
  );
}

/** Pairs of a list that are not to be. */
function pairs<T>(items: readonly T[], bad: (a: T, b: T) => boolean): [T, T][] {
  return items.flatMap((one, index) =>
    items.slice(index + 1).flatMap((other): [T, T][] => (bad(one, other) ? [[one, other]] : [])),
  );
}

describe.each([
  ['wide', wide],
  ['narrow', narrow],
] as const)('the %s layout', (_, layout) => {
  it.each(seeds)('overlaps nothing and cuts nothing off (graph %i)', (seed) => {
    const rooms = roomsOf(generated(seed));
    const drawing = layout(rooms, heading);
    const ids = drawing.boxes.map(({ box }) => box.piece.id);
    expect(ids).toEqual(rooms.flatMap(({ pieces }) => pieces.map(({ id }) => id)));

    const page: Area = { left: 0, top: 0, right: drawing.width, bottom: drawing.height };
    const rects = drawing.rooms.map(({ x, y, width, height }) => ({
      left: x,
      top: y,
      right: x + width,
      bottom: y + height,
    }));
    const boxes = drawing.boxes.map(areaOf);
    const labels = labelsOf(drawing);
    expect(rects.filter((room) => !inside(room, page))).toEqual([]);
    expect(pairs(rects, meet)).toEqual([]);
    expect(pairs(boxes, meet)).toEqual([]);
    expect(drawing.boxes.filter((box) => !inside(areaOf(box), rects[box.room] as Area))).toEqual([]);
    expect(drawing.boxes.filter(({ height, box }) => height < box.height)).toEqual([]);
    expect(drawing.boxes.flatMap(({ box }) => sticksOut(box))).toEqual([]);
    expect(labels.filter(({ area }) => boxes.some((box) => meet(box, area)))).toEqual([]);
    expect(labels.filter(({ area }) => !rects.some((room) => inside(area, room)))).toEqual([]);
  });
});

it.each(seeds)('draws every arrow, from box to box, through no box, and over no other (graph %i)', (seed) => {
  const rooms = roomsOf(generated(seed));
  const drawing = wide(rooms, heading);
  const uses = rooms.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.uses.map((to) => `${piece.id} ${to}`)));
  expect(drawing.arrows.map(({ from, to }) => `${from} ${to}`).sort()).toEqual(uses.sort());

  const boxes = new Map(drawing.boxes.map((box) => [box.box.piece.id, areaOf(box)]));
  const astray = drawing.arrows.filter(({ from, to, points }) => {
    const [user, used] = [boxes.get(from) as Area, boxes.get(to) as Area];
    const [begin, end] = [points[0] as Point, points.at(-1) as Point];
    const leaves = [user.top, user.bottom].includes(begin[1]) && user.left < begin[0] && begin[0] < user.right;
    return !leaves || end[0] !== (used.left + used.right) / 2 || end[1] !== used.bottom;
  });
  expect(astray).toEqual([]);

  const lines = segments(drawing);
  expect(lines.filter(({ area }) => [...boxes.values()].some((box) => runsThrough(area, box)))).toEqual([]);
  expect(pairs(lines, (one, other) => one.to !== other.to && runTogether(one.area, other.area))).toEqual([]);
  expect(labelsOf(drawing).filter(({ area }) => lines.some((line) => runsThrough(line.area, area)))).toEqual([]);
});

/** An arrow may begin and end on an edge. */
const runsThrough = (line: Area, box: Area): boolean =>
  line.left < box.right && line.right > box.left && line.top < box.bottom && line.bottom > box.top;

/** Crossing is allowed, running along the same line is not. */
function runTogether(a: Area, b: Area): boolean {
  const level = (line: Area): boolean => line.top === line.bottom && line.left !== line.right;
  const upright = (line: Area): boolean => line.left === line.right && line.top !== line.bottom;
  if (level(a) && level(b)) return a.top === b.top && a.left <= b.right && b.left <= a.right;
  if (upright(a) && upright(b)) return a.left === b.left && a.top < b.bottom && b.top < a.bottom;
  return false;
}
