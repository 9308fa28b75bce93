/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';

// Opens what `npm run demo` has left, in a real Chromium: PLINTH_CHROMIUM names it, by default Debian's.
const files = ['demo/platform.svg', 'demo/report.html'].map((file) => resolve(file));
let browser: Browser;

beforeAll(async () => {
  for (const file of files) if (!existsSync(file)) throw new Error(`${file} is missing: run 'npm run demo' first`);
  browser = await chromium.launch({
    executablePath: process.env['PLINTH_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
}, 60_000);
afterAll(() => browser.close());

async function open(file: string, width: number, colorScheme: 'light' | 'dark'): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) throw new Error(`the file asks for ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return page;
}

/** What is drawn wrongly, found in the page itself: overlapping boxes, text outside its box, text that is cut off at the page's edge. */
function faults(): string[] {
  const visible = (element: Element): boolean => element.getClientRects().length > 0;
  const named = (element: Element): string => element.getAttribute('data-id') ?? element.textContent ?? '';
  const found: string[] = [];
  const boxes = [...document.querySelectorAll('.pp-box')].filter(visible);
  const frames = boxes.map((box) => (box.querySelector('.pp-card') as Element).getBoundingClientRect());
  if (boxes.length === 0) found.push('no box is visible');
  boxes.forEach((box, index) => {
    const frame = frames[index] as DOMRect;
    frames.slice(index + 1).forEach((other, later) => {
      if (
        frame.left < other.right &&
        other.left < frame.right &&
        frame.top < other.bottom &&
        other.top < frame.bottom
      ) {
        found.push(`${named(box)} overlaps ${named(boxes[index + 1 + later] as Element)}`);
      }
    });
    for (const text of box.querySelectorAll('text')) {
      const words = text.getBoundingClientRect();
      const holder = text.parentElement?.classList.contains('pp-tag')
        ? text.parentElement.querySelector('rect')
        : undefined;
      const around = holder?.getBoundingClientRect() ?? frame;
      const slack = 0.5;
      if (
        words.left < around.left - slack ||
        words.right > around.right + slack ||
        words.top < around.top - 2 ||
        words.bottom > around.bottom + 2
      ) {
        found.push(`"${text.textContent}" sticks out of ${named(box)}`);
      }
    }
  });
  for (const text of [...document.querySelectorAll('text')].filter(visible)) {
    const words = text.getBoundingClientRect();
    if (words.left < 0 || words.right > document.documentElement.clientWidth)
      found.push(`"${text.textContent}" is cut off`);
  }
  for (const element of document.querySelectorAll('main *')) {
    if (element.closest('svg') !== null || !visible(element)) continue;
    if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
      found.push(`"${named(element).slice(0, 60)}" is wider than its place`);
  }
  return found;
}

describe.each(files)('%s', (file) => {
  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [1020, 'light'],
    [1019, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('is whole and legible at %i pixels, %s', async (width, scheme) => {
    const page = await open(file, width, scheme);
    try {
      const [content, screen] = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return [scrollWidth, clientWidth] as const;
      });
      expect(content).toBeLessThanOrEqual(screen);
      expect(await page.evaluate(faults)).toEqual([]);
      expect(await page.evaluate(contrasts)).toEqual([]);
    } finally {
      await page.close();
    }
  });
});

/** Text of the picture whose contrast with its box or page is below 4.5:1 (WCAG 2.2, 1.4.3). */
function contrasts(): string[] {
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const fill = (element: Element | null | undefined): string =>
    element ? getComputedStyle(element).fill : 'rgb(255, 255, 255)';
  const texts = [...document.querySelectorAll('svg.plinth-picture text')].filter(
    (text) => text.getClientRects().length > 0,
  );
  return texts.flatMap((text) => {
    const ground =
      text.closest('.pp-tag, .pp-box, .pp-band')?.querySelector('rect') ?? document.querySelector('.pp-page');
    const [light, dark] = [luminance(fill(text)), luminance(fill(ground))].sort((a, b) => b - a) as [number, number];
    const ratio = (light + 0.05) / (dark + 0.05);
    return ratio < 4.5 ? [`"${text.textContent}" has a contrast of ${ratio.toFixed(1)}`] : [];
  });
}
