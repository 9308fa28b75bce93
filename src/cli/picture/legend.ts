import type { Drawing, DrawnText } from './drawing';
import { wrap } from './text';

/** Adds the sentences that say how to read the picture. */
export function legend(drawing: Drawing, uses: 'arrows' | 'tags', tagged: boolean): Drawing {
  const sentences = [
    'Each box is a system: how it arrives, and the ports on which it is reached.',
    uses === 'arrows'
      ? 'An arrow leads from a system to what it uses, in the colour of the stack that holds it.'
      : 'A tag names what the system uses, in the colour of the stack that holds it.',
    ...(uses === 'arrows' && tagged ? ['A tag in a box stands for an arrow to a system that many use.'] : []),
  ];
  const margin = drawing.rooms[0]?.x ?? 20;
  const lines = wrap(sentences.join(' '), drawing.width - 2 * margin, 11);
  const texts = lines.map((text, index): DrawnText => ({
    text,
    style: 'note',
    x: margin,
    y: drawing.height + 8 + index * 16,
  }));
  return { ...drawing, height: drawing.height + lines.length * 16 + 14, texts: [...drawing.texts, ...texts] };
}
