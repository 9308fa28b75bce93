import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openLocation } from '../../../../src/runtime/clients/location';
import { PayloadReader } from '../../../../src/runtime/monitoring/payloads';
import { event, folder, small, writeSegment } from './support';

const setUp = (): { log: string; reader: (memory?: PayloadReader['memory'], capacity?: number) => PayloadReader } => {
  const log = folder();
  return { log, reader: (memory, capacity) => new PayloadReader(openLocation(log), small(), memory, capacity) };
};

describe('PayloadReader', () => {
  it('finds nothing where nothing has been logged', async () => {
    expect(await setUp().reader().unread()).toEqual([]);
  });

  it("takes the model's segments in the order of their names, each once", async () => {
    const { log, reader } = setUp();
    writeSegment(log, 'small/2-a-1.jsonl', [event([[3, 5]])]);
    writeSegment(log, 'small/1-a-1.jsonl', [event([[1, 5]]), event([[2, 5]])]);
    writeSegment(log, 'small/notes.txt', ['no segment']);
    writeSegment(log, 'other/1-a-1.jsonl', [event([[9, 9]])]);
    const first = reader();
    expect(await first.unread()).toEqual(['small/1-a-1.jsonl', 'small/2-a-1.jsonl']);
    const segment = await first.take('small/1-a-1.jsonl');
    expect(segment.rows.map((row) => row.values[0])).toEqual([1, 2]);
    expect(segment.problems).toEqual([]);
    expect(await first.unread()).toEqual(['small/2-a-1.jsonl']);
    // A reader that starts from that memory goes on; a segment that appears late, before the one read, is not missed.
    writeSegment(log, 'small/0-b-1.jsonl', [event([[0, 5]])]);
    expect(await reader(first.memory).unread()).toEqual(['small/0-b-1.jsonl', 'small/2-a-1.jsonl']);
  });

  it('tells malformed lines apart by what is wrong, counts them, and reads the rest', async () => {
    const { log, reader } = setUp();
    const name = 'small/1-a-1.jsonl';
    writeSegment(log, name, [event([[1, 5]]), 'nonsense', '', '{}', event([[1, 2, 3]]), event([[2, 5]])]);
    const segment = await reader().take(name);
    expect(segment.rows.map((row) => row.values[0])).toEqual([1, 2]);
    expect(segment.problems).toEqual([
      {
        code: 'payload-malformed',
        segment: name,
        lines: 2,
        sentence: expect.stringMatching(/^small\/1-a-1\.jsonl, line 2: .*no JSON/),
      },
      { code: 'payload-features', segment: name, lines: 1, sentence: expect.stringMatching(/line 5: /) },
    ]);
  });

  it('does not remember what it could not read', async () => {
    const { log, reader } = setUp();
    writeSegment(log, 'small/1-a-1.jsonl', [event([[1, 5]])]);
    const it = reader();
    rmSync(join(log, 'small/1-a-1.jsonl'));
    await expect(it.take('small/1-a-1.jsonl')).rejects.toMatchObject({ finding: { code: 'not-found' } });
    expect(it.memory).toEqual({ floor: '', read: [] });
  });

  it('remembers within bounds, and lists only what lies beyond the floor', async () => {
    const { log, reader } = setUp();
    const names = ['1', '2', '3', '4', '5', '6', '7'].map((n) => `small/${n}-a-1.jsonl`);
    for (const name of names) writeSegment(log, name, [event([[1, 5]])]);
    const it = reader(undefined, 4);
    for (const name of names.slice(0, 5)) await it.take(name);
    expect(it.memory).toEqual({ floor: names[2], read: [names[3], names[4]] });
    expect(await it.unread()).toEqual(names.slice(5));
  });
});
