import { openLocation } from '../../../../src/runtime/clients/location';
import { loadState, saveState, type MonitorState } from '../../../../src/runtime/monitoring/state';
import { folder } from './support';

const state: MonitorState = {
  schemaVersion: 1,
  profile: 'p',
  reading: { floor: '', read: ['small/1.jsonl'] },
  rows: 3,
  made: 0,
  waiting: [{ time: 't', values: [1, null] }],
  persistence: { recent: [], standing: false },
  windows: [],
  alarms: [],
  rejected: { lines: 0, last: [] },
  outbox: [],
};

describe('the kept state', () => {
  it('comes back as it was kept, one a model, and readers of alarms never meet it', async () => {
    const alarms = openLocation(folder());
    expect(await loadState(alarms, 'small')).toBeUndefined();
    await saveState(alarms, 'small', state);
    expect(await loadState(alarms, 'small')).toEqual(state);
    expect(await loadState(alarms, 'other')).toBeUndefined();
    expect(await alarms.list()).toEqual([]);
  });

  it('is refused when it is no state', async () => {
    const alarms = openLocation(folder());
    await alarms.write('.state/small.json', '{}');
    await expect(loadState(alarms, 'small')).rejects.toThrow('schemaVersion');
  });
});
