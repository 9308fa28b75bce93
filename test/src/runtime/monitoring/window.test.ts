import { TumblingWindows } from '../../../../src/runtime/monitoring/window';

const row = (n: number): { time: string; values: number[] } => ({ time: `t${n}`, values: [n, -n] });

describe('TumblingWindows', () => {
  it('makes a window of every `size` rows, numbered from 1, and keeps the rest waiting', () => {
    const windows = new TumblingWindows(2);
    const made = [1, 2, 3, 4, 5].map((n) => windows.add(row(n)));
    expect(made.map((window) => window?.number)).toEqual([undefined, 1, undefined, 2, undefined]);
    expect(made[3]).toEqual({
      number: 2,
      from: 't3',
      to: 't4',
      columns: [Float64Array.of(3, 4), Float64Array.of(-3, -4)],
    });
    expect(windows.waiting).toEqual([row(5)]);
    expect(windows.made).toBe(2);
  });

  it('goes on counting after a restart', () => {
    const windows = new TumblingWindows(1, 7);
    expect(windows.add(row(1))?.number).toBe(8);
  });
});
