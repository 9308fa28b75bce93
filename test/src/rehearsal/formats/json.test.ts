import { json } from '../../../../src/rehearsal/formats/json';

it('accepts every JSON text', () => {
  for (const text of ['{}', '[1, 2.5e3]', '"text"', 'null', ' { "a": { "b": [true] } } '])
    expect(json(text)).toBeUndefined();
});

it('says where a text stops being JSON, and repeats nothing of it', () => {
  expect(json('{"password": hunter2}')).not.toContain('hunter2');
  expect(json('{"password": hunter2}')).toContain('make it with jsonencode or JSON.stringify');
  expect(json('{"a": 1')).toMatch(/^the text is not JSON( \(from its character \d+\))?; make it with/);
  expect(json('')).toBe('the text is not JSON; make it with jsonencode or JSON.stringify');
});
