import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alarmEvent } from '@plinth/contract';
import { openLocation } from '../../../../src/runtime/clients/location';
import { alarmOf, writeAlarm } from '../../../../src/runtime/monitoring/alarms';
import type { WindowVerdict } from '../../../../src/runtime/monitoring/judge';
import { folder, small } from './support';

const feature = (name: string, psi: number, drifted: boolean): WindowVerdict['features'][number] => ({
  name,
  psi,
  ks: 0.5,
  pValue: 0.001,
  missing: 0,
  drifted,
});

const verdict: WindowVerdict = {
  number: 4,
  rows: 60,
  from: '2026-01-01T00:00:00Z',
  to: '2026-01-01T00:01:00.5Z',
  drifted: true,
  features: [feature('a', 0.3, true), feature('b', 0.1, false), feature('c', 0.9, true)],
};

describe('alarms', () => {
  it('are events of the contract, the strongest drift first', () => {
    const event = alarmOf('raised', verdict, small());
    expect(alarmEvent.parse(event)).toEqual(event);
    expect(event).toMatchObject({
      id: 'small/1/window-4-raised',
      type: 'dev.plinth.drift.raised',
      time: verdict.to,
      data: { window: { number: 4, rows: 60 } },
    });
    expect(event.data.features.map(({ name }) => name)).toEqual(['c', 'a']);
  });

  it('are written under a name that sorts by time, the same file again', async () => {
    const path = folder();
    const alarms = openLocation(path);
    const event = alarmOf('cleared', { ...verdict, features: [] }, small());
    const name = await writeAlarm(alarms, event);
    expect(name).toBe('small/20260101T000100.5Z-window-4-cleared.json');
    expect(await writeAlarm(alarms, event)).toBe(name);
    expect(await alarms.list()).toHaveLength(1);
    expect(JSON.parse(readFileSync(join(path, name), 'utf8'))).toEqual(event);
  });
});
