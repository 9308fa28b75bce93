import { alarmEvent } from '@plinth/contract';
import { z } from 'zod';
import type { LocationClient } from '../clients/location.js';

const verdict = z.strictObject({
  number: z.int().positive(),
  rows: z.int().positive(),
  from: z.string(),
  to: z.string(),
  drifted: z.boolean(),
  features: z.array(
    z.strictObject({
      name: z.string(),
      psi: z.number(),
      ks: z.number(),
      pValue: z.number(),
      missing: z.int().min(0),
      drifted: z.boolean(),
    }),
  ),
});

/** All that a monitor must know to go on where it stopped. */
const monitorState = z.strictObject({
  schemaVersion: z.literal(1),
  /** SHA-256 of the reference profile that the windows below were judged by. */
  profile: z.string(),
  reading: z.strictObject({ floor: z.string(), read: z.array(z.string()) }),
  rows: z.int().min(0),
  /** Windows made since the log began. */
  made: z.int().min(0),
  /** The window that is filling; null stands for a missing value. */
  waiting: z.array(z.strictObject({ time: z.string(), values: z.array(z.number().nullable()) })),
  persistence: z.strictObject({ recent: z.array(z.boolean()), standing: z.boolean() }),
  windows: z.array(verdict),
  alarms: z.array(
    z.strictObject({
      kind: z.enum(['raised', 'cleared']),
      at: z.string(),
      window: z.int().positive(),
      features: z.array(z.string()),
    }),
  ),
  rejected: z.strictObject({
    lines: z.int().min(0),
    last: z.array(z.strictObject({ code: z.string(), segment: z.string(), lines: z.int(), sentence: z.string() })),
  }),
  /** Alarms decided and not written yet. */
  outbox: z.array(alarmEvent),
});

export type MonitorState = z.output<typeof monitorState>;

/** A file whose name begins with a dot is left out of lists: readers of alarms never meet it. */
const fileOf = (model: string): string => `.state/${model}.json`;

/** Keeps the state beside the alarms, whole or not at all. @throws PlinthError `location-unwritable` */
export async function saveState(alarms: LocationClient, model: string, state: MonitorState): Promise<void> {
  await alarms.write(fileOf(model), JSON.stringify(state));
}

/**
 * The state that was kept last; undefined when there is none.
 * @throws PlinthError `location-unreadable`; Error when the file is not a state
 */
export async function loadState(alarms: LocationClient, model: string): Promise<MonitorState | undefined> {
  let text: string;
  try {
    text = (await alarms.read(fileOf(model))).toString('utf8');
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
  return monitorState.parse(JSON.parse(text));
}

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && 'finding' in error && (error.finding as { code?: unknown }).code === 'not-found';
