import { page } from '../../../tools/demo/report/page';
import { sample } from './result';

const text = page(sample, '<svg class="the-picture"></svg>');
/** The visible words, tags and style sheet taken out. */
const words = text
  .replace(/<style>.*?<\/style>/gs, '')
  .replace(/<[^>]+>/g, ' ')
  .replace(/\s+/g, ' ');

it('needs no other file', () => {
  expect(text).not.toMatch(/<script|<link rel="stylesheet|<img|@import|url\(|src=/);
  expect(text).toContain('<svg class="the-picture"></svg>');
});

it('says what an empty second plan does not show', () => {
  expect(words).toContain(
    'An empty second plan shows that our program is deterministic and consistent, not that AWS would normalise nothing.',
  );
});

it('tells what was seen', () => {
  for (const told of [
    '12 resources',
    '1 of 1',
    '75.0 %',
    '50.0 %',
    'Drift raised',
    'after 2 shifted rows',
    'alarm raised',
    'Terraform 1.11.4',
    'not run',
  ]) {
    expect(words).toContain(told);
  }
  expect(words).toMatch(/malignant 1 1 benign 0 2/);
});

it('says so where no drift was raised, and where a second plan was not empty', () => {
  const other = page(
    {
      ...sample,
      shift: { ...sample.shift, raised: false },
      rehearsal: {
        ...sample.rehearsal,
        stacks: sample.rehearsal.stacks.map((stack) => ({
          ...stack,
          secondPlan: [{ address: 'a.b', actions: ['update'] }],
        })),
      },
    },
    '',
  );
  expect(other).toContain('<b>No alarm</b>');
  expect(other).toContain('1 to change');
  expect(other).toContain('<b>0 of 1</b>');
});

it('escapes what comes from outside', () => {
  expect(text).toContain('npx tsx &#34;a &#38; b&#34;.ts');
  expect(text).toContain('&#60;b&#62;');
});
