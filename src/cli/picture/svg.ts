import { sizes, tagLeading, type Tag } from './box';
import { plural, type Drawing, type DrawnArrow, type DrawnBox, type DrawnText, type Point } from './drawing';
import { legend } from './legend';
import { narrow } from './narrow';
import { roomsOf, type StackOfProgram } from './rooms';
import { css } from './theme';
import { wide } from './wide';

/**
 * The stacks of a program as one SVG that stands alone: bands with arrows on wide screens, cards with tags on narrow ones, light or dark
 * as the reader's system is. The same stacks give the same bytes.
 * @param title what the picture shows; default the stacks' common name
 */
export function picture(stacks: readonly StackOfProgram[], title = titleOf(stacks)): string {
  const rooms = roomsOf(stacks);
  const systems = rooms.reduce((sum, { pieces }) => sum + pieces.length, 0);
  const resources = rooms.reduce((sum, room) => sum + room.resources, 0);
  const facts = [plural(rooms.length, 'stack'), plural(systems, 'system'), plural(resources, 'resource')].join(', ');
  const heading = [title, `${facts}. Stacks are deployed from the first to the last.`] as const;
  const tagged = rooms.some(({ pieces }) => pieces.some(({ tags }) => tags.length > 0));
  const large = legend(wide(rooms, heading), 'arrows', tagged);
  const small = legend(narrow(rooms, heading), 'tags', true);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="plinth-picture" width="${large.width}" height="${large.height}" role="img" aria-label="${escape(`${title}: ${facts}`)}">`,
    `<style>${css(large, small)}</style>`,
    layout('pp-wide', large, ''),
    layout('pp-narrow', small, ' display="none"'),
    '</svg>\n',
  ].join('\n');
}

function titleOf(stacks: readonly StackOfProgram[]): string {
  const [first = ''] = stacks.map(({ name }) => name);
  const prefix = first.slice(0, first.lastIndexOf('-'));
  return prefix !== '' && stacks.every(({ name }) => name.startsWith(`${prefix}-`))
    ? prefix
    : stacks.map(({ name }) => name).join(', ');
}

function layout(name: string, drawing: Drawing, hidden: string): string {
  const { width, height, rooms, boxes, arrows, texts } = drawing;
  return [
    `<svg class="${name}" viewBox="0 0 ${width} ${height}" width="100%" height="100%" preserveAspectRatio="xMidYMin meet"${hidden}>`,
    `<rect class="pp-page" width="${width}" height="${height}"/>`,
    ...rooms.map(
      ({ index, x, y, width: w, height: h, label }) =>
        `<g class="pp-band"><rect class="pp-tint${hue(index)}" x="${x}" y="${y}" width="${w}" height="${h}" rx="10"/>${label.map(text).join('')}</g>`,
    ),
    ...arrows.map(arrow),
    ...boxes.map(box),
    ...texts.map(text),
    '</svg>',
  ].join('\n');
}

/** Colours repeat after five rooms. */
const hue = (index: number): number => index % 5;

function box({ box: { piece, width, lines, tags }, room, x, y, height }: DrawnBox): string {
  return [
    `<g class="pp-box" data-id="${escape(piece.id)}" transform="translate(${x} ${y})">`,
    `<title>${escape(`${piece.id}: ${piece.title}, ${plural(piece.resources, 'resource')}`)}</title>`,
    `<rect class="pp-card" width="${width}" height="${height}" rx="6"/>`,
    `<path class="pp-fill${hue(room)}" d="M6 0H5.5A5.5 5.5 0 0 0 0 5.5V${height - 5.5}A5.5 5.5 0 0 0 5.5 ${height}H6Z"/>`,
    ...lines.map((line) => `<text class="pp-${line.style}" x="${line.x}" y="${line.y}">${escape(line.text)}</text>`),
    ...tags.map(tag),
    '</g>',
  ].join('');
}

function tag({ lines, room, x, y, width, height }: Tag): string {
  const words = lines.map(
    (line, index) =>
      `<text class="pp-tagtext" x="${x + 6}" y="${y + sizes.tag + 1.5 + index * tagLeading}">${escape(line)}</text>`,
  );
  const frame = `<rect class="pp-tint${hue(room)} pp-stroke${hue(room)}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`;
  return `<g class="pp-tag">${frame}${words.join('')}</g>`;
}

function text({ text: words, style, x, y, room }: DrawnText): string {
  const colour = room === undefined ? '' : ` pp-ink${hue(room)}`;
  return `<text class="pp-${style}${colour}" x="${x}" y="${y}">${escape(words)}</text>`;
}

function arrow({ from, to, room, points }: DrawnArrow): string {
  const [x, y] = points.at(-1) as Point;
  const head = `M${x} ${y + 0.5}L${x - 4} ${y + 8}H${x + 4}Z`;
  const line = [...points.slice(0, -1), [x, y + 7] as const];
  return (
    `<g class="pp-arrow" data-from="${escape(from)}" data-to="${escape(to)}"><title>${escape(`${from} uses ${to}`)}</title>` +
    `<path class="pp-line pp-stroke${hue(room)}" d="${rounded(line)}"/><path class="pp-fill${hue(room)}" d="${head}"/></g>`
  );
}

/** A line with round corners, so that it shows which way it turns where several meet. */
function rounded(points: readonly Point[]): string {
  const distinct = points.filter(([x, y], i) => i === 0 || x !== points[i - 1]?.[0] || y !== points[i - 1]?.[1]);
  const parts: string[] = [];
  distinct.forEach(([x, y], i) => {
    const before = distinct[i - 1];
    const after = distinct[i + 1];
    if (before === undefined) return void parts.push(`M${x} ${y}`);
    if (after === undefined) return void parts.push(`L${x} ${y}`);
    const radius = Math.min(6, length(before, [x, y]) / 2, length([x, y], after) / 2);
    const from = towards([x, y], before, radius);
    const to = towards([x, y], after, radius);
    parts.push(`L${from.join(' ')}Q${x} ${y} ${to.join(' ')}`);
  });
  return parts.join('');
}

const length = (a: Point, b: Point): number => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]);
const towards = ([x, y]: Point, [toX, toY]: Point, by: number): Point => [
  x + Math.sign(toX - x) * by,
  y + Math.sign(toY - y) * by,
];

export function escape(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char);
}
