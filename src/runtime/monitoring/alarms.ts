import type { AlarmEvent } from '@plinth/contract';
import type { LocationClient } from '../clients/location.js';
import type { WindowVerdict } from './judge.js';
import type { AlarmChange } from './persistence.js';
import type { Reference } from './reference.js';

/** The event of an alarm that rose or fell with a window. */
export function alarmOf(
  kind: AlarmChange,
  verdict: WindowVerdict,
  { model, version }: Pick<Reference, 'model' | 'version'>,
): AlarmEvent {
  const { number, rows, from, to } = verdict;
  const drifted = verdict.features.filter((feature) => feature.drifted).sort((a, b) => b.psi - a.psi);
  return {
    specversion: '1.0',
    id: `${model}/${version}/window-${number}-${kind}`,
    source: `/plinth/monitor/${model}`,
    type: `dev.plinth.drift.${kind}`,
    time: to,
    subject: model,
    datacontenttype: 'application/json',
    data: {
      model,
      version,
      window: { number, rows, from, to },
      features: drifted.map(({ name, psi, ks, pValue }) => ({ name, psi, ks, pValue })),
    },
  };
}

/** Writes an alarm. Writing it again writes the same file. @throws PlinthError `location-unwritable` */
export async function writeAlarm(alarms: LocationClient, event: AlarmEvent): Promise<string> {
  const time = event.time.replace(/[-:]/g, '');
  const kind = event.type.slice(event.type.lastIndexOf('.') + 1);
  const name = `${event.subject}/${time}-window-${event.data.window.number}-${kind}.json`;
  await alarms.write(name, `${JSON.stringify(event, null, 2)}\n`);
  return name;
}
