import { picture } from '../../../../src/cli/picture/svg';
import { generated } from './graphs';

it('gives the same bytes for the same stacks', () => {
  expect(picture(generated(3))).toBe(picture(generated(3)));
});

it.each([1, 2, 3, 4, 5])('is well-formed, and names every component in both layouts (graph %i)', (seed) => {
  const stacks = generated(seed);
  const svg = picture(stacks);
  const open: string[] = [];
  for (const [, close, name = '', self] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (close === '/') expect(open.pop()).toBe(name);
    else if (self !== '/') open.push(name);
  }
  expect(open).toEqual([]);
  for (const { graph } of stacks) {
    for (const { path } of graph.components) expect(svg.split(`data-id="${path}"`)).toHaveLength(3);
  }
});

it('escapes what could be markup', () => {
  const component = {
    path: 's/<b>"',
    system: 'A & <B>',
    form: 'aws' as const,
    categories: [],
    endpoints: [],
    resources: [],
    uses: [],
  };
  const svg = picture([{ name: 's', resources: 0, graph: { schemaVersion: 1, components: [component] } }]);
  expect(svg).toContain('data-id="s/&lt;b&gt;&quot;"');
  expect(svg).toContain('A &amp; &lt;B&gt;');
  expect(svg).not.toContain('<b>');
});

it('loads nothing from anywhere', () => {
  expect(picture(generated(3)).replace('http://www.w3.org/2000/svg', '')).not.toMatch(/url\(|href|https?:|@import/);
});
