import { sizes } from './box';
import type { Drawing } from './drawing';

interface Palette {
  readonly page: string;
  readonly card: string;
  readonly edge: string;
  readonly ink: string;
  readonly soft: string;
  /** Accent and tint of the rooms, in their order. Accents reach 4.5:1 on page, card and tint. */
  readonly rooms: readonly (readonly [accent: string, tint: string])[];
}

const light: Palette = {
  page: '#ffffff',
  card: '#ffffff',
  edge: '#cfd6de',
  ink: '#17202b',
  soft: '#505b68',
  rooms: [
    ['#1d5fbf', '#edf3fc'],
    ['#0a6e63', '#e8f5f2'],
    ['#6a3fc2', '#f2eefb'],
    ['#95480a', '#fbf1e6'],
    ['#ab2160', '#fceef4'],
  ],
};

const dark: Palette = {
  page: '#11151b',
  card: '#1b222b',
  edge: '#3a4552',
  ink: '#e8edf3',
  soft: '#a5b1be',
  rooms: [
    ['#86b6ff', '#172334'],
    ['#56d0bf', '#132a29'],
    ['#bda5ff', '#231f38'],
    ['#f0ad6a', '#2e2419'],
    ['#ff97bf', '#321d29'],
  ],
};

function colours({ page, card, edge, ink, soft, rooms }: Palette): string {
  const own = rooms.map(
    ([accent, tint], room) =>
      `.pp-fill${room},.pp-ink${room}{fill:${accent}}.pp-tint${room}{fill:${tint}}.pp-stroke${room}{stroke:${accent}}`,
  );
  return (
    `.pp-page{fill:${page}}.pp-card{fill:${card};stroke:${edge}}.pp-title,.pp-heading,.pp-ports,.pp-tagtext{fill:${ink}}` +
    `.pp-about,.pp-note{fill:${soft}}.pp-key{stroke:${soft};fill:none}.pp-keyhead{fill:${soft}}${own.join('')}`
  );
}

/** Below this width of the screen the narrow layout is shown. */
const breakpoint = 1020;

/** The picture's style sheet. Every class begins with pp, since inside a page it applies to the whole of it. */
export function css(large: Drawing, small: Drawing): string {
  const text = [
    '.plinth-picture text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}',
    `.pp-heading{font-size:20px;font-weight:650}.pp-room{font-size:16px;font-weight:650}`,
    `.pp-number{font-size:11px;letter-spacing:.04em}.pp-note{font-size:11px}`,
    `.pp-title{font-size:${sizes.title}px;font-weight:600}.pp-about{font-size:${sizes.about}px}.pp-ports{font-size:${sizes.ports}px}.pp-tagtext{font-size:${sizes.tag}px}`,
    '.pp-line{fill:none;stroke-width:1.6}.pp-arrow:hover .pp-line{stroke-width:3}.pp-tag rect{stroke-width:.8}',
  ].join('');
  // Attributes fix the size where no style sheet is read; here it follows the screen.
  const size = ({ width, height }: Drawing, most: number): string =>
    `.plinth-picture{display:block;margin:0 auto;width:100%;max-width:${most}px;height:auto;aspect-ratio:${width}/${height}}`;
  return (
    `${text}${size(large, large.width)}${colours(light)}` +
    `@media(prefers-color-scheme:dark){svg:root{background:${dark.page}}${colours(dark)}}` +
    `@media(max-width:${breakpoint - 1}px){${size(small, 560)}.pp-wide{display:none}.pp-narrow{display:inline}}`
  );
}
