import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { alarmEvent, monitorConfig, type MonitorConfigInput } from '@plinth/contract';
import { pino } from 'pino';
import { FolderLocation } from '../../../../src/runtime/clients/folder';
import {
  openLocation,
  type ListedFile,
  type ListOptions,
  type LocationClient,
} from '../../../../src/runtime/clients/location';
import { Monitor } from '../../../../src/runtime/monitoring/monitor';
import { MonitorMetrics } from '../../../../src/runtime/monitoring/monitor-metrics';
import { loadState, saveState } from '../../../../src/runtime/monitoring/state';
import { evenly, event, folder, small, writeSegment } from './support';

const signal = new AbortController().signal;
/** `count` rows, steady or shifted by half the range. */
const rows = (count: number, shift = 0): number[][] => evenly(count).map((value) => [value + shift, 5]);

/** One payload folder and one alarm folder, and monitors that follow one another over them. */
function world(): {
  log: string;
  alarms: string;
  written: string[];
  monitor(options?: {
    profile?: string;
    payloads?: LocationClient;
    config?: Partial<MonitorConfigInput>;
  }): Promise<Monitor>;
} {
  const log = folder();
  const alarms = folder();
  const written: string[] = [];
  return {
    log,
    alarms,
    written,
    async monitor({ profile = 'p1', payloads = openLocation(log), config = {} } = {}) {
      const client = openLocation(alarms);
      const before = await loadState(client, 'small');
      return new Monitor({
        config: monitorConfig.parse({
          model: 'small',
          payloads: log,
          reference: 'x',
          windowRows: 40,
          minDriftedShare: 0.5,
          ...config,
        }),
        reference: small(),
        profile,
        payloads,
        alarms: client,
        metrics: new MonitorMetrics('small'),
        logger: pino(
          { level: 'debug' },
          new Writable({ write: (chunk, _, done) => (written.push(String(chunk)), done()) }),
        ),
        ...(before === undefined ? {} : { before }),
      });
    },
  };
}

describe('Monitor', () => {
  it('has no opinion before a window is full, then is steady, and says what it waits for', async () => {
    const { log, monitor } = world();
    const it = await monitor();
    writeSegment(log, 'small/1-a-1.jsonl', [event(rows(39))]);
    await it.look(signal);
    expect(it.report()).toMatchObject({
      model: 'small',
      version: '1',
      state: 'insufficient',
      rows: 39,
      waiting: 39,
      windows: [],
    });
    writeSegment(log, 'small/2-a-1.jsonl', [event([[0.5, 5]])]);
    await it.look(signal);
    expect(it.report()).toMatchObject({ state: 'steady', rows: 40, waiting: 0, windowRows: 40, alarms: [] });
    expect(it.report().windows).toEqual([expect.objectContaining({ number: 1, rows: 40, drifted: false })]);
  });

  it('raises after two drifted windows, writes the alarm, and clears it after three steady ones', async () => {
    const { log, alarms, monitor } = world();
    const it = await monitor();
    const shifts = [0, 0.5, 0.5, 0, 0, 0];
    shifts.forEach((shift, i) => writeSegment(log, `small/${i}-a-1.jsonl`, [event(rows(40, shift))]));
    await it.look(signal);
    expect(it.report().windows.map((window) => window.drifted)).toEqual(shifts.map((shift) => shift > 0));
    expect(it.report().alarms).toEqual([
      { kind: 'raised', at: expect.any(String), window: 3, features: ['a'] },
      { kind: 'cleared', at: expect.any(String), window: 6, features: [] },
    ]);
    expect(it.report().state).toBe('steady');
    const files = readdirSync(join(alarms, 'small')).sort();
    expect(files).toEqual([
      expect.stringMatching(/-window-3-raised\.json$/),
      expect.stringMatching(/-window-6-cleared\.json$/),
    ]);
    for (const file of files) alarmEvent.parse(JSON.parse(readFileSync(join(alarms, 'small', file), 'utf8')));
  });

  it('goes on after a restart in the middle of a window, counts no row twice, and keeps the alarm', async () => {
    const { log, monitor } = world();
    writeSegment(log, 'small/1-a-1.jsonl', [event(rows(40, 0.5)), event([[NaN, 5], ...rows(24, 0.5)] as number[][])]);
    await (await monitor()).look(signal);
    writeSegment(log, 'small/2-a-1.jsonl', [event(rows(15, 0.5)), event(rows(3))]);
    const second = await monitor();
    expect(second.report()).toMatchObject({ rows: 65, waiting: 25, windows: [{ number: 1 }] });
    await second.look(signal);
    expect(second.report()).toMatchObject({ state: 'drifting', rows: 83, waiting: 3 });
    expect(second.report().windows[1]).toMatchObject({ number: 2, features: [{ missing: 1 }, { missing: 0 }] });
    expect(second.report().alarms).toEqual([expect.objectContaining({ kind: 'raised', window: 2 })]);
    const third = await monitor();
    await third.look(signal);
    expect(third.report()).toEqual(second.report());
  });

  it('gives the same report whether it was restarted after every segment or never', async () => {
    const once = world();
    const often = world();
    for (let i = 0; i < 7; i++) {
      const payload = event(rows(25 + i, i % 4 === 3 ? 0.5 : 0));
      for (const { log } of [once, often]) writeSegment(log, `small/${i}-a-1.jsonl`, [payload]);
      await (await often.monitor()).look(signal);
    }
    const whole = await once.monitor();
    await whole.look(signal);
    expect((await often.monitor()).report()).toEqual(whole.report());
  });

  it('writes an alarm that a crash cut off, when it starts again, under the same name', async () => {
    const { log, alarms, monitor } = world();
    writeSegment(log, 'small/1-a-1.jsonl', [event(rows(40, 0.5)), event(rows(40, 0.5))]);
    await (await monitor()).look(signal);
    const [name] = readdirSync(join(alarms, 'small'));
    const written = JSON.parse(readFileSync(join(alarms, 'small', name!), 'utf8'));
    // As the crash leaves it: the state is kept with the event in the outbox, the event's file is not there yet.
    const client = openLocation(alarms);
    await saveState(client, 'small', { ...(await loadState(client, 'small'))!, outbox: [written] });
    rmSync(join(alarms, 'small', name!));
    await (await monitor()).look(signal);
    expect(JSON.parse(readFileSync(join(alarms, 'small', name!), 'utf8'))).toEqual(written);
    expect((await loadState(client, 'small'))!.outbox).toEqual([]);
  });

  it('keeps what it decided when alarms cannot be written, and writes it as soon as they can', async () => {
    const { log, alarms, monitor } = world();
    const it = await monitor();
    writeSegment(log, 'small/1-a-1.jsonl', [event(rows(40, 0.5)), event(rows(40, 0.5))]);
    rmSync(alarms, { recursive: true });
    writeFileSync(alarms, 'a file where the folder was');
    await expect(it.look(signal)).rejects.toMatchObject({ finding: { code: 'location-unwritable' } });
    expect(it.report().state).toBe('drifting');
    rmSync(alarms);
    await it.look(signal);
    expect(readdirSync(join(alarms, 'small'))).toHaveLength(1);
    expect(it.report().rows).toBe(80);
  });

  it('counts and reports malformed lines, and goes on', async () => {
    const { log, written, monitor } = world();
    const it = await monitor();
    writeSegment(log, 'small/1-a-1.jsonl', ['nonsense', event(rows(40)), 'more nonsense']);
    await it.look(signal);
    expect(it.report().rejected).toEqual({
      lines: 2,
      last: [expect.objectContaining({ code: 'payload-malformed', lines: 2, segment: 'small/1-a-1.jsonl' })],
    });
    expect(it.report().windows).toHaveLength(1);
    expect(written.join('')).toMatch(/small\/1-a-1\.jsonl, line 1: the line is skipped, because it is no JSON/);
  });

  it('keeps a standing alarm but no verdict when the profile changes, and clears it by windows of its own', async () => {
    const { log, monitor } = world();
    writeSegment(log, 'small/1-a-1.jsonl', [event(rows(40, 0.5)), event(rows(40, 0.5)), event(rows(10))]);
    await (await monitor()).look(signal);
    const changed = await monitor({ profile: 'p2' });
    expect(changed.report()).toMatchObject({ state: 'drifting', waiting: 0, rows: 90 });
    writeSegment(log, 'small/2-a-1.jsonl', [event(rows(40)), event(rows(40)), event(rows(40))]);
    await changed.look(signal);
    expect(changed.report().state).toBe('steady');
    expect(changed.report().alarms.map(({ kind, window }) => [kind, window])).toEqual([
      ['raised', 2],
      ['cleared', 5],
    ]);
  });

  it('judges at once what a smaller window finds waiting', async () => {
    const { log, monitor } = world();
    writeSegment(log, 'small/1-a-1.jsonl', [event(rows(30))]);
    await (await monitor()).look(signal);
    const smaller = await monitor({ config: { windowRows: 20 } });
    expect(smaller.report()).toMatchObject({ rows: 30, waiting: 10, windows: [{ number: 1, rows: 20 }] });
  });

  it('remembers the last hundred windows, and numbers them on', async () => {
    const { log, monitor } = world();
    writeSegment(log, 'small/1-a-1.jsonl', [event(rows(20 * 103))]);
    const it = await monitor({ config: { windowRows: 20 } });
    await it.look(signal);
    expect(it.report().windows).toHaveLength(100);
    expect(it.report().windows.at(-1)!.number).toBe(103);
  });

  it('goes on where a segment is deleted before it is read, and says so', async () => {
    const { log, written, monitor } = world();
    class Expiring extends FolderLocation {
      override async list(options?: ListOptions): Promise<ListedFile[]> {
        const files = await super.list(options);
        rmSync(join(log, 'small/1-a-1.jsonl'));
        return files;
      }
    }
    writeSegment(log, 'small/1-a-1.jsonl', [event(rows(30))]);
    writeSegment(log, 'small/2-a-1.jsonl', [event(rows(20))]);
    const it = await monitor({ payloads: new Expiring(log, log) });
    await it.look(signal);
    expect(it.report().rows).toBe(20);
    expect(written.join('')).toMatch(/the file is missing, .*It was deleted before the monitor had read it\./);
  });

  it('stops between two segments when it is told to', async () => {
    const { log, monitor } = world();
    writeSegment(log, 'small/1-a-1.jsonl', [event(rows(30))]);
    const it = await monitor();
    await it.look(AbortSignal.abort());
    expect(it.report().rows).toBe(0);
  });
});
